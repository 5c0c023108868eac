"""`WorkflowService`: the host's verbs on workflow configurations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import comfy_assets as ca
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from tests.studio import GRAPH, open_studio

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def test_a_workflow_may_be_a_path_text_bytes_mapping_or_graph(
    tmp_path: Path,
) -> None:
    """What a host has at hand is taken as it is."""
    file = tmp_path / "tavern keeper.json"
    file.write_text(json.dumps(GRAPH), encoding="utf-8")
    async with open_studio(works=False) as studio:
        workflows = studio.system.workflows
        by_path = await workflows.put("sprite", file)
        text = json.dumps(GRAPH)
        for source in (text, text.encode(), GRAPH, by_path.workflow):
            stored = await workflows.put("item", source)
            assert stored.workflow == by_path.workflow
            assert stored.name == "item"
    assert by_path.name == "tavern keeper"


async def test_mappings_are_found_where_none_are_given() -> None:
    """Prompt and negative prompt go where the sampler's links lead."""
    async with open_studio(works=False) as studio:
        stored = await studio.system.workflows.get("portrait")
    assert {m.source: m.target for m in stored.prompt_mappings} == {
        "prompt": "6.text",
        "negative_prompt": "7.text",
    }
    assert stored.style_reference_mapping == ca.AutoDetect()


async def test_given_mappings_stand_as_they_are() -> None:
    """What the host says is not second-guessed."""
    mapping = ca.PromptMapping(
        target="6.text", source="prompt", template="art of {name}, {prompt}"
    )
    async with open_studio(works=False) as studio:
        stored = await studio.system.workflows.put(
            "portrait",
            GRAPH,
            name="Busts",
            prompt_mappings=[mapping],
            input_defaults=[ca.InputDefault(target="3.steps", value=20)],
            locked_inputs=[ca.LockedInput(target="5.width", value=512)],
            style_reference_mapping=ca.Disabled(),
        )
        assert await studio.system.workflows.get("portrait") == stored
    assert list(stored.prompt_mappings) == [mapping]
    assert stored.name == "Busts"


async def test_a_slot_keeps_its_identity_when_its_workflow_changes() -> None:
    """One configuration a slot: the id and the first date stay."""
    async with open_studio(works=False) as studio:
        before = await studio.system.workflows.get("portrait")
        after = await studio.system.workflows.put("portrait", GRAPH, name="new")
        assert [c.name for c in await studio.system.workflows.find()] == ["new"]
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert after.updated_at > before.updated_at


async def test_a_target_that_fits_nothing_is_refused_and_nothing_is_stored() -> None:
    """A configuration is checked before it replaces the one that works."""
    async with open_studio(works=False) as studio:
        before = await studio.system.workflows.get("portrait")
        with pytest.raises(ca.MappingError, match="steps"):
            await studio.system.workflows.put(
                "portrait",
                GRAPH,
                input_defaults=[ca.InputDefault(target="KSampler.stepz", value=1)],
            )
        assert await studio.system.workflows.get("portrait") == before


@pytest.mark.parametrize("source", ["portrait.json", b"\xff\xfe", [], {"nodes": []}])
async def test_a_source_that_is_no_graph_is_told_what_to_do(source: Any) -> None:
    """Whatever it is, the answer is ours and says what would be right."""
    async with open_studio(works=False) as studio:
        with pytest.raises(ca.WorkflowFormatError, match=r"Export \(API\)|unmute one"):
            await studio.system.workflows.put("portrait", source)


async def test_deleting_empties_the_slot() -> None:
    """Afterwards the slot has none, and says so."""
    async with open_studio(works=False) as studio:
        await studio.system.workflows.delete("portrait")
        with pytest.raises(ca.WorkflowNotFoundError):
            await studio.system.workflows.get("portrait")
        with pytest.raises(ca.WorkflowNotFoundError):
            await studio.system.workflows.delete("portrait")


async def test_a_slot_that_is_none_is_refused() -> None:
    """A typing error in a slot is no new slot."""
    async with open_studio(works=False) as studio:
        with pytest.raises(ca.InvalidRequestError, match="portait"):
            await studio.system.workflows.put("portait", GRAPH)


async def test_a_slot_is_analyzed_with_the_server_or_without() -> None:
    """Ranges beyond what is known of core classes come from the server alone."""
    latent = {"required": {"width": ["INT", {"min": 7}], "height": ["INT"]}}
    info = {"EmptyLatentImage": {"input": latent, "output": ["LATENT"]}}
    comfy = ScriptedComfyClient(object_info=info)
    async with open_studio(comfy=comfy, works=False) as studio:
        alone = await studio.system.workflows.analyze("portrait")
        asked = await studio.system.workflows.analyze("portrait", ask_server=True)
    assert alone.output == asked.output == "9"
    [width] = [entry for entry in asked.inputs if entry.address == "5.width"]
    assert width.minimum == 7
    assert [m.target for m in alone.suggested_mappings] == ["6.text", "7.text"]


async def test_a_slot_is_validated_by_the_servers_classes() -> None:
    """Each class that the server lacks is told; nothing is queued."""
    comfy = ScriptedComfyClient()
    async with open_studio(comfy=comfy) as studio:
        faults = await studio.system.workflows.validate("portrait")
        with pytest.raises(ca.WorkflowNotFoundError):
            await studio.system.workflows.validate("item")
    assert {fault.node_id for fault in faults} == set(GRAPH)
    assert comfy.executed == []
