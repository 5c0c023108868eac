"""What a command works on, and the system that paints nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from anyio import fail_after

from comfy_assets.cli._stores import NoComfyUI, Stores, office, studio
from comfy_assets.domain.batches import BatchStatus
from comfy_assets.domain.identity import PromptId
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import ComfyUIUnavailableError, InvalidRequestError
from comfy_assets.testing.samples import GRAPH, make_request
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient

pytestmark = pytest.mark.anyio


async def test_an_office_starts_no_painting(tmp_path: Path) -> None:
    """A batch that waits still waits when the command has ended."""
    stores = Stores(
        repository=f"sqlite:///{(tmp_path / 'a.db').as_posix()}", images=tmp_path
    )
    async with office(stores) as system:
        await system.workflows.put("portrait", GRAPH)
        batch = await system.generation.submit(make_request())
    async with office(stores) as system:
        found = await system.generation.get(batch.id)
    assert found.status is BatchStatus.QUEUED
    assert found.claim is None


async def test_a_studio_paints_what_waits(tmp_path: Path) -> None:
    """What an office lined up is painted, and its files lie in the image folder."""
    stores = Stores(
        repository=f"sqlite:///{(tmp_path / 'a.db').as_posix()}", images=tmp_path
    )
    async with office(stores) as system:
        await system.workflows.put("portrait", GRAPH)
        batch = await system.generation.submit(make_request(count=1))
    async with studio(stores, comfy=ScriptedComfyClient()) as system:
        with fail_after(10):
            [asset] = await system.generation.result(batch.id)
    assert stores.file_of(asset.file_path).is_file()


def test_a_file_lies_in_the_image_folder(tmp_path: Path) -> None:
    """The store's paths have ``/`` on every system."""
    stores = Stores(images=tmp_path)
    assert stores.file_of("portrait/3f/x.png") == tmp_path / "portrait" / "3f" / "x.png"


def test_a_url_that_cannot_be_used_is_refused() -> None:
    """Before anything is opened."""
    stores = Stores(repository="mysql://x")
    with pytest.raises(InvalidRequestError):
        office(stores)
    with pytest.raises(InvalidRequestError):
        studio(stores, comfy=NoComfyUI())


async def test_no_server_refuses_what_needs_one() -> None:
    """A command that asked for one by mistake would show."""
    async with NoComfyUI() as comfy:
        assert await comfy.capacity() == 0
        for call in (
            lambda: comfy.execute(Workflow.from_api(GRAPH), prompt_id=PromptId("x")),
            lambda: comfy.upload_image(b"", filename="x"),
            comfy.object_info,
            comfy.check_health,
        ):
            with pytest.raises(ComfyUIUnavailableError):
                await call()
