"""How a host tests its own code: no server, no GPU, no files, no waiting.

`ScriptedComfyClient` stands where ComfyUI would be. It answers at once with a small
picture, unless a script says otherwise: here a node that fails, and a server that is
slow for exactly as long as the test wants.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest

import comfy_assets as ca
from comfy_assets.testing import ScriptedComfyClient

pytestmark = pytest.mark.anyio

#: The smallest workflow that shows what this game maps: a prompt and a seed.
WORKFLOW = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "any"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
    "4": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": 64, "height": 64, "batch_size": 1},
    },
    "5": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 0,
            "model": ["1", 0],
            "positive": ["2", 0],
            "negative": ["3", 0],
            "latent_image": ["4", 0],
        },
    },
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
    "7": {
        "class_type": "SaveImage",
        "inputs": {"images": ["6", 0], "filename_prefix": "x"},
    },
}


class Tavern:
    """The game's own code, which is what these tests are about."""

    def __init__(self, system: ca.AssetSystem) -> None:
        self._system = system
        self.faces: dict[str, bytes | None] = {}
        self.notices: list[str] = []

    async def hire(self, name: str, looks: str) -> None:
        """Let somebody work here, faceless at first; a portrait follows."""
        self.faces[name] = None
        batch = await self._system.generation.submit(
            ca.GenerationRequest(
                world_id="tavern",
                entity=ca.EntityRef("Character", name),
                asset_type=ca.AssetType.PORTRAIT,
                prompt=looks,
            )
        )
        try:
            assets = await self._system.generation.result(batch.id)
        except ca.BatchStatusError as error:
            self.notices.append(f"{name} stays faceless: {error.hint}")
            return
        await self._system.assets.activate(assets[0].id)
        self.faces[name] = await self._system.assets.open_thumbnail(assets[0].id)


@pytest.fixture
def anyio_backend() -> str:
    """Run on the event loop that this game uses."""
    return "asyncio"


@pytest.fixture
def comfy() -> ScriptedComfyClient:
    """Stand in for ComfyUI."""
    return ScriptedComfyClient()


@pytest.fixture
async def tavern(comfy: ScriptedComfyClient) -> AsyncIterator[Tavern]:
    """Open a tavern whose pictures live in memory."""
    async with ca.AssetSystem(comfy=comfy, shutdown_grace_seconds=0) as system:
        await system.workflows.put("portrait", WORKFLOW)
        yield Tavern(system)


async def test_who_is_hired_gets_a_face(
    tavern: Tavern, comfy: ScriptedComfyClient
) -> None:
    """The face is there, and ComfyUI was asked for what the game said."""
    await tavern.hire("marcus", "a grizzled bartender")
    assert tavern.faces["marcus"] is not None
    (run,) = comfy.executed
    assert run.workflow.nodes["2"].inputs["text"] == "a grizzled bartender"


async def test_a_failed_portrait_is_noticed_and_costs_nobody_a_job(
    tavern: Tavern, comfy: ScriptedComfyClient
) -> None:
    """A node that raises becomes a notice for the player; the tavern goes on."""
    comfy.script(
        error=ca.ExecutionError(
            "http://gpu:8188",
            node_id="5",
            class_type="KSampler",
            message="out of memory",
        )
    )
    await tavern.hire("marcus", "a grizzled bartender")
    await tavern.hire("brynn", "a bard with red hair")
    assert tavern.faces["marcus"] is None
    assert "out of memory" in tavern.notices[0]
    assert tavern.faces["brynn"] is not None


async def test_a_slow_server_does_not_stop_the_tavern(
    tavern: Tavern, comfy: ScriptedComfyClient
) -> None:
    """Marcus serves, faceless, for as long as the painting takes."""
    slow = anyio.Event()
    comfy.script(hold=slow)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(tavern.hire, "marcus", "a grizzled bartender")
            await comfy.wait_executed(1)
            assert tavern.faces["marcus"] is None
            slow.set()
    assert tavern.faces["marcus"] is not None
