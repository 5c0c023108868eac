"""Whose classes of nodes count: those of a server, or those that a file tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import anyio
from attrs import define, frozen
from cyclopts import Parameter

from comfy_assets.adapters.comfyui import ComfyUIClient, ComfyUITimeouts
from comfy_assets.cli._failures import USAGE, CommandError
from comfy_assets.cli._filters import DEFAULT_SERVER
from comfy_assets.cli._stores import NoComfyUI
from comfy_assets.domain.events import ComfyUIState
from comfy_assets.ports.comfy import ComfyUIHealth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comfy_assets.ports.comfy import ComfyClient

_AWAY_SECONDS: Final = 1.0


@Parameter(name="*")
@frozen(kw_only=True)
class Classes:
    """What the command line names: a server, a file, or neither."""

    #: The address of a server.
    comfyui: Annotated[
        str | None,
        Parameter(
            help=f"The ComfyUI whose classes of nodes count; {DEFAULT_SERVER} "
            "where one is needed."
        ),
    ] = None
    #: A file in place of a server.
    object_info: Annotated[
        Path | None,
        Parameter(help="A file with the answer to GET /object_info, for no server."),
    ] = None

    @property
    def is_named(self) -> bool:
        """Whether the command line names either."""
        return self.comfyui is not None or self.object_info is not None

    def client(self) -> ComfyClient:
        """Return what tells the classes; the default server where nothing is named.

        Raises:
            CommandError: When both are named.
        """
        if self.object_info is None:
            # A host waits for a server that is away; whoever types wants to know.
            return ComfyUIClient(
                self.comfyui or DEFAULT_SERVER,
                timeouts=ComfyUITimeouts(unreachable_seconds=_AWAY_SECONDS),
            )
        if self.comfyui is not None:
            sentence = "--comfyui and --object-info: name one of them"
            raise CommandError(sentence, exit_code=USAGE)
        return ClassesFile(self.object_info)


#: The default server, where one is needed at all.
DEFAULT_CLASSES = Classes()


@define(eq=False)
class ClassesFile(NoComfyUI):
    """Stands where a server would be, and tells the classes that a file holds."""

    file: Path

    @property
    def server(self) -> str:
        """The file's name, for messages."""
        return self.file.name

    async def object_info(self) -> Mapping[str, Any]:
        """Return what the file holds.

        Raises:
            CommandError: When it cannot be read, or is no JSON.
        """
        try:
            text = await anyio.Path(self.file).read_text("utf-8-sig")
            classes: Mapping[str, Any] = json.loads(text)
        # ValueError: no UTF-8, no JSON, or no name that a file could have.
        except (OSError, ValueError, RecursionError) as error:
            problem = getattr(error, "strerror", None) or error
            sentence = f"--object-info {self.file}: it cannot be read: {problem}"
            raise CommandError(sentence) from error
        return classes

    async def check_health(self) -> ComfyUIHealth:
        """Return that nothing but the classes is known."""
        return ComfyUIHealth(server=self.server, state=ComfyUIState.CONNECTED)
