"""`FileImageStore`: images and thumbnails as plain files below one folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from threading import Lock

from comfy_assets.adapters._image_keys import (
    THUMBNAIL_SUFFIX,
    check_key,
    check_path,
    key_of,
)
from comfy_assets.adapters._image_threads import ImageThreads
from comfy_assets.adapters._pictures.formats import FORMATS
from comfy_assets.adapters._pictures.picture import PictureLimits
from comfy_assets.domain.assets import StoredImage
from comfy_assets.errors import ImageNotFoundError, ImageStoreError
from comfy_assets.ports.images import ImageStore

#: How often a folder is made anew that another process takes away as empty.
_FOLDER_TRIES = 8
_LOCKS = 64
#: How the hidden name of a file in the making ends.
_PART_END = re.compile(r"[0-9a-f]{16}\.part")
_SUFFIXES = tuple(each.suffix for each in FORMATS)


class FileImageStore(ImageStore):
    """Keeps images as files that people can look at, below one folder.

    An image lies at its key plus the suffix of its real format, the thumbnail at the
    key plus ``.thumb.webp``. Both are written beside their place under a hidden name,
    ``.<name>.<16 hex digits>.part``, forced to the disk, and renamed: the thumbnail
    first, so that no image lacks one. What a crash leaves is removed by the next
    `save` or `delete` of the key.

    Several processes may share the folder. When two of them save or delete the same
    key at the same moment, one may get an `ImageStoreError`.

    Keys that differ only in case are one key on most disks of Windows and macOS.

    Args:
        root: The folder; made when the first image is saved.
        max_bytes: Larger files are refused.
        max_pixels: Pictures with more pixels, width times height, are refused.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        *,
        max_bytes: int = PictureLimits().max_bytes,
        max_pixels: int = PictureLimits().max_pixels,
    ) -> None:
        # Absolute now: the host may change its working folder later.
        self._root = Path(root).absolute()
        self._limits = PictureLimits(max_bytes=max_bytes, max_pixels=max_pixels)
        self._threads = ImageThreads()
        # One key's files are touched by one thread at a time. Also while reading:
        # Windows lets nobody replace a file that is open.
        self._locks = tuple(Lock() for _ in range(_LOCKS))

    def __repr__(self) -> str:
        return f"FileImageStore({str(self._root)!r})"

    async def save(self, data: bytes, *, key: str) -> StoredImage:
        """Keep an image as a file, see `ImageStore.save`."""
        check_key(key, operation="save")
        return await self._threads.run(self._save, data, key)

    async def open(self, path: str) -> bytes:
        """Return the bytes of a file, see `ImageStore.open`."""
        check_path(path, operation="open")
        return await self._threads.run(self._read, path)

    async def delete(self, key: str) -> None:
        """Remove the files of a key and folders left empty, see `ImageStore.delete`."""
        check_key(key, operation="delete")
        await self._threads.run(self._delete, key)

    def _save(self, data: bytes, key: str) -> StoredImage:
        # Pillow is loaded by the first picture, not by whoever imports the package.
        from comfy_assets.adapters._pictures.reading import (  # noqa: PLC0415
            read_picture,
        )

        picture = read_picture(data, self._limits)
        stored = picture.stored_as(key, data)
        with self._alone(key, "save"):
            self._write(key, data, picture.suffix, picture.thumbnail)
        return stored

    def _write(self, key: str, data: bytes, suffix: str, thumbnail: bytes) -> None:
        target = self._inside(key)
        there = _tidied(target)
        image_part = _part_beside(target)
        thumbnail_part = _part_beside(target)
        image, small = _with_suffix(target, suffix), _with_suffix(target)
        is_new = small.name.lower() not in there or not small.exists()
        try:
            # The image's part first: it keeps the folder from being taken away.
            made = _write_into_folder(image_part, data, above=self._root)
            _write_through(thumbnail_part, thumbnail)
            thumbnail_part.replace(small)
            image_part.replace(image)
        except BaseException:
            for left in (image_part, thumbnail_part, *([small] if is_new else [])):
                with suppress(OSError):  # the error that brought us here says more
                    left.unlink(missing_ok=True)
            self._remove_empty_folders(target.parent)
            raise
        for other in _possible_images(target):
            if other != image and other.name.lower() in there:
                other.unlink(missing_ok=True)
        for folder in (target.parent, *made):
            _sync_folder(folder)

    def _read(self, path: str) -> bytes:
        with self._alone(key_of(path), "open", path):
            file = self._inside(path)
            # Other files of the host that lie below the root are none of ours.
            if not file.name.endswith(_SUFFIXES) or not file.is_file():
                raise ImageNotFoundError(path)
            try:
                return file.read_bytes()
            except FileNotFoundError as error:  # deleted by another process just now
                raise ImageNotFoundError(path) from error

    def _delete(self, key: str) -> None:
        with self._alone(key, "delete"):
            target = self._inside(key)
            # The image first: what remains after a crash is a thumbnail alone.
            for file in (*_possible_images(target), _with_suffix(target)):
                with suppress(NotADirectoryError):  # nothing can be kept there
                    file.unlink(missing_ok=True)
            _tidied(target)
            self._remove_empty_folders(target.parent)

    def _inside(self, path: str) -> Path:
        """Return the place of a checked path.

        Raises:
            ImageStoreError: When a link leads out of the root.
        """
        place = self._root.joinpath(*path.split("/"))
        try:
            is_inside = _real(place).is_relative_to(self._root.resolve())
        except (OSError, RuntimeError):  # a circle of links; the latter until 3.12
            is_inside = False
        if not is_inside:
            step = f"go to {path!r}"
            problem = f"a link on the way does not lead into {self._root}"
            raise ImageStoreError(step, problem)
        return place

    def _remove_empty_folders(self, folder: Path) -> None:
        while folder != self._root:
            try:
                folder.rmdir()
            except OSError:
                # Something lies there, also what somebody put there a moment ago.
                return
            folder = folder.parent

    @contextmanager
    def _alone(self, key: str, step: str, path: str | None = None) -> Iterator[None]:
        """Keep other threads from this key, and translate what the system says."""
        lock = self._locks[hash(key.lower()) % _LOCKS]
        try:
            with lock:
                yield
        except OSError as error:
            reason = error.strerror or str(error)
            what = f"{step} {path or key!r}"
            problem = f"{reason}; look at {error.filename or self._root}"
            raise ImageStoreError(what, problem) from error


