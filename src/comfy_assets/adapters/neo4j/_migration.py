"""Opening a database: which server it is, and bringing its schema up to date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from anyio import sleep

from comfy_assets.adapters.neo4j._locks import MAKE_LOCKS
from comfy_assets.adapters.neo4j._schema import MIGRATIONS, UNIQUE, constraint_name
from comfy_assets.adapters.neo4j._session import LeftoverError
from comfy_assets.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.adapters.neo4j._session import Server

#: The oldest server whose Cypher has all that ours uses.
OLDEST: Final = (5, 26)
#: What fills an index that was made over existing nodes may take, in seconds.
FILLING_SECONDS: Final = 300

_OPERATION: Final = "open the Neo4j database"
_AGENT: Final = re.compile(r"Neo4j/(\d+)\.(\d+)")
#: How often a step is tried, and what a server gets to undo what was cut off.
TRIES: Final = 5
UNDOING_SECONDS: Final = 1.0
_CONSTRAINTS: Final = [constraint_name(label, name) for label, name in UNIQUE]
LEFTOVERS: Final = f"""
SHOW INDEXES YIELD name, owningConstraint
WHERE owningConstraint IS NULL AND name IN {_CONSTRAINTS}
RETURN name
"""
VERSION: Final = """
MATCH (schema:ComfyAssetsSchema {name: 'schema'})
RETURN schema.version AS version
"""
SET_VERSION: Final = """
MERGE (schema:ComfyAssetsSchema {{name: 'schema'}})
SET schema.version = CASE
    WHEN schema.version > {version} THEN schema.version ELSE {version} END
"""


async def prepare(server: Server) -> None:
    """Check the server and bring its schema up to date.

    Any number of hosts may do so at once: each step can be repeated.

    Raises:
        RepositoryError: When the server cannot be reached, is too old, or the schema
            is that of a newer version of this package.
    """
    _check_agent(await server.agent(_OPERATION))
    version = await server.prepare_read(_OPERATION, VERSION, _take_version)
    if version > len(MIGRATIONS):
        problem = (
            f"it was written by a newer version (schema {version}, known are "
            f"{len(MIGRATIONS)}); upgrade the package comfy-assets"
        )
        raise RepositoryError(_OPERATION, problem)
    for number, step in enumerate(MIGRATIONS[version:], start=version + 1):
        await _change_schema(server, step)
        filled = f"CALL db.awaitIndexes({FILLING_SECONDS})"
        await server.prepare_write(_OPERATION, [filled])
        await server.prepare_write(_OPERATION, [MAKE_LOCKS])
        await server.prepare_write(_OPERATION, [SET_VERSION.format(version=number)])


async def _change_schema(server: Server, step: Sequence[str]) -> None:
    """Make a step of the schema, also where an earlier try was cut off.

    A constraint and its index are two things to Neo4j (seen in 5.26 and 2026.08): when
    server or connection end in the midst of it, the index may stay, for a moment or
    for good, and the constraint can never be made beside it.
    """
    for _ in range(TRIES):
        try:
            return await server.prepare_write(_OPERATION, step)
        except LeftoverError:
            # It goes by itself where a server is only about to undo it.
            await sleep(UNDOING_SECONDS)
            await _drop_leftovers(server)
    problem = "indexes of ours are there without their constraints; drop them"
    raise RepositoryError(_OPERATION, problem)


async def _drop_leftovers(server: Server) -> None:
    names = await server.prepare_read(_OPERATION, LEFTOVERS, _take_names)
    for name in names:
        try:
            await server.prepare_write(_OPERATION, [f"DROP INDEX {name} IF EXISTS"])
        except RepositoryError:
            # Another host was quicker: it belongs to a constraint by now. What else
            # may be wrong, the next try tells.
            continue


def _take_names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def _take_version(rows: Sequence[Mapping[str, Any]]) -> int:
    return int(rows[0]["version"]) if rows else 0


def _check_agent(agent: str) -> None:
    # Other servers speak Bolt too, and bear versions of their own.
    found = _AGENT.match(agent)
    if found is None:
        return
    version = int(found[1]), int(found[2])
    if version < OLDEST:
        problem = (
            f"the server is {agent}; Neo4j {OLDEST[0]}.{OLDEST[1]} or later is needed"
        )
        raise RepositoryError(_OPERATION, problem)
