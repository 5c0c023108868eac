"""The host's own nodes: which are whose entities, and what we tie to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from comfy_assets.adapters.neo4j._locks import lock
from comfy_assets.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# No backtick, and no backslash: Cypher reads escapes even between backticks.
_NAME: Final = re.compile(r"[\w][\w .:-]*")


@frozen(kw_only=True)
class _HostLabel:
    """How an entity type is told by nodes of the host's."""

    #: The name of the parameter that holds the entity type.
    parameter: str
    #: The label, quoted.
    label: str
    #: The property with the entity's id, quoted.
    key: str


class HostEntities:
    """Which nodes of the host's are entities.

    They are matched by label and id and never made or deleted here. A property such as
    ``portrait_asset`` of theirs holds the id of their active asset.
    """

    def __init__(self, labels: Mapping[str, tuple[str, str]]) -> None:
        """Note labels, by entity type.

        Args:
            labels: Such as ``{"Character": ("Character", "id")}``: label and property.

        Raises:
            InvalidRequestError: When a name holds more than letters, digits, ``_``,
                blanks and ``. : -``.
        """
        self._labels = [
            _HostLabel(
                parameter=f"entity_type_{number}",
                label=_quoted(label),
                key=_quoted(key),
            )
            for number, (label, key) in enumerate(labels.values())
        ]
        #: The values of the parameters that the statements below use.
        self.parameters: Mapping[str, Any] = {
            f"entity_type_{number}": name for number, name in enumerate(labels)
        }

    def tie(self) -> str:
        """Return the part of a statement that ties the host's node to asset ``a``.

        An active one is named on the host's node, too.
        """
        return self._for_each(
            f"{lock('h')} MERGE (h)-[:HAS_ASSET]->(a) FOREACH (_ IN CASE "
            "WHEN a.is_active AND a.asset_type <> 'custom' THEN [1] ELSE [] END | "
            "SET h[a.asset_type + '_asset'] = a.id)"
        )

    def unname(self) -> str:
        """Return the part that takes asset ``a`` off the host's node again."""
        return self._for_each(
            "WITH a, h WHERE h[a.asset_type + '_asset'] = a.id "
            "SET h[a.asset_type + '_asset'] = null"
        )

    def _for_each(self, change: str) -> str:
        return " ".join(self._parts(change))

    def _parts(self, change: str) -> Iterable[str]:
        for host in self._labels:
            yield (
                f"CALL (a) {{ MATCH (h:{host.label} {{{host.key}: a.entity_id}}) "
                f"WHERE a.entity_type = ${host.parameter} {change} }}"
            )


def _quoted(name: str) -> str:
    if not _NAME.fullmatch(name):
        problem = (
            f"{name!r} cannot be a label or property here: use letters, digits, '_', "
            "blanks and '.', ':', '-'"
        )
        raise InvalidRequestError("entity_labels", problem)
    return f"`{name}`"
