"""Kill Neo4j at random moments of hard work; show that nothing acknowledged is lost."""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time

import anyio

from benchmarks._bars import Bar, verdict
from benchmarks._neo4j import add_version, server_of
from tests.integration.neo4j.killing import kill_under_load


def main() -> int:
    """Read the command line, kill, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=10)
    parser.add_argument("--seed", type=int, default=2026)
    add_version(parser)
    wish = parser.parse_args()
    chance = random.Random(wish.seed)  # noqa: S311 - moments are no secrets
    moments = [
        (chance.randrange(20, 200), chance.random()) for _ in range(wish.moments)
    ]
    # The driver complains of each connection that a kill breaks.
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    begun = time.perf_counter()
    with server_of(wish.neo4j) as server:
        problem = ""
        try:
            ledger = anyio.run(kill_under_load, server, moments)
        except* (AssertionError, TimeoutError) as errors:
            problem = "; ".join(str(error) for error in errors.exceptions)
        else:
            calls = ", ".join(f"{number} {it}" for it, number in ledger.calls.items())
            print(f"Neo4j {server.version}, acknowledged: {calls}")
            print(
                f"{len(ledger.batches)} batches and {len(ledger.assets)} assets are "
                f"there, all are complete, after {time.perf_counter() - begun:.0f} s"
            )
    bar = Bar(
        name=f"{wish.moments} kills: nothing acknowledged is missing, nothing stuck",
        measured=problem or "so it is",
        wanted="so it is",
        is_met=not problem,
    )
    return verdict([bar])


if __name__ == "__main__":
    sys.exit(main())
