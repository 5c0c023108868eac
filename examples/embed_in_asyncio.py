"""A game that keeps its own pace while its art is painted in the background.

Run it as it is and it brings a simulated ComfyUI, or name yours::

    python embed_in_asyncio.py
    python embed_in_asyncio.py --comfyui http://127.0.0.1:8188 --workflow mine.json
"""

from __future__ import annotations

import argparse
import asyncio
from contextlib import ExitStack
from pathlib import Path

import comfy_assets as ca

FRAME_SECONDS = 1 / 60
MARCUS = ca.EntityRef("Character", "marcus")


class Game:
    """A host: it owns its entities, draws frames, and never waits for a picture."""

    def __init__(self, events: ca.Subscription[ca.AnyEvent]) -> None:
        self.events = events
        self.frames = 0
        self.is_over = False
        #: What each entity shows, by entity and by the field that names its asset.
        self.shown: dict[tuple[ca.EntityRef, str | None], ca.AssetId] = {}
        self._percent: int | None = None

    async def run(self) -> None:
        """Draw frames until the game is over."""
        while not self.is_over:
            # What happened since the last frame; `poll` never waits.
            for event in self.events.poll():
                self.hear(event)
            self.frames += 1
            await asyncio.sleep(FRAME_SECONDS)

    def hear(self, event: ca.AnyEvent) -> None:
        """Take one event; the kinds that a host does not care for pass."""
        match event:
            case ca.GenerationQueued(position=position):
                print(f"in line, {position} before it")
            case ca.GenerationProgress(fraction=fraction, completed=completed):
                percent = int(100 * fraction) // 25 * 25
                if percent != self._percent:
                    self._percent = percent
                    print(f"{percent} %, {completed} stored")
            case ca.GenerationComplete(assets=assets):
                print(f"complete: {len(assets)} portraits")
            case ca.AssetActivated(asset_id=asset_id, entity=entity, asset_type=kind):
                self.shown[entity, kind.entity_field] = asset_id
                print(f"{entity.entity_id}.{kind.entity_field} is set")
                self.is_over = True
            case ca.GenerationFailed(error=error):
                print(f"failed: {error}")
                self.is_over = True
            case ca.ComfyUIStateChanged(state=state, message=message):
                print(f"ComfyUI is {state}: {message}")
            case _:
                pass


async def choose_portrait(system: ca.AssetSystem) -> None:
    """Ask for four portraits and show the first: a task beside the game's own."""
    batch = await system.generation.submit(
        ca.GenerationRequest(
            world_id="vale",
            entity=MARCUS,
            asset_type=ca.AssetType.PORTRAIT,
            prompt="portrait of a grizzled bartender with a full beard",
            count=4,
        )
    )
    try:
        assets = await system.generation.result(batch.id)
    except ca.BatchStatusError:
        return  # the event has told why
    await system.assets.activate(assets[0].id)


async def play(url: str, workflow: Path) -> None:
    """Run the game and the asset system side by side in one event loop."""
    async with ca.AssetSystem(comfy=ca.ComfyUIClient(url)) as system:
        await system.workflows.put("portrait", workflow)
        # Subscribed before anything is asked for: nothing is missed.
        async with system.events.subscribe() as events, asyncio.TaskGroup() as tasks:
            game = Game(events)
            tasks.create_task(game.run())
            tasks.create_task(choose_portrait(system))
        marcus = await system.assets.active_for("vale", MARCUS, ca.AssetType.PORTRAIT)
    shown = game.shown.get((MARCUS, "portrait_asset"))
    if marcus is not None and marcus.id == shown:
        print(f"marcus shows a {marcus.width}x{marcus.height} {marcus.media_type}")
    print(f"{game.frames} frames were drawn meanwhile")


def main() -> None:
    """Read the command line; without a server's address, bring a simulated one."""
    parser = argparse.ArgumentParser(description="A game with art on demand.")
    parser.add_argument("--comfyui", help="the address of a ComfyUI server")
    parser.add_argument(
        "--workflow",
        type=Path,
        default=Path(__file__).with_name("portrait.json"),
        help="a workflow in API format",
    )
    options = parser.parse_args()
    with ExitStack() as stack:
        url = options.comfyui
        if url is None:
            from comfy_assets.simulator import ComfyUISimulator  # noqa: PLC0415 - extra

            url = stack.enter_context(ComfyUISimulator(run_seconds=0.3)).url
        asyncio.run(play(url, options.workflow))


if __name__ == "__main__":
    main()
