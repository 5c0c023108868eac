"""A run that nobody has submitted before is posted without asking for it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from comfy_assets.adapters.comfyui import ComfyUIClient
from comfy_assets.domain.identity import PromptId
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import ComfyUIError
from comfy_assets.ports.comfy import RunProgress
from comfy_assets.simulator import ComfyUISimulator
from tests.comfyui_graphs import image_graph

pytestmark = pytest.mark.anyio

ASKED = ("/api/jobs", "/history", "/queue")


async def test_the_server_is_not_asked_about_a_new_run() -> None:
    """It costs one request to post and one to fetch, and no question."""
    workflow = Workflow.from_api(image_graph(color=1))
    with ComfyUISimulator(run_seconds=0) as server:
        for route in ASKED:
            # 400 is no fault that a client waits out.
            server.faults.fail(400, times=99, route=route)
        async with ComfyUIClient(server.url) as client:
            prompt_id = PromptId(str(uuid4()))
            images = await client.execute(workflow, prompt_id=prompt_id, is_new=True)
            assert len(images) == 1
            with pytest.raises(ComfyUIError):
                await client.execute(workflow, prompt_id=PromptId(str(uuid4())))


async def test_a_run_tells_once_that_only_its_images_are_missing() -> None:
    """Before they are fetched; so its place can be taken by the next run."""
    told: list[RunProgress] = []
    workflow = Workflow.from_api(image_graph(color=1))
    with ComfyUISimulator(run_seconds=0) as server:
        async with ComfyUIClient(server.url) as client:
            await client.execute(
                workflow, prompt_id=PromptId(str(uuid4())), on_progress=told.append
            )
    assert [progress.is_painted for progress in told].count(True) == 1
    assert told[-2].is_painted
    assert told[-1] == RunProgress(fraction=1.0)
