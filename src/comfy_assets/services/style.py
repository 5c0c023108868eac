"""`StylePreparer`: makes a style reference ready for the runs of one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.domain.workflows.build import StyleReference, style_image_target

if TYPE_CHECKING:
    from comfy_assets.domain.requests import GenerationRequest
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.ports.comfy import ComfyClient
    from comfy_assets.ports.images import ImageStore
    from comfy_assets.ports.repository import AssetRepository


class StylePreparer:
    """Uploads the reference's image where the workflow takes one."""

    def __init__(
        self, repository: AssetRepository, images: ImageStore, comfy: ComfyClient
    ) -> None:
        self._assets = repository.assets
        self._images = images
        self._comfy = comfy

    async def prepare(
        self, configuration: WorkflowConfiguration, request: GenerationRequest
    ) -> StyleReference | None:
        """Return what `build` needs for the request's style, ``None`` without one.

        Raises:
            AssetNotFoundError: When the reference is no longer in the gallery.
            ImageNotFoundError: When its file is gone.
            ComfyUIError: When the server does not take the image.
        """
        if request.style_reference_id is None:
            return None
        reference = await self._assets.get(request.style_reference_id)
        if style_image_target(configuration) is None:
            return StyleReference(image_name=None, keywords=reference.prompt)
        data = await self._images.open(reference.file_path)
        suffix = reference.file_path.rpartition(".")[2]
        # Named by content: the server keeps one copy, whoever uploads it.
        filename = f"comfy_assets_{reference.sha256[:32]}.{suffix}"
        image_name = await self._comfy.upload_image(data, filename=filename)
        return StyleReference(image_name=image_name, keywords=reference.prompt)
