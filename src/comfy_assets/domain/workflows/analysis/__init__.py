"""What a workflow offers: its inputs, their roles, and mappings to begin with."""

from __future__ import annotations

from comfy_assets.domain.workflows.analysis.analyzing import analyze, suggest_mappings
from comfy_assets.domain.workflows.analysis.results import (
    AnalyzedInput,
    AnalyzedNode,
    WorkflowAnalysis,
)
from comfy_assets.domain.workflows.analysis.seeds import (
    seed_inputs,
    seed_origins,
    whole_numbers,
)

__all__ = [
    "AnalyzedInput",
    "AnalyzedNode",
    "WorkflowAnalysis",
    "analyze",
    "seed_inputs",
    "seed_origins",
    "suggest_mappings",
    "whole_numbers",
]
