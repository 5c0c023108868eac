"""A Neo4j that tests may write in: who we are there, and how it is emptied."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote

import neo4j
from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The labels of what we store; not those of what an open repository relies on.
_LABELS: Final = "GalleryAsset|DiscardedAsset|GenerationBatch|WorkflowConfiguration"


@frozen(kw_only=True)
class Neo4jAccess:
    """The address of a server and what opens it. What is ours there, tests delete."""

    #: Such as ``"bolt://127.0.0.1:7687"``.
    uri: str
    #: Name and password.
    auth: tuple[str, str] = field(repr=False)

    @classmethod
    def from_environment(cls) -> Self | None:
        """Return the server that ``NEO4J_URI`` names, or ``None``."""
        uri = os.environ.get("NEO4J_URI")
        if uri is None:
            return None
        user = os.environ.get("NEO4J_USERNAME", "neo4j")
        return cls(uri=uri, auth=(user, os.environ.get("NEO4J_PASSWORD", "")))

    @property
    def url(self) -> str:
        """The address with name and password, as `open_repository` takes it."""
        scheme, _, host = self.uri.partition("://")
        user, password = (quote(part, safe="") for part in self.auth)
        return f"{scheme}://{user}:{password}@{host}"

    @contextmanager
    def cleaner(self) -> Iterator[Callable[[], None]]:
        """Hand out what deletes the nodes that are ours."""
        with self.driver() as driver, driver.session() as session:
            yield lambda: session.execute_write(_clean)

    def clean(self) -> None:
        """Delete the nodes that are ours."""
        with self.cleaner() as clean:
            clean()

    def forget(self) -> None:
        """Delete all that is ours, constraints and indexes too."""
        self.clean()
        self.query("MATCH (n:ComfyAssetsSchema|ComfyAssetsLock) DELETE n")
        for kind, kinds in (("CONSTRAINT", "CONSTRAINTS"), ("INDEX", "INDEXES")):
            found = self.query(f"SHOW {kinds} YIELD name RETURN name")
            for row in found:
                if row["name"].startswith("comfy_assets_"):
                    self.query(f"DROP {kind} `{row['name']}` IF EXISTS")

    def query(self, cypher: str, **parameters: object) -> list[dict[str, Any]]:
        """Return the rows of any statement, as another program would read them."""
        with self.driver() as driver, driver.session() as session:
            return [row.data() for row in session.run(cypher, parameters)]

    def operators(self, cypher: str, **parameters: object) -> list[dict[str, Any]]:
        """Return the operators of a statement's plan, without running it."""
        with self.driver() as driver, driver.session() as session:
            return self.flat(
                session.run(f"EXPLAIN {cypher}", parameters).consume().plan
            )

    @staticmethod
    def flat(plan: dict[str, Any] | None) -> list[dict[str, Any]]:
        """Return all operators of a plan."""
        found = []
        rest = [] if plan is None else [plan]
        while rest:
            operator = rest.pop()
            found.append(operator)
            rest += operator.get("children", [])
        return found

    def driver(self) -> neo4j.Driver:
        """Return a driver of our own, apart from what is tested."""
        return neo4j.GraphDatabase.driver(self.uri, auth=self.auth)


def _clean(transaction: neo4j.ManagedTransaction) -> None:
    transaction.run(f"MATCH (n:{_LABELS}) DETACH DELETE n").consume()
