"""History and queue are read leniently, in the forms of every age."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters.comfyui._endings import (
    NOWHERE,
    EndedBadly,
    EndedInterrupted,
    EndedWell,
    Place,
    extra_data_for,
    find_in_history,
    find_in_queue,
    read_history,
)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["p", "prompt", "status", "messages", "status_str", "queue_running"]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


def _history(**entry: Any) -> dict[str, Any]:
    return {"p": entry}


@given(_JSON)
def test_no_answer_makes_the_readers_raise(answer: Any) -> None:
    """Any JSON is read as some end, some place, or as nothing."""
    read_history(answer, "p")
    find_in_history(answer, "p")
    assert find_in_queue(answer, server_id="p", prompt_id="p").where is None or answer


def test_an_unknown_run_has_no_end() -> None:
    """``{}`` is the answer for unknown, waiting and running runs."""
    assert read_history({}, "p") is None


def test_an_entry_without_status_is_uncertain() -> None:
    """Servers of 2023 do not say how a run ended."""
    end = read_history(_history(outputs={}), "p")
    assert isinstance(end, EndedWell)
    assert not end.is_certain


def test_an_interrupted_run_is_told_from_a_failed_one() -> None:
    """Both have the status ``error``; the messages tell."""
    start = ["execution_start", {"prompt_id": "p"}]
    interrupted = ["execution_interrupted", {"prompt_id": "p"}]
    failed = ["execution_error", {"prompt_id": "p", "node_id": "3"}]
    for last, kind in ((interrupted, EndedInterrupted), (failed, EndedBadly)):
        status = {"status_str": "error", "messages": [start, last]}
        assert isinstance(read_history(_history(status=status), "p"), kind)


def test_an_error_without_messages_is_a_bad_end_too() -> None:
    """An error that history does not explain is still one."""
    end = read_history(_history(status={"status_str": "error"}), "p")
    assert isinstance(end, EndedBadly)


def test_a_run_is_found_in_the_queue_by_either_id() -> None:
    """The server's id and ours in ``extra_data`` both name a run."""
    item = [3, "chosen", {}, extra_data_for("ours"), []]
    queue = {"queue_running": [], "queue_pending": [item]}
    found = Place(where="waiting", server_id="chosen")
    assert find_in_queue(queue, server_id="chosen", prompt_id="x") == found
    assert find_in_queue(queue, server_id="x", prompt_id="ours") == found
    assert find_in_queue(queue, server_id="x", prompt_id="x") == NOWHERE


def test_the_newest_run_of_an_id_is_found() -> None:
    """A run that was repeated under our id is the later entry."""
    entries: dict[str, Any] = {
        server_id: {"prompt": [0, server_id, {}, extra_data_for("ours"), []]}
        for server_id in ("older", "newer")
    }
    assert find_in_history(entries, "ours") == "newer"
    assert find_in_history(entries, "other") is None
