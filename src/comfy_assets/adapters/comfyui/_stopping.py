"""Takes a run back from the server, and never anybody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.adapters.comfyui._endings import find_in_queue

if TYPE_CHECKING:
    from comfy_assets.adapters.comfyui._link import Link

#: A run that waits may start between looking and deleting, once.
_LOOKS: Final = 3


async def take_back(link: Link, prompt_id: str, server_id: str) -> None:
    """Drop a run that waits, interrupt it if it is at work; quiet if it is neither.

    Raises:
        ComfyUIError: When the server cannot be told.
    """
    await link.routes.delete_from_queue(server_id)
    for _ in range(_LOOKS):
        queue = await link.routes.queue()
        place = find_in_queue(queue, server_id=server_id, prompt_id=prompt_id)
        found = place.server_id or server_id
        if place.where is None:
            return
        if place.where == "working":
            link.doomed.append(found)
            await link.routes.interrupt(found)
            return
        await link.routes.delete_from_queue(found)
