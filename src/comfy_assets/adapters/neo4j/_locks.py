"""Locks, and the one order in which they are taken.

Every write takes its locks in this order, so that no two wait for each other: the
line or the places (nodes of ours that stand for nothing else), batches, assets, nodes
of the host's. What is read after a lock was taken is what the last holder left.
"""

from __future__ import annotations

from typing import Final

#: Held by whoever claims: claims follow one upon another.
LOCK_LINE: Final = (
    "MERGE (line:ComfyAssetsLock {name: 'line'}) "
    "SET line.taken_at = datetime.realtime()"
)
#: Held by whoever changes which asset is active.
LOCK_PLACES: Final = (
    "MERGE (places:ComfyAssetsLock {name: 'places'}) "
    "SET places.taken_at = datetime.realtime()"
)


def lock(variable: str) -> str:
    """Return the part of a statement that locks a node and leaves it as it was."""
    return f"SET {variable}.lock = true REMOVE {variable}.lock"
