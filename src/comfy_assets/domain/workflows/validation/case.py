"""`Case`: one graph on one server, and what is known of both while it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from attrs import define, field

from comfy_assets.domain.workflows.catalogue import Catalogue, NodeDescription
from comfy_assets.domain.workflows.validation.faults import Findings
from comfy_assets.domain.workflows.validation.files import listed_files
from comfy_assets.domain.workflows.validation.rules import ServerRules
from comfy_assets.domain.workflows.validation.suggestions import Suggester


@define(kw_only=True)
class Case:
    """What every check needs."""

    #: The graph: anything at all, by node id.
    nodes: Mapping[str, Any]
    #: What the server can do.
    catalogue: Catalogue
    #: How it judges.
    rules: ServerRules
    #: What was found.
    findings: Findings
    #: The nodes that have a class of the server's, with it.
    classes: dict[str, NodeDescription] = field(factory=dict)
    #: Finds what was meant.
    suggester: Suggester = field(factory=Suggester)

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that the catalogue lists of the server's input folder."""
        return listed_files(self.catalogue)
