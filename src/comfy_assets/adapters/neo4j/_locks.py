"""Locks, and the one order in which they are taken.

Every write takes its locks in this order, so that no two wait for each other: the
line or the places (nodes of ours that stand for nothing else), batches, assets, nodes
of the host's. A relationship is tied or cut under the locks of both its ends. What is
read after a lock was taken is what the last holder left.
"""

from __future__ import annotations

from typing import Final

from comfy_assets.adapters.neo4j._schema import PREFIX

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
#: Both at once, when a database is opened: made at the first use they would be made
#: by many, and those wait for each other.
MAKE_LOCKS: Final = (
    "MERGE (line:ComfyAssetsLock {name: 'line'}) "
    "MERGE (places:ComfyAssetsLock {name: 'places'})"
)


def lock(variable: str) -> str:
    """Return the part of a statement that locks a node and leaves it as it was.

    The property is seen by nobody, and has a name that no host uses for its own.
    """
    return f"SET {variable}.{PREFIX}lock = true REMOVE {variable}.{PREFIX}lock"
