"""Which database and image folder a command works on, and the system over them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from attrs import frozen
from cyclopts import Parameter

from comfy_assets.adapters.files import FileImageStore
from comfy_assets.errors import ComfyUIUnavailableError
from comfy_assets.opening import open_repository
from comfy_assets.ports.comfy import ComfyClient
from comfy_assets.system import AssetSystem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.domain.identity import PromptId
    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import ComfyUIHealth, OutputImage


@Parameter(name="*")
@frozen(kw_only=True)
class Stores:
    """The database and the image folder, as the command line names them."""

    #: A URL that `open_repository` understands.
    repository: Annotated[
        str,
        Parameter(
            env_var="COMFY_ASSETS_REPOSITORY",
            help=(
                "The database: sqlite:///FILE, neo4j://USER:PASSWORD@HOST, "
                "or memory: for none."
            ),
        ),
    ] = "sqlite:///comfy-assets.db"
    #: The folder of the image files.
    images: Annotated[
        Path,
        Parameter(env_var="COMFY_ASSETS_IMAGES", help="The folder of the image files."),
    ] = Path("comfy-assets-images")

    def file_of(self, path: str) -> Path:
        """Return where an image of the store lies on this machine."""
        return self.images.absolute().joinpath(*path.split("/"))


#: What a command works on unless told otherwise.
DEFAULT_STORES = Stores()


def office(stores: Stores, *, comfy: ComfyClient | None = None) -> AssetSystem:
    """Return a system that looks and gives orders, and paints nothing by itself.

    Args:
        stores: What it works on.
        comfy: The server to ask for its health; ``None`` where none is asked.

    Raises:
        InvalidRequestError: When the repository's URL cannot be used.
    """
    return AssetSystem(
        comfy=comfy or NoComfyUI(),
        repository=open_repository(stores.repository),
        images=FileImageStore(stores.images),
        works=False,
    )


def studio(stores: Stores, *, comfy: ComfyClient) -> AssetSystem:
    """Return a system that paints what waits in the database.

    Args:
        stores: What it works on.
        comfy: The server that draws.

    Raises:
        InvalidRequestError: When the repository's URL cannot be used.
    """
    return AssetSystem(
        comfy=comfy,
        repository=open_repository(stores.repository),
        images=FileImageStore(stores.images),
    )


class NoComfyUI(ComfyClient):
    """Stands where a server would be, for commands that need none."""

    @property
    def server(self) -> str:
        """A name for messages."""
        return "(no server)"

    async def execute(
        self,
        workflow: Workflow,  # noqa: ARG002 - the port's signature
        *,
        prompt_id: PromptId,  # noqa: ARG002
        is_new: bool = False,  # noqa: ARG002
        on_progress: object = None,  # noqa: ARG002
        on_preview: object = None,  # noqa: ARG002
    ) -> Sequence[OutputImage]:
        """Refuse."""
        self._refuse()

    async def upload_image(self, data: bytes, *, filename: str) -> str:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    async def object_info(self) -> Mapping[str, Any]:
        """Refuse."""
        self._refuse()

    async def check_health(self) -> ComfyUIHealth:
        """Refuse."""
        self._refuse()

    async def capacity(self) -> int:
        """Return 0."""
        return 0

    def _refuse(self) -> NoReturn:
        raise ComfyUIUnavailableError(self.server, "this command works without one")
