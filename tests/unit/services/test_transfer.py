"""Export and import of all workflow configurations."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest
from attrs import evolve
from hypothesis import given, reject
from hypothesis import strategies as st

import comfy_assets as ca
from comfy_assets.converters import structure, unstructure
from comfy_assets.domain.workflows.checks import check_configuration
from comfy_assets.services.transfer import WorkflowTransfer
from comfy_assets.testing import strategies
from comfy_assets.testing.samples import make_configuration
from tests.studio import open_studio

pytestmark = pytest.mark.anyio


def transfer(records: ca.WorkflowRecords | None = None) -> WorkflowTransfer:
    """The transfer over records in memory."""
    return WorkflowTransfer(
        records=records or ca.MemoryAssetRepository().workflows,
        to_plain=unstructure,
        from_plain=lambda data: structure(data, ca.WorkflowConfiguration),
    )


async def filled(*configurations: ca.WorkflowConfiguration) -> WorkflowTransfer:
    """The transfer over records that hold these."""
    made = transfer()
    for configuration in configurations:
        await made.records.save(configuration)
    return made


async def merge(
    target: WorkflowTransfer, document: object, *, is_dry_run: bool = False
) -> Any:
    """Import a document, leaving other slots alone."""
    return await target.take(document, mode="merge", is_dry_run=is_dry_run)


PORTRAIT = make_configuration()
ITEM = make_configuration(slot=ca.workflow_slot("item"), name="Things")
SPRITE = make_configuration(slot=ca.workflow_slot("sprite"))


def fitting() -> st.SearchStrategy[ca.WorkflowConfiguration]:
    """Draw configurations that fit their graphs, in any field that may be wild."""
    text = st.sampled_from(["6.text", "CLIPTextEncode.negative"])
    sources = st.sampled_from(["prompt", "negative_prompt", "mood", "name"])
    mapping = st.builds(ca.PromptMapping, target=text, source=sources)
    value = strategies.json_values()
    return st.builds(
        evolve,
        strategies.configurations(),
        prompt_mappings=st.lists(mapping, max_size=1),
        input_defaults=st.lists(
            st.builds(ca.InputDefault, target=st.just("3.steps"), value=value),
            max_size=1,
        ),
        locked_inputs=st.lists(
            st.builds(ca.LockedInput, target=st.just("5.width"), value=value),
            max_size=1,
        ),
        style_reference_mapping=st.sampled_from(
            [ca.AutoDetect(), ca.PromptInjection(), ca.Disabled()]
        ),
    )


@given(st.lists(fitting(), max_size=4, unique_by=lambda each: each.slot))
def test_what_is_imported_exports_the_same(
    drawn: list[ca.WorkflowConfiguration],
) -> None:
    """Through JSON text, ids and dates included; a second import changes nothing."""
    for configuration in drawn:
        try:
            check_configuration(configuration)
        except ca.MappingError:
            # A drawn value may look like a link to a node that is not there.
            reject()

    async def there_and_back() -> None:
        source, target = await filled(*drawn), await filled(SPRITE)
        exported = await source.export()
        document = json.loads(json.dumps(exported))
        done = await target.take(document, mode="replace", is_dry_run=False)
        assert await target.export() == exported
        assert list(await target.records.find()) == list(await source.records.find())
        slots = sorted(each.slot for each in drawn)
        assert sorted([*done.added, *done.changed]) == slots
        again = await target.take(document, mode="replace", is_dry_run=False)
        assert list(again.unchanged) == slots
        assert again.added == again.changed == again.removed == ()

    anyio.run(there_and_back)


async def test_an_export_says_what_it_is() -> None:
    """Its kind, its version, and the configurations by slot."""
    source = await filled(SPRITE, ITEM)
    document = await source.export()
    assert document["format"] == "comfy_assets.workflows"
    assert document["version"] == 1
    assert [entry["slot"] for entry in document["workflows"]] == ["item", "sprite"]


async def test_merging_leaves_other_slots_alone_and_replacing_empties_them() -> None:
    """Each slot is told under what befell it."""
    renamed = evolve(ITEM, name="Other things")
    document = await (await filled(PORTRAIT, renamed, SPRITE)).export()
    backdrop = make_configuration(slot=ca.workflow_slot("backdrop"))
    modes: dict[Any, tuple[str, ...]] = {"merge": (), "replace": ("backdrop",)}
    for mode, removed in modes.items():
        target = await filled(ITEM, SPRITE, backdrop)
        done = await target.take(document, mode=mode, is_dry_run=False)
        assert done.added == ("portrait",)
        assert done.changed == ("item",)
        assert done.unchanged == ("sprite",)
        assert done.removed == removed
        assert not done.is_dry_run
        kept = () if removed else (backdrop,)
        assert list(await target.records.find()) == [*kept, renamed, PORTRAIT, SPRITE]


async def test_a_dry_run_tells_the_same_and_writes_nothing() -> None:
    """What would be added, changed and removed."""
    document = await (await filled(PORTRAIT, evolve(ITEM, name="x"))).export()
    target = await filled(ITEM, SPRITE)
    told = await target.take(document, mode="replace", is_dry_run=True)
    assert list(await target.records.find()) == [ITEM, SPRITE]
    done = await target.take(document, mode="replace", is_dry_run=False)
    assert told == evolve(done, is_dry_run=True)


async def test_every_fault_is_told_at_once_and_nothing_is_written() -> None:
    """Of the form, of slots, and of what does not fit a graph."""
    document = await (await filled(PORTRAIT, ITEM, SPRITE)).export()
    item, portrait, sprite = document["workflows"]
    item["slot"] = "hat"
    del portrait["name"]
    portrait["created_at"] = "yesterday"
    sprite["input_defaults"] = [{"target": "3.stps", "value": 1}]
    sprite["locked_inputs"] = [{"target": "30.steps", "value": 1}]
    sprite["prompt_mappings"] = [{"target": "6.text", "source": "", "template": None}]
    sprite["style_reference_mapping"] = {"type": "Explicit", "target": "@Gone.image"}
    document["workflows"] += [{"slot": "item"}, 7]
    document["note"] = "mine"
    target = transfer()
    with pytest.raises(ca.PayloadError, match="no valid export of workflows") as caught:
        await merge(target, document)
    problems = "\n".join(caught.value.problems)
    for told in (
        "unknown key 'note'",
        "workflows[0] (hat): slot: 'hat' is no slot",
        "workflows[1] (portrait): name: is missing",
        "workflows[1] (portrait): created_at: must be an ISO time",
        "workflows[2] (sprite): '6.text': the source '' needs a template",
        "workflows[2] (sprite): '3.stps': node 3 has no input 'stps'",
        "workflows[2] (sprite): '30.steps': no node has the id or class '30'",
        "workflows[2] (sprite): '@Gone.image': no node has the title 'Gone'",
        "workflows[3] (item): workflow_json: is missing",
        "workflows[4]: must be an object",
    ):
        assert told in problems
    assert list(await target.records.find()) == []


async def test_two_parts_that_are_only_wrong_together_are_told() -> None:
    """Two mappings of one input, and two configurations of one slot."""
    both = evolve(
        PORTRAIT,
        prompt_mappings=[
            ca.PromptMapping(target="6.text", source="prompt"),
            ca.PromptMapping(target="CLIPTextEncode.positive", source="prompt"),
        ],
    )
    document = await (await filled(both)).export()
    document["workflows"] *= 2
    with pytest.raises(ca.PayloadError) as caught:
        await merge(transfer(), document)
    first, second, twice = caught.value.problems
    assert "names the same input as '6.text'" in first
    assert second.startswith("workflows[1] (portrait): ")
    assert twice == "workflows[1] (portrait): the slot stands there twice"


@pytest.mark.parametrize(
    "document, told",
    [
        ([], "whose format is 'comfy_assets.workflows'"),
        ({"format": "zip"}, "whose format is 'comfy_assets.workflows'"),
        ({"format": "comfy_assets.workflows"}, "version: must be 1, not None"),
        (
            {"format": "comfy_assets.workflows", "version": True},
            "version: must be 1, not True",
        ),
        (
            {"format": "comfy_assets.workflows", "version": 0, "workflows": []},
            "version: must be 1, not 0",
        ),
        (
            {"format": "comfy_assets.workflows", "version": 2, "pages": {}},
            "version: 2 was written by a newer release, and this one reads up to 1",
        ),
        (
            {"format": "comfy_assets.workflows", "version": 1, "workflows": {}},
            "workflows: must be a list",
        ),
    ],
)
async def test_another_document_is_refused_with_a_sentence(
    document: object, told: str
) -> None:
    """Another kind of file, no version, or that of a newer release."""
    with pytest.raises(ca.PayloadError) as caught:
        await merge(transfer(), document)
    [problem] = caught.value.problems
    assert told in problem


@given(
    strategies.json_values()
    | st.builds(
        lambda entries: {
            "format": "comfy_assets.workflows",
            "version": 1,
            "workflows": entries,
        },
        st.lists(
            st.dictionaries(
                st.sampled_from(["slot", "name", "workflow_json", "id", "x"]),
                strategies.json_values(),
            ),
            min_size=1,
        ),
    )
)
def test_no_other_json_is_taken(document: object) -> None:
    """Whatever it is, the answer is a list of faults, and nothing else."""

    async def refuse() -> None:
        with pytest.raises(ca.PayloadError):
            await merge(transfer(), document)

    anyio.run(refuse)


async def test_an_unknown_mode_is_refused() -> None:
    """Before anything is read."""
    with pytest.raises(ca.InvalidRequestError, match="one of merge, replace"):
        await transfer().take({}, mode="overwrite", is_dry_run=False)  # type: ignore[arg-type]


async def test_a_slot_that_somebody_emptied_meanwhile_is_no_fault() -> None:
    """It was to be emptied anyway."""
    records = ca.MemoryAssetRepository().workflows

    class Hasty(type(records)):  # type: ignore[misc]
        async def delete(self, slot: ca.WorkflowSlot) -> None:
            raise ca.WorkflowNotFoundError(slot)

    records.__class__ = Hasty
    await records.save(ITEM)
    document = await transfer().export()
    done = await transfer(records).take(document, mode="replace", is_dry_run=False)
    assert done.removed == ("item",)


async def test_a_system_exports_and_imports() -> None:
    """From one game's database into another's."""
    async with open_studio(works=False) as studio:
        stored = await studio.system.workflows.get("portrait")
        document = json.loads(json.dumps(await studio.system.workflows.export()))
    async with open_studio(works=False) as studio:
        workflows = studio.system.workflows
        told = await workflows.import_(document, mode="replace", dry_run=True)
        assert (told.changed, told.is_dry_run) == (("portrait",), True)
        assert await workflows.get("portrait") != stored
        await workflows.import_(document)
        assert await workflows.get("portrait") == stored
