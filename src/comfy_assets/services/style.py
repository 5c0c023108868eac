"""`StylePreparer`: makes a style reference ready for the runs of one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from comfy_assets.domain.workflows.build import (
    StyleReference,
    style_image_place,
    style_loader,
)

if TYPE_CHECKING:
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.requests import GenerationRequest
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.errors import WorkflowRejectedError
    from comfy_assets.ports.comfy import ComfyClient
    from comfy_assets.ports.images import ImageStore
    from comfy_assets.ports.repository import AssetRepository

#: How many uploaded images are remembered; the oldest is forgotten first.
MAX_UPLOADS: Final = 1_000


class StylePreparer:
    """Uploads the reference's image where the workflow takes one.

    Each image is uploaded once a server. That a server has lost it (its folder was
    emptied, it came back as a fresh container) shows when it refuses a run:
    `restored` uploads it again then.
    """

    def __init__(
        self, repository: AssetRepository, images: ImageStore, comfy: ComfyClient
    ) -> None:
        self._assets = repository.assets
        self._images = images
        self._comfy = comfy
        # The servers' names for images, by server and content.
        self._uploads: dict[tuple[str, str], str] = {}
        self._uploading = anyio.Lock()

    async def prepare(
        self, configuration: WorkflowConfiguration, request: GenerationRequest
    ) -> StyleReference | None:
        """Return what `build` needs for the request's style, ``None`` without one.

        Raises:
            MappingError: When the style mapping does not fit the workflow.
            AssetNotFoundError: When the reference is no longer in the gallery.
            ImageNotFoundError: When its file is gone.
            ComfyUIError: When the server does not take the image.
        """
        if request.style_reference_id is None:
            return None
        reference = await self._assets.get(request.style_reference_id)
        image_name: str | None = None
        if style_image_place(configuration) is not None:
            image_name = await self._uploaded(reference)
        return StyleReference(image_name=image_name, keywords=reference.prompt)

    async def restored(
        self,
        configuration: WorkflowConfiguration,
        request: GenerationRequest,
        style: StyleReference | None,
        rejection: WorkflowRejectedError,
    ) -> StyleReference | None:
        """Upload the image again if a server refused a run for the lack of it.

        Args:
            configuration: What the run was built from.
            request: What the run was built for.
            style: What `prepare` returned for the run.
            rejection: What the server said.

        Returns:
            What to build the run with, once more; ``None`` where the style is not at
            fault.

        Raises:
            AssetNotFoundError: As `prepare`.
            ImageNotFoundError: As `prepare`.
            ComfyUIError: As `prepare`.
        """
        loader = style_loader(configuration)
        if (
            style is None
            or loader is None
            or loader.node_id not in rejection.node_errors
        ):
            return None
        # By name, for its server is known only by what the client said back then.
        lost = [key for key, name in self._uploads.items() if name == style.image_name]
        for key in lost:
            del self._uploads[key]
        return await self.prepare(configuration, request)

    async def _uploaded(self, reference: GalleryAsset) -> str:
        # One at a time: batches that begin together share one upload.
        async with self._uploading:
            key = (self._comfy.server, reference.sha256)
            if key not in self._uploads:
                data = await self._images.open(reference.file_path)
                suffix = reference.file_path.rpartition(".")[2]
                # Named by content: the server keeps one copy, whoever uploads it.
                filename = f"comfy_assets_{reference.sha256[:32]}.{suffix}"
                name = await self._comfy.upload_image(data, filename=filename)
                self._uploads[key] = name
                if len(self._uploads) > MAX_UPLOADS:
                    del self._uploads[next(iter(self._uploads))]
            return self._uploads[key]
