"""`MemoryImageStore`: images in a dict, gone with the process."""

from __future__ import annotations

from comfy_assets.adapters._image_keys import check_key, check_path
from comfy_assets.adapters._image_threads import ImageThreads
from comfy_assets.adapters._pictures.picture import Picture, PictureLimits
from comfy_assets.domain.assets import StoredImage
from comfy_assets.errors import ImageNotFoundError
from comfy_assets.ports.images import ImageStore


class MemoryImageStore(ImageStore):
    """Keeps images in memory, by the same rules as `FileImageStore`.

    For tests, for trying things out and for hosts that keep what they like
    themselves. Images may have 64 MiB and 8192 by 8192 pixels.
    """

    def __init__(self) -> None:
        self._threads = ImageThreads()
        self._files: dict[str, bytes] = {}
        self._kept: dict[str, StoredImage] = {}

    def __repr__(self) -> str:
        return f"MemoryImageStore({len(self._kept)} images)"

    async def save(self, data: bytes, *, key: str) -> StoredImage:
        """Keep an image, see `ImageStore.save`."""
        check_key(key, operation="save")
        picture, stored = await self._threads.run(_read, data, key)
        self._forget(key)
        self._kept[key] = stored
        self._files[stored.file_path] = data
        self._files[stored.thumbnail_path] = picture.thumbnail
        return stored

    async def open(self, path: str) -> bytes:
        """Return the bytes of an image or a thumbnail, see `ImageStore.open`."""
        check_path(path, operation="open")
        try:
            return self._files[path]
        except KeyError:
            raise ImageNotFoundError(path) from None

    async def delete(self, key: str) -> None:
        """Remove an image and its thumbnail, see `ImageStore.delete`."""
        check_key(key, operation="delete")
        self._forget(key)

    def _forget(self, key: str) -> None:
        stored = self._kept.pop(key, None)
        if stored is not None:
            del self._files[stored.file_path], self._files[stored.thumbnail_path]


def _read(data: bytes, key: str) -> tuple[Picture, StoredImage]:
    # Pillow is loaded by the first picture, not by whoever imports the package.
    from comfy_assets.adapters._pictures.reading import (  # noqa: PLC0415
        read_picture,
    )

    picture = read_picture(data, PictureLimits())
    return picture, picture.stored_as(key, data)
