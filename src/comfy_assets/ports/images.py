"""`ImageStore`: a place for image files and their thumbnails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from comfy_assets.domain.assets import StoredImage


class ImageStore(Protocol):
    """A place for images and their thumbnails, under keys that the caller chooses.

    A key is a relative path without a suffix, such as ``"portrait/3f/marcus-3f2a"``:
    parts of letters, digits, ``-``, ``_`` and ``.``, joined by ``/``. All methods may
    be called from many tasks at once. They are not torn by cancellation: a call that
    is cancelled has done all of its work or none.
    """

    async def save(self, data: bytes, *, key: str) -> StoredImage:
        """Keep an encoded image under a key, and make its thumbnail.

        All or nothing: after a crash at any point either both files are there, whole,
        or a later `save` or `delete` of the same key removes what was left. An image
        already kept under the key is replaced. The thumbnail is a WebP of at most
        512 pixels an edge, never larger than the image.

        Raises:
            InvalidImageError: When the bytes are no picture, are cut short, or exceed
                the store's limits of pixels or bytes.
            ImageStoreError: When the key could leave the store, or the store cannot
                be written.
        """
        ...

    async def open(self, path: str) -> bytes:
        """Return the bytes of a `StoredImage.file_path` or ``thumbnail_path``.

        Raises:
            ImageNotFoundError: When nothing is kept there.
            ImageStoreError: When the path could leave the store, or the store cannot
                be read.
        """
        ...

    async def delete(self, key: str) -> None:
        """Remove the image and the thumbnail kept under a key; quiet when none are.

        Raises:
            ImageStoreError: When the key could leave the store, or the store cannot
                be written.
        """
        ...
