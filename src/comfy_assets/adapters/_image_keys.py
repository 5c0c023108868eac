"""The rule for keys and paths of image stores, the same for all of them."""

from __future__ import annotations

import re

from comfy_assets.errors import ImageStoreError

#: What a thumbnail's path has after the key.
THUMBNAIL_SUFFIX = ".thumb.webp"

_MAX_PART = 120
#: How much of a key that may be anything an error shows.
_SHOWN = 120
# No leading dot: those are for the stores' own files, and `.` and `..` are folders.
# No trailing dot: Windows drops it, and two keys would name one file.
_PART = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
# What Windows takes for a device, whatever suffix follows.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def check_key(key: str, *, operation: str) -> None:
    """Check that a key is a plain relative path and cannot leave a store.

    Args:
        operation: What is being done, such as ``"save"``; for the error.

    Raises:
        ImageStoreError: When it is not.
    """
    check_path(key, operation=operation)
    if key.lower().endswith(".thumb"):
        # Kept as WebP it would take the place of another key's thumbnail.
        step = f"{operation} {key!r}"
        raise ImageStoreError(step, "a key must not end with '.thumb'")


def check_path(path: str, *, operation: str) -> None:
    """Check that a path is made of plain parts that mean the same on every system.

    Raises:
        ImageStoreError: When it is not.
    """
    for part in path.split("/"):
        if problem := _problem(part):
            step = f"{operation} {path[:_SHOWN]!r}"
            raise ImageStoreError(step, problem)


def key_of(path: str) -> str:
    """Return the key that an image's or a thumbnail's path belongs to."""
    if path.endswith(THUMBNAIL_SUFFIX):
        return path.removesuffix(THUMBNAIL_SUFFIX)
    return path.rpartition(".")[0]


def _problem(part: str) -> str | None:
    if not _PART.fullmatch(part):
        return (
            f"{part[:_SHOWN]!r} is no plain name: use letters a to z, digits, '-', '_' "
            "and '.' (not first or last), with '/' between names"
        )
    if len(part) > _MAX_PART:
        return f"{part[:_SHOWN]!r}… has more than {_MAX_PART} characters"
    if _RESERVED.fullmatch(part):
        return f"{part!r} is a device's name on Windows: choose another"
    return None
