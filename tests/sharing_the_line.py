"""What processes that work off one line together have to show in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_shares(
    line: Sequence[str],
    processes: Sequence[Sequence[Sequence[str]]],
    *,
    workers: int,
) -> None:
    """Check that each batch was claimed once and in order, and by several processes.

    Args:
        line: The ids of all batches, in the order of the line.
        processes: What each worker of each process claimed, in its order.
        workers: How many a process has.

    Raises:
        AssertionError: When it is not so.
    """
    assert [len(process) for process in processes] == [workers] * len(processes)
    shares = [share for process in processes for share in process]
    assert sorted(batch for share in shares for batch in share) == sorted(line)
    # Each claim takes the next one of the line, so nobody ever steps back in it.
    place = {batch: number for number, batch in enumerate(line)}
    for share in shares:
        places = [place[batch] for batch in share]
        assert places == sorted(places)
    # The others were at it too: nobody emptied the line before they came.
    assert sum(bool(share) for share in shares) > workers
