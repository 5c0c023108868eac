"""Tests of `comfy_assets.services.editing`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import anyio
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comfy_assets.adapters.memory.repository import MemoryAssetRepository
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    InputDefault,
)
from comfy_assets.domain.workflows.editing import WidgetKind
from comfy_assets.errors import (
    ComfyUIUnavailableError,
    InvalidRequestError,
    StaleWorkflowError,
    WorkflowNotFoundError,
)
from comfy_assets.services.editing import WorkflowEditor
from comfy_assets.testing.samples import NOON, make_configuration
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from tests.unit.domain.workflows.object_info import described

pytestmark = pytest.mark.anyio

_LATER = NOON + timedelta(hours=1)
_CLASSES = {
    "KSampler": described(
        required={"sampler_name": [["euler", "ddim"]], "seed": ["INT", {}]}
    )
}


async def _editor(comfy: Any = None, **options: Any) -> WorkflowEditor:
    repository = MemoryAssetRepository()
    await repository.workflows.save(make_configuration())
    return WorkflowEditor(
        records=repository.workflows,
        comfy=comfy or ScriptedComfyClient(object_info=_CLASSES),
        now=lambda: _LATER,
        **options,
    )


async def test_a_draft_knows_the_servers_classes() -> None:
    """Choices come from the server that will paint."""
    draft = await (await _editor()).edit("portrait")
    field = draft.field("3.sampler_name")
    assert (field.widget, field.choices) == (WidgetKind.CHOICE, ("euler", "ddim"))
    assert draft.catalogue_problem == ""


async def test_a_slot_without_a_workflow_cannot_be_edited() -> None:
    """Neither can one that is none."""
    editor = await _editor()
    with pytest.raises(WorkflowNotFoundError):
        await editor.edit("sprite")
    with pytest.raises(InvalidRequestError, match="portait"):
        await editor.edit("portait")


class _Gone(ScriptedComfyClient):
    async def check_health(self) -> Any:
        raise ComfyUIUnavailableError(self.server, "connection refused")


class _Confused(ScriptedComfyClient):
    async def object_info(self) -> Any:
        return ["no", "catalogue"]


class _Silent(ScriptedComfyClient):
    async def object_info(self) -> Any:
        await anyio.sleep_forever()


@pytest.mark.parametrize(
    "comfy, told",
    [
        (_Gone(), "connection refused"),
        (_Confused(), "object_info"),
        (_Silent(), "did not tell its classes in 0.05 s"),
    ],
)
async def test_a_draft_opens_without_a_server_and_says_so(
    comfy: ScriptedComfyClient, told: str
) -> None:
    """With fewer kinds of widgets; a host can be set up before ComfyUI is."""
    editor = await _editor(comfy, catalogue_seconds=0.05)
    with anyio.fail_after(5):
        draft = await editor.edit("portrait")
    assert told in draft.catalogue_problem
    assert draft.catalogue is None
    assert draft.field("3.sampler_name").widget is WidgetKind.TEXT
    assert (await editor.save(draft.with_name("Busts"))).catalogue_problem == (
        draft.catalogue_problem
    )


async def test_what_is_saved_is_what_the_draft_says() -> None:
    """Its id and first date stay; the draft goes on from there."""
    editor = await _editor()
    draft = await editor.edit("portrait")
    changed = draft.with_default("3.steps", 30).with_style(Disabled())
    after = await editor.save(changed)
    stored = await editor.records.get(draft.saved.slot)
    assert stored == after.saved
    assert stored == evolve(changed.configuration, updated_at=_LATER)
    assert stored.id == draft.saved.id
    assert after.diff() == ()
    await editor.save(after.with_default("3.steps", 31))
    [default] = (await editor.records.get(stored.slot)).input_defaults
    assert default == InputDefault(target="3.steps", value=31)


async def test_a_draft_with_faults_is_not_saved() -> None:
    """All of them are told at once."""
    editor = await _editor()
    draft = await editor.edit("portrait")
    bad = draft.with_default("3.stepz", 30).with_mapping("6.text", "prompt", "{na")
    with pytest.raises(InvalidRequestError) as caught:
        await editor.save(bad)
    assert "stepz" in str(caught.value)
    assert "{na" in str(caught.value)
    assert await editor.records.get(draft.saved.slot) == draft.saved


async def test_of_two_who_edit_the_second_is_told_to_begin_anew() -> None:
    """Nobody's work is overwritten without a word."""
    editor = await _editor()
    mine = (await editor.edit("portrait")).with_default("3.steps", 30)
    theirs = (await editor.edit("portrait")).with_default("3.cfg", 5.0)
    saved = await editor.save(theirs)
    with pytest.raises(StaleWorkflowError, match="open it anew"):
        await editor.save(mine)
    assert await editor.records.get(saved.saved.slot) == saved.saved


async def test_a_slot_that_was_deleted_meanwhile_stays_empty() -> None:
    """The draft is out of date then, too."""
    editor = await _editor()
    draft = await editor.edit("portrait")
    await editor.records.delete(draft.saved.slot)
    with pytest.raises(StaleWorkflowError):
        await editor.save(draft)
    assert list(await editor.records.find()) == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=st.integers(1, 10_000),
    template=st.sampled_from(["{prompt}", "{name}, {prompt}", None]),
    style=st.sampled_from([AutoDetect(), Disabled()]),
    width=st.integers(16, 16_384),
)
async def test_what_is_saved_comes_back_as_it_was_edited(
    steps: int, template: str | None, style: Any, width: int
) -> None:
    """Opened anew, the draft shows all of it."""
    editor = await _editor()
    draft = await editor.edit("portrait")
    await editor.save(
        draft.with_default("3.steps", steps)
        .with_mapping("6.text", "prompt", template)
        .with_lock("5.width", width)
        .with_style(style)
    )
    again = await editor.edit("portrait")
    assert again.diff() == ()
    assert again.field("3.steps").value == steps
    assert again.field("5.width").value == width
    mapping = again.field("6.text").mapping
    assert mapping is not None
    assert mapping.template == template
    assert again.configuration.style_reference_mapping == style
