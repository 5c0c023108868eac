"""`FileImageStore`: images and thumbnails as plain files below one folder."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate, count
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import BinaryIO

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
_BUFFER_BYTES = 2**16
#: In each folder with images, the hidden one in which they are made. Apart from those
#: that are kept: what a crash left is found without a look at all of them.
_WORKSHOP = ".parts"
#: How the name of a file in the making goes on after the last part of its key.
_PART = re.compile(r"\.[0-9a-f]{16}-[0-9a-f]+\.(image|small)")
_SUFFIXES = tuple(each.suffix for each in FORMATS)


class FileImageStore(ImageStore):
    """Keeps images as files that people can look at, below one folder.

    An image lies at its key plus the suffix of its real format, the thumbnail at the
    key plus ``.thumb.webp``. Both are written in a hidden folder beside them,
    ``.parts``, forced to the disk, and moved out of it: the thumbnail first, so that
    no image lacks one. What a crash leaves there is removed by the next `save` or
    `delete` of the key.

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
        self._root = str(Path(root).absolute())
        self._limits = PictureLimits(max_bytes=max_bytes, max_pixels=max_pixels)
        self._threads = ImageThreads()
        self._token, self._saves = token_hex(8), count()
        # One key's files are touched by one thread at a time. Also while reading:
        # Windows lets nobody replace a file that is open.
        self._locks = tuple(Lock() for _ in range(_LOCKS))

    def __repr__(self) -> str:
        return f"FileImageStore({self._root!r})"

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
        target = self._enter(key)
        image, small = target + suffix, target + THUMBNAIL_SUFFIX
        is_new = not os.path.exists(small)
        part = self._part_of(target)
        image_part, thumbnail_part = f"{part}.image", f"{part}.small"
        try:
            # From its first part on, the workshop keeps its folder where it is.
            image_file, made = _open_in_folder(image_part, above=self._root)
            with image_file, _new_file(thumbnail_part) as thumbnail_file:
                image_file.write(data)
                thumbnail_file.write(thumbnail)
                _force_to_disk(image_file, thumbnail_file)
            os.replace(thumbnail_part, small)
            os.replace(image_part, image)
        except BaseException:
            for left in (image_part, thumbnail_part, *([small] if is_new else [])):
                with suppress(OSError):  # the error that brought us here says more
                    os.unlink(left)
            self._leave(target)
            raise
        # No image of another format lies there without a thumbnail.
        for other in () if is_new else _possible_images(target):
            if other != image:
                _remove(other)
        for folder in dict.fromkeys((os.path.dirname(target), *made)):
            _sync_folder(folder)

    def _read(self, path: str) -> bytes:
        with self._alone(key_of(path), "open", path):
            steps = path.split("/")
            self._check_inside(path, steps)
            file = os.path.join(self._root, *steps)
            # Other files of the host that lie below the root are none of ours.
            if not file.endswith(_SUFFIXES) or not os.path.isfile(file):
                raise ImageNotFoundError(path)
            try:
                return Path(file).read_bytes()
            except FileNotFoundError as error:  # deleted by another process just now
                raise ImageNotFoundError(path) from error

    def _delete(self, key: str) -> None:
        with self._alone(key, "delete"):
            target = self._enter(key)
            # The image first: what remains after a crash is a thumbnail alone.
            for file in (*_possible_images(target), target + THUMBNAIL_SUFFIX):
                with suppress(NotADirectoryError):  # nothing can be kept there
                    _remove(file)
            self._leave(target)

    def _enter(self, key: str) -> str:
        """Return where a checked key lies, once what a crash left of it is removed."""
        *folders, name = key.split("/")
        self._check_inside(key, [*folders, _WORKSHOP])
        folder = os.path.join(self._root, *folders)
        workshop = os.path.join(folder, _WORKSHOP)
        with suppress(FileNotFoundError, NotADirectoryError):
            for part in os.listdir(workshop):
                if part.startswith(f"{name}.") and _PART.fullmatch(part, len(name)):
                    _remove(os.path.join(workshop, part))
        return os.path.join(folder, name)

    def _part_of(self, target: str) -> str:
        """Return a place for files in the making, in the workshop of their folder.

        No other save takes it, in this process or another: what is written at the same
        time is never taken for ours.
        """
        folder, name = os.path.split(target)
        return os.path.join(
            folder, _WORKSHOP, f"{name}.{self._token}-{next(self._saves):x}"
        )

    def _leave(self, target: str) -> None:
        """Remove the folders that a file was in, as far as they are empty."""
        folder = os.path.dirname(target)
        with suppress(OSError):  # others may work there
            os.rmdir(os.path.join(folder, _WORKSHOP))
        while folder != self._root:
            try:
                os.rmdir(folder)
            except OSError:
                # Something lies there, also what somebody put there a moment ago.
                return
            folder = os.path.dirname(folder)

    def _check_inside(self, path: str, steps: list[str]) -> None:
        """Make sure that the steps from the root down do not lead out of it.

        Raises:
            ImageStoreError: When a link leads out of the root.
        """
        places = list(accumulate(steps, os.path.join, initial=self._root))
        # Windows has other kinds of links, which only the long way finds.
        if os.name != "nt" and not any(map(os.path.islink, places[1:])):
            return
        try:
            is_inside = _real(places[-1]).is_relative_to(_real(self._root))
        except OSError:  # a circle of links
            is_inside = False
        if not is_inside:
            step = f"go to {path!r}"
            problem = f"a link on the way does not lead into {self._root}"
            raise ImageStoreError(step, problem)

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


def _real(place: str) -> Path:
    """Return where a path leads when all links are followed, be it there or not."""
    with suppress(FileNotFoundError, NotADirectoryError):
        # Only a strict look tells a circle of links.
        return Path(os.path.realpath(place, strict=True))
    return Path(os.path.realpath(place))


def _possible_images(target: str) -> list[str]:
    return [target + suffix for suffix in _SUFFIXES]


def _remove(file: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(file)


def _open_in_folder(part: str, *, above: str) -> tuple[BinaryIO, list[str]]:
    """Begin a file and, if need be, make its folders; return which got a new folder.

    Another task may delete the last image of the folder between the two steps, and
    the folder with it; then both are done again.
    """
    with suppress(FileNotFoundError):
        return _new_file(part), []
    got_new = [
        str(folder.parent)
        for folder in Path(part).parents
        if folder.is_relative_to(above) and not folder.exists()
    ]
    for _ in range(_FOLDER_TRIES):
        with suppress(FileNotFoundError):
            os.makedirs(os.path.dirname(part), exist_ok=True)
            return _new_file(part), got_new
    os.makedirs(os.path.dirname(part), exist_ok=True)
    return _new_file(part), got_new


def _new_file(part: str) -> BinaryIO:
    # With the length of its buffer given, Python asks the system less.
    return open(part, "xb", buffering=_BUFFER_BYTES)


def _force_to_disk(*files: BinaryIO) -> None:
    """Make files whole on the disk before they are moved to their names.

    A power cut may otherwise leave the new name with no content.
    """
    for file in files:
        file.flush()
    if sys.platform == "linux":
        for file in files[1:]:
            # On their way before the first is waited for: one commit of the file
            # system's journal then serves them all (posix_fadvise(2): "may initiate
            # writeback").
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    for file in files:
        os.fsync(file.fileno())


def _sync_folder(folder: str) -> None:
    """Force a folder's new names to the disk where the system can do that."""
    # Windows opens no folders, and some network disks sync none; the files are whole
    # all the same, only a power cut in this second could undo the rename.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
