"""An event sink of one's own: every event as a line of JSON in a file.

::

    python custom_event_sink.py events.jsonl
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import anyio
import attrs

import comfy_assets as ca
from comfy_assets.simulator import ComfyUISimulator


class JsonLinesSink(ca.EventSink):
    """Appends events to a file, one a line, with the event's class as ``type``.

    A system calls it with one event at a time, in order; a write that fails costs
    that event and is logged, the game goes on.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def publish(self, event: ca.AnyEvent) -> None:
        """Append one line."""
        plain = {"type": type(event).__name__, **attrs.asdict(event)}
        line = json.dumps(plain, default=_plain, ensure_ascii=False)
        async with await anyio.open_file(
            self._path, "a", encoding="utf-8", newline="\n"
        ) as file:
            await file.write(line + "\n")


def _plain(value: object) -> object:
    """Say what JSON has no word for in words that it has."""
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case _:
            raise TypeError(value)


async def main(url: str, path: Path) -> None:
    """Paint two portraits, with the sink beside the built-in events."""
    async with ca.AssetSystem(
        comfy=ca.ComfyUIClient(url), sinks=[JsonLinesSink(path)]
    ) as system:
        workflow = Path(__file__).with_name("portrait.json")
        await system.workflows.put("portrait", workflow)
        batch = await system.generation.submit(
            ca.GenerationRequest(
                world_id="vale",
                entity=ca.EntityRef("Character", "marcus"),
                asset_type=ca.AssetType.PORTRAIT,
                prompt="portrait of a grizzled bartender",
                count=2,
            )
        )
        assets = await system.generation.result(batch.id)
        await system.assets.activate(assets[0].id)
    # Leaving the system lets its sinks read what is left: the file is whole now.
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            print(json.loads(line)["type"])


if __name__ == "__main__":
    with ComfyUISimulator(run_seconds=0.1) as server:
        anyio.run(main, server.url, Path(sys.argv[1]))