def _real(place: Path) -> Path:
    """Return where a path leads when all links are followed, be it there or not."""
    with suppress(FileNotFoundError, NotADirectoryError):
        # From Python 3.13 on only a strict look tells a circle of links.
        return place.resolve(strict=True)
    return place.resolve()


def _with_suffix(target: Path, suffix: str = THUMBNAIL_SUFFIX) -> Path:
    # Not `Path.with_suffix`: a key may have dots of its own.
    return target.with_name(target.name + suffix)


def _possible_images(target: Path) -> tuple[Path, ...]:
    return tuple(_with_suffix(target, suffix) for suffix in _SUFFIXES)


def _part_beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{token_hex(8)}.part")


def _tidied(target: Path) -> set[str]:
    """Remove what a crash left of a key; return the other names there, lower case.

    Lower, as a disk that takes two cases for one lists the name that it was given.
    """
    begin = f".{target.name}."
    try:
        names = os.listdir(target.parent)  # noqa: PTH208 - names are all we need
    except (FileNotFoundError, NotADirectoryError):
        return set()
    for name in names:
        if name.startswith(begin) and _PART_END.fullmatch(name, len(begin)):
            target.with_name(name).unlink(missing_ok=True)
    return {name.lower() for name in names}


def _write_into_folder(part: Path, data: bytes, *, above: Path) -> list[Path]:
    """Write a file and, if need be, its folder; return what got a new folder.

    Another task may delete the last image of the folder between the two steps, and
    the folder with it; then both are done again.
    """
    with suppress(FileNotFoundError):
        _write_through(part, data)
        return []
    missing = [
        folder.parent
        for folder in (part.parent, *part.parent.parents)
        if folder.is_relative_to(above) and not folder.exists()
    ]
    for _ in range(_FOLDER_TRIES):
        part.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            _write_through(part, data)
            return missing
    part.parent.mkdir(parents=True, exist_ok=True)
    _write_through(part, data)
    return missing


def _write_through(part: Path, data: bytes) -> None:
    with part.open("xb") as file:
        file.write(data)
        file.flush()
        # Before the rename: else a power cut may leave the new name with no content.
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Force a folder's new names to the disk where the system can do that."""
    # Windows opens no folders, and some network disks sync none; the files are whole
    # all the same, only a power cut in this second could undo the rename.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
