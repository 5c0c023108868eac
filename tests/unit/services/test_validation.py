"""Tests of `comfy_assets.services.validation`."""

from __future__ import annotations

from typing import Any

import pytest

import comfy_assets as ca
from comfy_assets.domain.workflows.validation import FaultKind
from comfy_assets.services.validation import validate_configuration
from comfy_assets.testing import ScriptedComfyClient
from tests.studio import open_studio
from tests.unit.domain.workflows.graphs import node
from tests.unit.domain.workflows.object_info import BASICS

pytestmark = pytest.mark.anyio

_GRAPH = {
    "1": node("Empty", width=64, color=1),
    "2": node("Save", images=["1", 0], prefix="x"),
}


async def _kinds(comfy: ScriptedComfyClient, **options: Any) -> list[Any]:
    async with open_studio(works=False) as studio:
        configuration = await studio.system.workflows.put(
            "item", _GRAPH, prompt_mappings=[], **options
        )
    faults = await validate_configuration(comfy, configuration)
    return [(fault.kind, fault.input_name) for fault in faults]


async def test_a_slot_is_judged_by_the_servers_own_catalogue() -> None:
    """What fits one server may not fit another."""
    assert await _kinds(ScriptedComfyClient(object_info=BASICS)) == []
    bare = ScriptedComfyClient(object_info={"Save": BASICS["Save"]})
    assert await _kinds(bare) == [(FaultKind.MISSING_CLASS, None)]


async def test_defaults_and_locks_are_judged_in_place() -> None:
    """A lock stands over a default; what the graph held before does not count."""
    comfy = ScriptedComfyClient(object_info=BASICS)
    default = ca.InputDefault(target="1.width", value=5)
    lock = ca.LockedInput(target="Empty.width", value=32)
    too_small = [(FaultKind.TOO_SMALL, "width")]
    assert await _kinds(comfy, input_defaults=[default]) == too_small
    assert await _kinds(comfy, input_defaults=[default], locked_inputs=[lock]) == []


async def test_a_server_that_answers_nonsense_is_told() -> None:
    """As an error of the server, not of the workflow."""

    class Confused(ScriptedComfyClient):
        async def object_info(self) -> Any:
            return ["no", "catalogue"]

    with pytest.raises(ca.ComfyUIError, match="object_info"):
        await _kinds(Confused())
