"""The three folders of a server on disk: output, input, temp.

Names and numbers of files are decided here; what is in a picture is not.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from pathlib import Path

from attrs import define, field, frozen

#: Prefixes whose last number is remembered, so that saving need not list a folder.
_REMEMBERED_PREFIXES = 1024
_NUMBER = re.compile(r"_(\d+)_?\.png")
_ANNOTATION = re.compile(r"^(?P<name>.*) \[(?P<folder>output|input|temp)\]$")


class OutsideFolderError(Exception):
    """A name leads out of the folder it was given for."""


@frozen(kw_only=True)
class SavedName:
    """Where a picture goes, and how `/history` tells of it."""

    #: The file to write.
    path: Path
    #: Its name without folders.
    filename: str
    #: The folders below the root, with `/`; empty for none.
    subfolder: str


@define(eq=False)
class Folders:
    """Find, name and number the files of one server.

    Args:
        root: The folder that holds `output`, `input` and `temp`.
        output: Where pictures go instead of `root/output`, if given.
    """

    root: Path
    output: Path
    _last_numbers: dict[tuple[Path, str], int] = field(init=False, factory=dict)
    _temp_prefix: str = field(init=False, default="")

    def __attrs_post_init__(self) -> None:
        self.wipe_temp()
        for folder in ("output", "input"):
            self.path_of(folder).mkdir(parents=True, exist_ok=True)

    def path_of(self, folder: str) -> Path:
        """Return the folder called `output`, `input` or `temp`.

        Raises:
            KeyError: When there is no such folder.
        """
        return {
            "output": self.output,
            "input": self.root / "input",
            "temp": self.root / "temp",
        }[folder]

    def wipe_temp(self) -> None:
        """Empty the folder `temp`, as ComfyUI does at every start."""
        shutil.rmtree(self.path_of("temp"), ignore_errors=True)
        self.path_of("temp").mkdir(parents=True, exist_ok=True)
        # ComfyUI draws these letters anew for each PreviewImage; once a life is
        # enough to keep names of two lives apart.
        self._temp_prefix = "ComfyUI_temp_" + "".join(
            secrets.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(5)
        )

    def input_files(self) -> list[str]:
        """Return the names directly in the folder `input`."""
        return [p.name for p in self.path_of("input").iterdir() if p.is_file()]

    def find_annotated(self, name: str) -> Path | None:
        """Return the file a `LoadImage` names, or None.

        Args:
            name: `"name"`, `"sub/name"` or either with ` [temp]`, ` [output]`.
        """
        name, folder = split_annotation(name, default="input")
        try:
            path = self.inside(folder, name)
        except OutsideFolderError:
            return None
        return path if path.is_file() else None

    def inside(self, folder: str, relative: str) -> Path:
        """Resolve a relative name below a folder.

        Raises:
            OutsideFolderError: When the name leads out of the folder.
            KeyError: When there is no such folder.
        """
        root = self.path_of(folder).resolve()
        try:
            path = (root / relative).resolve()
        except ValueError as error:  # a NUL byte in the name
            raise OutsideFolderError(relative) from error
        if not path.is_relative_to(root):
            raise OutsideFolderError(relative)
        return path

    def name_preview(self) -> SavedName:
        """Name the next picture of a `PreviewImage` (folder `temp`)."""
        return self._name("temp", self._temp_prefix)

    def name_output(self, prefix: str, size: tuple[int, int]) -> SavedName:
        """Name the next picture of a `SaveImage`: highest number of its prefix + 1.

        Args:
            prefix: `filename_prefix`; `/` makes folders; `%width%` and the like are
                filled in.
            size: Width and height in pixels, for the prefix.

        Raises:
            OutsideFolderError: When the prefix leads out of the folder `output`.
        """
        return self._name("output", _expand(prefix, size))

    def _name(self, folder: str, prefix: str) -> SavedName:
        root = self.path_of(folder).resolve()
        # ComfyUI normalises the prefix too: "x/" saves x_00001_.png.
        target = self.inside(folder, os.path.normpath(prefix) + "_")
        directory, stem = target.parent, target.name[:-1]
        directory.mkdir(parents=True, exist_ok=True)
        number = self._next_number(directory, stem)
        subfolder = directory.relative_to(root).as_posix()
        filename = f"{stem}_{number:05}_.png"
        return SavedName(
            path=directory / filename,
            filename=filename,
            subfolder="" if subfolder == "." else subfolder,
        )

    def _next_number(self, directory: Path, stem: str) -> int:
        last = self._last_numbers.get((directory, stem))
        # A deleted file frees its number, so the memory holds only while the last
        # file is there.
        if last is None or not (directory / f"{stem}_{last:05}_.png").exists():
            # Plain names and a plain test first: a folder may hold ten thousand.
            tails = [
                name.removeprefix(stem)
                for name in os.listdir(directory)  # noqa: PTH208 - ten times as fast
                if name.startswith(stem)
            ]
            numbers = map(_NUMBER.fullmatch, tails)
            last = max((int(match[1]) for match in numbers if match), default=0)
        if len(self._last_numbers) >= _REMEMBERED_PREFIXES:
            self._last_numbers.clear()
        self._last_numbers[directory, stem] = last + 1
        return last + 1

    def store_upload(
        self,
        data: bytes,
        *,
        filename: str,
        folder: str,
        subfolder: str,
        overwrite: bool,
    ) -> tuple[str, str]:
        """Keep an uploaded file (`POST /upload/image`).

        The same name with the same bytes is kept once; with other bytes the name
        gets a number: `name (1).png`.

        Returns:
            The name it got and its subfolder.

        Raises:
            OutsideFolderError: When the name or subfolder leads out of the folder.
            KeyError: When there is no such folder.
            OSError: When the name holds a folder that does not exist.
        """
        self.path_of(folder)
        if ".." in filename or Path(filename).is_absolute():
            raise OutsideFolderError(filename)
        directory = self.inside(folder, subfolder)
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / filename
        count = 0
        while not overwrite and path.exists():
            if path.read_bytes() == data:
                return path.name, subfolder
            count += 1
            path = directory / f"{Path(filename).stem} ({count}){Path(filename).suffix}"
        path.write_bytes(data)
        return path.name, subfolder


def split_annotation(name: str, *, default: str) -> tuple[str, str]:
    """Split `"x.png [temp]"` into the name and its folder."""
    match = _ANNOTATION.match(name)
    return (match["name"], match["folder"]) if match else (name, default)


def fingerprint(path: Path) -> str:
    """Return a digest of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _expand(prefix: str, size: tuple[int, int]) -> str:
    if "%" not in prefix:
        return prefix
    now = time.localtime()
    values = {
        "width": str(size[0]),
        "height": str(size[1]),
        "year": str(now.tm_year),
        "month": f"{now.tm_mon:02}",
        "day": f"{now.tm_mday:02}",
        "hour": f"{now.tm_hour:02}",
        "minute": f"{now.tm_min:02}",
        "second": f"{now.tm_sec:02}",
        "batch_num": "0",
    }
    return re.sub(r"%(\w+)%", lambda match: values.get(match[1], match[0]), prefix)
