"""The line: order, deleting, interrupting, history."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.simulator import _queue
from comfy_assets.simulator._queue import QueuedRun, RunQueue, SameTicketError


def _run(number: float, prompt_id: str = "a") -> QueuedRun:
    return QueuedRun(
        number=number, prompt_id=prompt_id, graph={}, extra_data={}, outputs=[]
    )


@given(st.lists(st.tuples(st.integers(-5, 5), st.text(max_size=2)), unique=True))
def test_runs_are_taken_by_number_then_id(tickets: list[tuple[int, str]]) -> None:
    """The lowest number is taken first, ties by id."""
    queue = RunQueue(lambda _remaining: None)
    for number, prompt_id in tickets:
        queue.put(_run(number, prompt_id))
    taken = []
    for _ in tickets:
        run = queue.take()
        assert run is not None
        taken.append((run.number, run.prompt_id))
        queue.finish(run, {})
    assert taken == sorted(tickets)


def test_each_change_tells_the_new_count() -> None:
    """Putting, taking, finishing and deleting are told; a vain deletion is not."""
    counts: list[int] = []
    queue = RunQueue(counts.append)
    queue.put(_run(1))
    queue.put(_run(2, "b"))
    run = queue.take()
    assert run is not None
    assert not queue.delete(["unknown"])
    assert queue.delete(["b"])
    queue.finish(run, {})
    queue.clear()
    assert counts == [1, 2, 2, 1, 0, 0]


def test_a_ticket_is_free_again_once_taken_or_deleted() -> None:
    """Only a waiting run keeps its id and number for itself."""
    queue = RunQueue(lambda _remaining: None)
    queue.put(_run(1))
    with pytest.raises(SameTicketError):
        queue.put(_run(1))
    queue.take()
    queue.put(_run(1))
    queue.delete(["a"])
    queue.put(_run(1))
    queue.lose_waiting()
    queue.put(_run(1))


def test_interrupting_reaches_only_the_running_run() -> None:
    """The wish dies with the run it was meant for."""
    queue = RunQueue(lambda _remaining: None)
    assert not queue.interrupt()
    queue.put(_run(1))
    queue.put(_run(2, "b"))
    run = queue.take()
    assert run is not None
    assert not queue.interrupt("b")
    assert queue.interrupt("a")
    assert queue.is_interrupted
    queue.finish(run, {})
    queue.take()
    assert not queue.is_interrupted


def test_an_id_used_again_replaces_its_entry() -> None:
    """The history has one entry for each id: the last."""
    queue = RunQueue(lambda _remaining: None)
    for number in (1, 2):
        queue.put(_run(number))
        run = queue.take()
        assert run is not None
        queue.finish(run, {"outputs": {}})
    assert [entry["prompt"][0] for entry in queue.history().values()] == [2]
    queue.forget(["a", "unknown"])
    assert queue.entry("a") is None


def test_the_oldest_entries_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The history never grows beyond its length."""
    monkeypatch.setattr(_queue, "HISTORY_LENGTH", 3)
    queue = RunQueue(lambda _remaining: None)
    for number in range(5):
        queue.put(_run(number, str(number)))
        run = queue.take()
        assert run is not None
        queue.finish(run, {})
    assert list(queue.history()) == ["2", "3", "4"]
    queue.forget_all()
    assert queue.history() == {}


def test_closing_lets_a_waiting_worker_go() -> None:
    """A closed line gives nothing more, even to one who waits already."""
    queue = RunQueue(lambda _remaining: None)
    taken: list[QueuedRun | None] = []
    worker = threading.Thread(target=lambda: taken.append(queue.take()))
    worker.start()
    queue.close()
    worker.join()
    assert taken == [None]
