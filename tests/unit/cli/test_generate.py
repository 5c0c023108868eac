"""``comfy-assets generate``: what its options and endings mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.cli._failures import CommandError
from comfy_assets.cli._stores import Stores
from comfy_assets.cli.generate import _exit_code, _override, _report
from comfy_assets.domain.batches import BatchFailure, BatchStatus, GenerationBatch
from comfy_assets.testing.samples import NOON, make_batch


def _failed(error_type: str) -> GenerationBatch:
    failure = BatchFailure(message="It is so.", error_type=error_type)
    return make_batch(status=BatchStatus.FAILED, finished_at=NOON, failure=failure)


@pytest.mark.parametrize(
    "written, value",
    [
        ("a.b=3", 3),
        ("a.b=0.5", 0.5),
        ("a.b=true", True),
        ('a.b=["4", 0]', ["4", 0]),
        ('a.b="3"', "3"),
        ("a.b=heun", "heun"),
        ("a.b=x=y", "x=y"),
        ("a.b=", ""),
    ],
)
def test_a_value_is_json_or_else_a_text(written: str, value: object) -> None:
    """So that names of samplers and files need no quotes."""
    assert _override(written) == ("a.b", value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_every_json_value_can_be_given(value: Any) -> None:
    """Quoted as JSON, it arrives as it is."""
    assert _override(f"KSampler.x={json.dumps(value)}") == ("KSampler.x", value)


@pytest.mark.parametrize("written", ["", "a.b", "=3"])
def test_an_override_needs_an_address_and_a_value(written: str) -> None:
    """Exit code 2: the command line is wrong."""
    with pytest.raises(CommandError, match="write ADDRESS=VALUE") as caught:
        _override(written)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "batch, code",
    [
        (make_batch(status=BatchStatus.COMPLETE), 0),
        (make_batch(status=BatchStatus.CANCELLED), 1),
        (_failed("WorkflowRejectedError"), 1),
        (_failed("ComfyUIUnavailableError"), 3),
        (_failed("ComfyUITimeoutError"), 3),
        (_failed("CircuitOpenError"), 3),
    ],
)
def test_each_end_has_its_exit_code(batch: GenerationBatch, code: int) -> None:
    """A server that went away may be there again later: a script can tell."""
    assert _exit_code(batch) == code


@pytest.mark.parametrize(
    "batch, sentence",
    [
        (make_batch(status=BatchStatus.COMPLETE), ""),
        (_failed("ExecutionError"), "comfy-assets: It is so.\n"),
        (
            make_batch(status=BatchStatus.CANCELLED),
            "comfy-assets: somebody cancelled the batch\n",
        ),
    ],
    ids=["complete", "failed", "cancelled"],
)
def test_an_end_without_images_says_why(
    capsys: pytest.CaptureFixture[str], batch: GenerationBatch, sentence: str
) -> None:
    """On standard error, as nothing was painted."""
    _report(batch, [], Stores(), as_json=False)
    assert capsys.readouterr() == ("", sentence)
