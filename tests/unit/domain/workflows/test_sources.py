"""What a source is, is told by itself."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows import sources
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.sources import UiFormat, read_source
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.graphs import text_to_image
from tests.unit.domain.workflows.test_embedded import png

API = text_to_image()
UI = {"nodes": [{"id": 1, "type": "Note"}], "links": [], "version": 0.4}
RUN = [3, "id", API, {"extra_pnginfo": {"workflow": UI}}, ["9"]]
JOB = {"prompt": API, "extra_data": RUN[3]}

IN_API = [
    API,
    {"prompt": API},
    {"prompt": json.dumps(API), "workflow": json.dumps(UI)},
    {"prompt": API, "workflow": UI},
    {"some-id": {"prompt": RUN, "outputs": {}}},
    {"prompt": RUN},
    {"prompt": RUN[:3]},
    {"id": "x", "workflow": JOB},
    JOB,
    {"workflow": API},
    {"prompt": {"class_type": "Whole", "inputs": {}}},
    {"workflow": {"class_type": "Whole", "inputs": {}}},
]
IN_UI = [
    UI,
    {"workflow": UI},
    {"workflow": json.dumps(UI)},
    {"prompt": UI},
    {"extra_data": {"extra_pnginfo": {"workflow": UI}}},
    {"prompt": [1, "id", None, RUN[3]]},
]
HAS_BOTH = [
    {"prompt": json.dumps(API), "workflow": json.dumps(UI)},
    {"prompt": RUN},
    {"id": "x", "workflow": JOB},
]


@pytest.mark.parametrize("source", IN_API)
def test_api_format_is_found_in_its_wrappings(source: Any) -> None:
    """The graph that the server ran goes before the editor's."""
    for given_ in (source, json.dumps(source), json.dumps(source).encode()):
        assert isinstance(read_source(given_), Workflow)


@pytest.mark.parametrize("source", IN_UI)
def test_the_editors_format_is_found_in_its_wrappings(source: Any) -> None:
    """Where there is no other."""
    assert read_source(source) == UiFormat(UI)
    assert read_source(json.dumps(source)) == UiFormat(UI)


@pytest.mark.parametrize("source", HAS_BOTH)
def test_where_both_are_there_a_host_may_choose(source: Any) -> None:
    """The graph that ran by default."""
    assert read_source(source) == Workflow.from_api(API)
    assert read_source(source, prefer_ui_format=True) == UiFormat(UI)


def test_what_is_preferred_is_not_asked_for() -> None:
    """A source with one format is taken as it is."""
    preferred = read_source(API, prefer_ui_format=True)
    assert preferred == Workflow.from_api(API)


def test_a_picture_is_taken_as_bytes() -> None:
    """With NaN in it, as Python writes it, where no graph is."""
    note = '{"nodes": [{"id": 1, "type": "Note"}], "x": NaN}'
    picture = png(
        (b"tEXt", b"prompt\0" + json.dumps(API).encode()),
        (b"tEXt", b"workflow\0" + note.encode()),
    )
    assert read_source(picture) == Workflow.from_api(API)
    assert isinstance(read_source(picture, prefer_ui_format=True), UiFormat)


def test_a_mark_at_the_beginning_of_a_text_is_no_part_of_it() -> None:
    """Editors on Windows write one."""
    data = b"\xef\xbb\xbf" + json.dumps(API).encode()
    assert read_source(data) == Workflow.from_api(API)


@pytest.mark.parametrize(
    "source, problem",
    [
        ("portrait.json", "neither JSON text nor a PNG"),
        (b"\xff\xfe", "neither JSON text nor a PNG"),
        (b"GIF89a", "neither JSON text nor a PNG"),
        ("[" * 100_000, "neither JSON text nor a PNG"),
        ("[]", "no graph in API format"),
        ("3", "no graph in API format"),
        ('"{}"', "no graph in API format"),
        ("{}", "holds no node"),
        ({"prompt": {}}, "holds no node"),
        ({"a": {"prompt": 3}}, "it has no class_type"),
        ({"prompt": "a cat"}, "neither JSON text nor a PNG"),
        ({"workflow": {"workflow": 1}, "x": 2}, "it has no class_type"),
        ({"1": {"inputs": {}}, "2": {"class_type": "X"}}, "it has no class_type"),
    ],
)
def test_anything_else_is_told_what_would_be_right(source: Any, problem: str) -> None:
    """The sentence says what to do."""
    with pytest.raises(WorkflowFormatError, match=problem) as caught:
        read_source(source)
    assert "Export (API)" in str(caught.value)


def test_what_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsed JSON takes many times the memory of its text."""
    monkeypatch.setattr(sources, "_MAX_JSON", 10)
    monkeypatch.setattr(sources, "MAX_SOURCE_BYTES", 20)
    for source in (json.dumps(API), png((b"tEXt", b"prompt\0{}" + b" " * 20))):
        with pytest.raises(WorkflowFormatError, match="more than"):
            read_source(source)


def test_wrappings_end() -> None:
    """However deep somebody wraps a graph."""
    source: dict[str, Any] = API
    for _ in range(50):
        source = {"prompt": source}
    with pytest.raises(WorkflowFormatError):
        read_source(source)
    for key in ("workflow", "extra_data", "id"):
        wrapped: Any = {"prompt": API}
        for _ in range(50):
            wrapped = {key: wrapped}
        with pytest.raises(WorkflowFormatError):
            read_source(wrapped)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                ["prompt", "workflow", "nodes", "class_type", "extra_data", "1"]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON)
def test_any_json_gives_a_workflow_or_our_error(value: Any) -> None:
    """As a value, as a text, and wrapped in texts."""
    for source in (value, json.dumps(value), {"prompt": json.dumps(value)}):
        with contextlib.suppress(WorkflowFormatError):
            assert isinstance(read_source(source), Workflow | UiFormat)
