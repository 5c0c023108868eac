"""What a draft stands on: a graph, and what is known of it; shared by many drafts."""

from __future__ import annotations

from functools import cached_property

from attrs import frozen

from comfy_assets.domain.workflows.analysis import WorkflowAnalysis, analyze
from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import Workflow


@frozen(kw_only=True)
class Ground:
    """A graph with the classes of a server; looked into once for all steps on it."""

    #: The graph.
    workflow: Workflow
    #: The classes of a server, where one was asked.
    catalogue: Catalogue | None

    @cached_property
    def analysis(self) -> WorkflowAnalysis:
        """What the graph offers."""
        return analyze(self.workflow, self.catalogue)
