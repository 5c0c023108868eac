"""`StylePreparer`: what one batch needs of its style reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

import comfy_assets as ca
from comfy_assets.domain.workflows.style_reference import StyleReference
from comfy_assets.services import style
from comfy_assets.services.style import StylePreparer
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from tests.studio import GRAPH, STYLED, Studio, open_studio, portrait_request

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.anyio


class CountingClient(ScriptedComfyClient):
    """Notes each upload; one that comes while another is under way, too."""

    def __init__(self) -> None:
        super().__init__(runs_at_once=4)
        self.upload_names: list[str] = []

    async def upload_image(self, data: bytes, *, filename: str) -> str:
        """Note the name, let others run, and store the image."""
        self.upload_names.append(filename)
        await anyio.lowlevel.checkpoint()
        return await super().upload_image(data, filename=filename)


WORDS = StyleReference(image_name=None, keywords="ink wash")


def refusal(node_errors: Mapping[str, Any]) -> ca.WorkflowRejectedError:
    """Refuse a run as a server does."""
    return ca.WorkflowRejectedError("scripted:", ["refused"], node_errors)


#: What a server says of node 20 when the image is gone (ComfyUI 0.33).
IMAGE_IS_GONE = {
    "20": {
        "errors": [
            {
                "type": "custom_validation_failed",
                "message": "Custom validation failed for node",
                "details": "image - Invalid image file: ref.png",
                "extra_info": {"input_name": "image"},
            }
        ],
        "class_type": "LoadImage",
    }
}


async def reference_of(studio: Studio, prompt: str = "ink wash") -> ca.GalleryAsset:
    """Paint a reference, then take the workflow with the style node."""
    await studio.system.workflows.put("portrait", GRAPH)
    (reference,) = await studio.painted(prompt=prompt)
    await studio.system.workflows.put("portrait", STYLED)
    return reference


async def test_without_a_reference_nothing_is_prepared() -> None:
    """Most requests have none."""
    async with open_studio(works=False) as studio:
        preparer = StylePreparer(studio.repository, studio.images, studio.comfy)
        configuration = await studio.system.workflows.get("portrait")
        assert await preparer.prepare(configuration, portrait_request()) is None


async def test_a_reference_deleted_meanwhile_fails_the_batch() -> None:
    """It was there at submission, and is gone when the batch begins."""
    async with open_studio() as studio:
        (reference,) = await studio.painted()
        request = portrait_request(style_reference_id=reference.id)
        await studio.system.assets.delete(reference.id)
        preparer = StylePreparer(studio.repository, studio.images, studio.comfy)
        configuration = await studio.system.workflows.get("portrait")
        with pytest.raises(ca.AssetNotFoundError):
            await preparer.prepare(configuration, request)


async def test_an_image_is_uploaded_once() -> None:
    """All images and batches of a process share one upload."""
    comfy = CountingClient()
    async with open_studio(comfy=comfy) as studio:
        reference = await reference_of(studio)
        batches = [await studio.submit(style_reference_id=reference.id, count=2)]
        batches.append(await studio.submit(style_reference_id=reference.id))
        for batch in batches:
            await studio.system.generation.result(batch.id)
        await studio.painted(style_reference_id=reference.id)
    assert len(comfy.upload_names) == 1
    (name,) = comfy.uploads
    runs = comfy.executed[1:]
    assert len(runs) == 4
    assert {run.workflow.nodes["20"].inputs["image"] for run in runs} == {name}


async def test_batches_that_begin_together_share_an_upload() -> None:
    """The second waits for the first, and takes its name."""
    comfy = CountingClient()
    async with open_studio(comfy=comfy) as studio:
        reference = await reference_of(studio)
        preparer = StylePreparer(studio.repository, studio.images, comfy)
        configuration = await studio.system.workflows.get("portrait")
        request = portrait_request(style_reference_id=reference.id)
        async with anyio.create_task_group() as batches:
            for _ in range(3):
                batches.start_soon(preparer.prepare, configuration, request)
    assert len(comfy.upload_names) == 1


async def test_only_so_many_uploads_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The oldest is forgotten first, and uploaded again when it is wanted."""
    monkeypatch.setattr(style, "MAX_UPLOADS", 2)
    comfy = CountingClient()
    async with open_studio(comfy=comfy) as studio:
        references = [await reference_of(studio, str(i)) for i in range(3)]
        for reference in [*references, references[2], references[0]]:
            await studio.painted(style_reference_id=reference.id)
    names = comfy.upload_names
    assert len(names) == 4
    assert names[0] == names[3]
    assert len(set(names)) == 3


async def test_an_image_that_the_server_lost_is_uploaded_again() -> None:
    """A refusal of the loader's input heals itself; nobody sees it."""
    comfy = CountingClient()
    async with open_studio(comfy=comfy) as studio:
        reference = await reference_of(studio)
        await studio.painted(style_reference_id=reference.id)
        comfy.script(error=refusal(IMAGE_IS_GONE))
        (asset,) = await studio.painted(style_reference_id=reference.id)
    assert asset.style_reference_id == reference.id
    assert len(comfy.upload_names) == 2
    assert comfy.upload_names[0] == comfy.upload_names[1]
    refused, painted = comfy.executed[-2:]
    assert refused.prompt_id == painted.prompt_id


async def test_an_image_is_uploaded_again_once() -> None:
    """A server that refuses it even then fails the batch."""
    comfy = CountingClient()
    async with open_studio(comfy=comfy) as studio:
        reference = await reference_of(studio)
        comfy.script(error=refusal(IMAGE_IS_GONE), times=2)
        batch = await studio.submit(style_reference_id=reference.id)
        with pytest.raises(ca.BatchStatusError, match="refused"):
            await studio.system.generation.result(batch.id)
    assert len(comfy.upload_names) == 2


@pytest.mark.parametrize("node_errors", [{}, {"4": {"errors": []}}])
async def test_another_refusal_fails_the_batch(node_errors: dict[str, Any]) -> None:
    """A missing model is not mended by an upload."""
    comfy = CountingClient()
    async with open_studio(comfy=comfy) as studio:
        reference = await reference_of(studio)
        comfy.script(error=refusal(node_errors))
        batch = await studio.submit(style_reference_id=reference.id)
        with pytest.raises(ca.BatchStatusError, match="refused"):
            await studio.system.generation.result(batch.id)
    assert len(comfy.upload_names) == 1


async def test_a_refusal_without_a_style_is_none_of_its_business() -> None:
    """Neither of a request without a reference, nor of a workflow without a place."""
    async with open_studio(works=False) as studio:
        preparer = StylePreparer(studio.repository, studio.images, studio.comfy)
        request = portrait_request()
        bare = await studio.system.workflows.get("portrait")
        styled = await studio.system.workflows.put("portrait", STYLED)
        rejection = refusal(IMAGE_IS_GONE)
        assert await preparer.restored(styled, request, None, rejection) is None
        assert await preparer.restored(bare, request, WORDS, rejection) is None
