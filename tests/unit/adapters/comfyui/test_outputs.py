"""What nodes left is sorted into pictures and the rest, whatever its form."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters.comfyui._outputs import (
    OutputFile,
    Outputs,
    read_node_output,
    read_outputs,
)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["images", "filename", "subfolder", "type"]) | st.text(),
            inner,
        )
    ),
    max_leaves=20,
)


def _file(name: str, folder_type: str = "output") -> dict[str, Any]:
    return {"filename": name, "subfolder": "", "type": folder_type}


@given(_JSON, _JSON)
def test_no_outputs_make_the_reader_raise(outputs: Any, meta: Any) -> None:
    """Any JSON gives outputs, whose files have names."""
    assert all(file.filename for file in read_outputs(outputs, meta).images)


def test_pictures_are_told_from_other_files() -> None:
    """Videos, other kinds of files, and items that are no files, are no images."""
    output = {
        "images": [_file("a.PNG"), _file("clip.mp4"), "text", True, None, {}],
        "animated": [True],
        "audio": [_file("voice.flac")],
        "text": ["a caption"],
    }
    outputs = read_node_output("9", output)
    assert outputs.images == (OutputFile("a.PNG", "", "output", "9"),)
    assert outputs.others == (".mp4 file", "audio")


def test_each_file_counts_once() -> None:
    """A file that is told twice is one image."""
    output = {"images": [_file("a.png"), _file("a.png")]}
    again = read_node_output("9", output).and_(read_node_output("9", output))
    assert len(again.images) == 1


def test_temporary_pictures_count_only_alone() -> None:
    """Previews on disk are chosen only where nothing was saved."""
    saved = OutputFile("a.png", "", "output", "2")
    temporary = OutputFile("b.png", "", "temp", "1")
    assert Outputs(images=(temporary, saved)).chosen(["1", "2"]) == [saved]
    assert Outputs(images=(temporary,)).chosen(["1", "2"]) == [temporary]


def test_pictures_follow_the_graph() -> None:
    """Images stand in the order of the graph's nodes, unknown nodes last."""
    files = [OutputFile(f"{node}.png", "", "output", node) for node in ("x", "9", "2")]
    chosen = Outputs(images=tuple(files)).chosen(["2", "9"])
    assert [file.node_id for file in chosen] == ["2", "9", "x"]


def test_an_expanded_node_counts_for_the_one_it_stands_in() -> None:
    """An output under an ephemeral id is the graph's node's, as ``meta`` says."""
    meta = {"2.0.0.1": {"node_id": "2.0.0.1", "display_node": "2"}}
    outputs = read_outputs({"2.0.0.1": {"images": [_file("a.png")]}}, meta)
    assert outputs.images[0].node_id == "2"


def test_the_entry_of_another_graph_is_not_believed() -> None:
    """A cached output may carry the ``meta`` of the node that had it first."""
    meta = {"b": {"node_id": "2", "display_node": "2"}}
    outputs = read_outputs({"b": {"images": [_file("a.png")]}}, meta)
    assert outputs.images[0].node_id == "b"
