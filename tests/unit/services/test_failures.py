"""`failure_of`: errors as plain values."""

from __future__ import annotations

import json
from pathlib import Path

from comfy_assets.errors import ComfyUIError, WorkflowRejectedError
from comfy_assets.services.failures import failure_of


def test_our_errors_keep_sentence_class_and_attributes() -> None:
    """A failure tells what the error told, in values that JSON takes."""
    error = WorkflowRejectedError("http://h", ["no model"], {"4": {"errors": ["x"]}})
    failure = failure_of(error)
    assert failure.message == str(error)
    assert failure.error_type == "WorkflowRejectedError"
    assert failure.details["node_errors"] == {"4": {"errors": ["x"]}}
    assert json.loads(json.dumps(dict(failure.details)))["problems"] == ["no model"]


def test_what_is_not_plain_is_told_as_text() -> None:
    """An attribute that JSON has no form for becomes its text."""
    error = ComfyUIError("http://h", "no")
    error.problem = Path("a")
    assert failure_of(error).details["problem"] == "a"


def test_a_bug_is_told_by_its_class_without_its_words() -> None:
    """The words of a foreign error may hold secrets: the log has them."""
    failure = failure_of(KeyError("password"))
    assert "password" not in failure.message
    assert failure.error_type == "KeyError"
    assert failure.details == {}
