"""What `FileImageStore` does on the disk, also when the disk or the process fails."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comfy_assets.adapters.files import FileImageStore
from comfy_assets.errors import (
    ImageNotFoundError,
    ImageStoreError,
    InvalidImageError,
)
from comfy_assets.testing.small_png import small_png

pytestmark = pytest.mark.anyio

_KEY = "portrait/3f/marcus"
# Eight by six pixels.
_WEBP = b64decode("UklGRiIAAABXRUJQVlA4TBYAAAAvB0ABAAdQqCIXpf8BgCD8b5uI6H8I")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder of the store; it does not exist yet."""
    return tmp_path / "images"


@pytest.fixture
def made_root(root: Path) -> Path:
    """Return `root`, made by the host and still empty."""
    root.mkdir()
    return root


@pytest.fixture
def store(root: Path) -> FileImageStore:
    """Return a store over `root`."""
    return FileImageStore(root)


async def test_files_lie_at_the_key_with_the_suffix_of_their_real_format(
    store: FileImageStore, root: Path
) -> None:
    """People find image and thumbnail side by side."""
    await store.save(small_png("marcus"), key=_KEY)

    assert _files(root) == {f"{_KEY}.png", f"{_KEY}.thumb.webp"}
    assert (root / f"{_KEY}.png").read_bytes() == small_png("marcus")


async def test_another_format_under_the_same_key_removes_the_older_file(
    store: FileImageStore, root: Path
) -> None:
    """A key has one image file."""
    await store.save(small_png("marcus"), key=_KEY)
    await store.save(_WEBP, key=_KEY)

    assert _files(root) == {f"{_KEY}.webp", f"{_KEY}.thumb.webp"}


async def test_opening_a_store_makes_no_folder(root: Path) -> None:
    """Only an image makes one."""
    with pytest.raises(ImageNotFoundError):
        await FileImageStore(root).open("a.png")
    await FileImageStore(root).delete(_KEY)

    assert _listing(root) is None


async def test_a_relative_root_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host may change its working folder."""
    monkeypatch.chdir(tmp_path)
    store = FileImageStore("images")
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    await store.save(small_png("marcus"), key=_KEY)

    assert (tmp_path / "images" / f"{_KEY}.png").is_file()


async def test_the_stores_limits_are_those_it_was_given(root: Path) -> None:
    """Bytes and pixels are counted against them."""
    data = small_png("marcus", edge_pixels=32)

    with pytest.raises(InvalidImageError, match="bytes"):
        await FileImageStore(root, max_bytes=len(data) - 1).save(data, key=_KEY)
    with pytest.raises(InvalidImageError, match="pixels"):
        await FileImageStore(root, max_pixels=32 * 32 - 1).save(data, key=_KEY)
    assert _listing(root) is None
    exact = FileImageStore(root, max_bytes=len(data), max_pixels=32 * 32)
    await exact.save(data, key=_KEY)


async def test_a_refused_picture_touches_nothing(
    store: FileImageStore, root: Path
) -> None:
    """Bytes are read before the disk is."""
    with pytest.raises(InvalidImageError):
        await store.save(b"no picture", key=_KEY)

    assert _listing(root) is None


async def test_deleting_takes_empty_folders_along_but_not_the_root(
    store: FileImageStore, root: Path
) -> None:
    """A gallery that was emptied is an empty folder."""
    await store.save(small_png("a"), key="item/3f/a")
    await store.save(small_png("b"), key="item/b")
    await store.delete("item/3f/a")
    assert _files(root) == {"item/b.png", "item/b.thumb.webp"}
    assert not (root / "item" / "3f").exists()

    await store.delete("item/b")
    assert _listing(root) == set()


async def test_a_folder_with_other_peoples_files_stays(
    store: FileImageStore, root: Path
) -> None:
    """Nothing that the store did not write is removed."""
    await store.save(small_png("a"), key=_KEY)
    (root / "portrait" / "notes.txt").write_text("mine", encoding="utf-8")
    await store.delete(_KEY)

    assert _files(root) == {"portrait/notes.txt"}


async def test_other_files_below_the_root_are_not_opened(
    store: FileImageStore, made_root: Path
) -> None:
    """A path from a record cannot be used to read a host's other files."""
    (made_root / "secrets.txt").write_text("mine", encoding="utf-8")
    (made_root / "folder.png").mkdir()

    for path in ("secrets.txt", "folder.png"):
        with pytest.raises(ImageNotFoundError):
            await store.open(path)


@pytest.mark.parametrize("step", ["save", "delete"])
async def test_leftovers_of_a_crash_go_with_the_next_step_of_the_key(
    store: FileImageStore, root: Path, step: str
) -> None:
    """Only those of this key: others may be in the making."""
    folder = root / "portrait" / "3f"
    workshop = folder / ".parts"
    workshop.mkdir(parents=True)
    other = workshop / "marcus.2.0123456789abcdef-1f.image"
    for left in (workshop / "marcus.0123456789abcdef-1f.small", other):
        left.write_bytes(b"half")
    (folder / "marcus.thumb.webp").write_bytes(b"alone")
    if step == "save":
        await store.save(small_png("marcus"), key=_KEY)
        assert _files(folder) == {
            "marcus.png",
            "marcus.thumb.webp",
            other.relative_to(folder).as_posix(),
        }
    await store.delete(_KEY)

    assert _files(root) == {other.relative_to(root).as_posix()}


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
async def test_a_workshop_that_is_a_link_does_not_lead_out_of_the_root(
    store: FileImageStore, made_root: Path, tmp_path: Path
) -> None:
    """Nothing is made or swept outside."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.0123456789abcdef-0.image").write_bytes(b"mine")
    (made_root / ".parts").symlink_to(outside)

    for call in (store.save(small_png("a"), key="a"), store.delete("a")):
        with pytest.raises(ImageStoreError, match="link"):
            await call
    assert _files(outside) == {"a.0123456789abcdef-0.image"}


async def test_another_process_that_works_on_the_same_key_keeps_its_files(
    store: FileImageStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it writes after us is not swept away with what is ours."""
    theirs = root / "portrait" / "3f" / ".parts" / "marcus.fedcba9876543210-0.image"
    replace = os.replace

    def replaced_as_they_begin(part: str, target: str) -> None:
        theirs.write_bytes(b"half")
        replace(part, target)

    monkeypatch.setattr(os, "replace", replaced_as_they_begin)
    stored = await store.save(small_png("marcus"), key=_KEY)

    assert await store.open(stored.file_path) == small_png("marcus")
    assert theirs.read_bytes() == b"half"


async def test_a_save_costs_the_same_beside_many_other_images(
    store: FileImageStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No step looks through the names of a whole folder."""
    await store.save(small_png("marcus"), key=_KEY)

    listdir = os.listdir
    most = 0

    def count(path: str | Path) -> list[str]:
        nonlocal most
        names = listdir(path)
        most = max(most, len(names))
        return names

    monkeypatch.setattr(os, "listdir", count)
    monkeypatch.delattr(os, "scandir")
    await store.save(small_png("carla"), key="portrait/3f/carla")
    await store.save(small_png("marcus again"), key=_KEY)
    monkeypatch.undo()

    assert most == 0
    assert len(_files(root)) == 4


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
@pytest.mark.parametrize("aim", ["outside", "circle"])
async def test_a_link_does_not_lead_out_of_the_root(
    store: FileImageStore, made_root: Path, tmp_path: Path, aim: str
) -> None:
    """Folders that are links are followed only as far as the root reaches."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.png").write_bytes(b"private")
    (made_root / "link").symlink_to(made_root / "link" if aim == "circle" else outside)

    for call in (
        store.save(small_png("a"), key="link/a"),
        store.open("link/a.png"),
        store.delete("link/a"),
    ):
        with pytest.raises(ImageStoreError):
            await call
    assert (outside / "a.png").read_bytes() == b"private"
    assert _files(outside) == {"a.png"}


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
async def test_a_file_that_is_a_link_is_replaced_and_not_followed(
    store: FileImageStore, made_root: Path, tmp_path: Path
) -> None:
    """Neither reading nor writing reaches what a link points to."""
    outside = tmp_path / "private.png"
    outside.write_bytes(b"private")
    (made_root / "a.png").symlink_to(outside)

    with pytest.raises(ImageStoreError, match="link"):
        await store.open("a.png")
    await store.save(small_png("a"), key="a")
    assert await store.open("a.png") == small_png("a")
    assert outside.read_bytes() == b"private"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
async def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    """A host may keep its images on another disk."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "images").symlink_to(tmp_path / "disk")
    await FileImageStore(tmp_path / "images").save(small_png("a"), key=_KEY)

    assert (tmp_path / "disk" / f"{_KEY}.png").is_file()


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize(
    "failure", [("fsync", 1), ("fsync", 2), ("replace", 1), ("replace", 2)]
)
async def test_a_disk_that_fails_leaves_what_was_there(
    store: FileImageStore,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    reason: int,
    failure: tuple[str, int],
) -> None:
    """A save that fails says why and leaves neither files nor folders."""
    monkeypatch.setattr(*_failing(*failure, OSError(reason, os.strerror(reason))))
    with pytest.raises(ImageStoreError) as caught:
        await store.save(small_png("marcus"), key=_KEY)
    monkeypatch.undo()

    assert os.strerror(reason) in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)
    assert _listing(root) == set()


@pytest.mark.parametrize("nth", [1, 2])
async def test_a_failed_replacement_keeps_the_older_image(
    store: FileImageStore, root: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """Image and thumbnail of before can still be opened."""
    stored = await store.save(small_png("older"), key=_KEY)
    error = OSError(errno.ENOSPC, "No space")
    monkeypatch.setattr(*_failing("fsync", nth, error))
    with pytest.raises(ImageStoreError):
        await store.save(small_png("newer"), key=_KEY)
    monkeypatch.undo()

    assert await store.open(stored.file_path) == small_png("older")
    assert _files(root) == {stored.file_path, stored.thumbnail_path}


async def test_a_root_that_cannot_be_a_folder_is_an_image_store_error(
    tmp_path: Path,
) -> None:
    """What the system says is passed on, with the place to look at."""
    (tmp_path / "images").write_bytes(b"a file")

    with pytest.raises(ImageStoreError, match="images"):
        await FileImageStore(tmp_path / "images").save(small_png("a"), key="a")


async def test_a_key_below_a_file_is_deleted_quietly(
    store: FileImageStore, root: Path
) -> None:
    """Nothing can be kept there, so nothing is."""
    await store.save(small_png("a"), key="a")
    await store.delete("a.png/b")

    assert _files(root) == {"a.png", "a.thumb.webp"}


async def test_a_folder_that_vanishes_while_a_file_is_written_is_made_again(
    store: FileImageStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may delete the folder's last image at that moment."""
    makedirs = os.makedirs
    times = []

    def make_in_vain(folder: str, *, exist_ok: bool) -> None:
        makedirs(folder, exist_ok=exist_ok)
        times.append(folder)
        if len(times) < 3:
            shutil.rmtree(root)

    monkeypatch.setattr(os, "makedirs", make_in_vain)
    await store.save(small_png("a"), key="a")

    assert _files(root) == {"a.png", "a.thumb.webp"}


async def test_a_folder_that_vanishes_again_and_again_ends_in_an_error(
    store: FileImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A save never goes round for ever."""
    makedirs = os.makedirs

    def make_in_vain(folder: str, *, exist_ok: bool) -> None:
        makedirs(folder, exist_ok=exist_ok)
        shutil.rmtree(folder)

    monkeypatch.setattr(os, "makedirs", make_in_vain)
    with anyio.fail_after(5), pytest.raises(ImageStoreError, match="save 'a'"):
        await store.save(small_png("a"), key="a")


async def test_a_file_that_another_process_deletes_while_it_is_opened_is_not_found(
    store: FileImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen a moment ago and gone now means gone."""
    await store.save(small_png("a"), key="a")

    def gone(self: Path) -> bytes:
        raise FileNotFoundError(errno.ENOENT, "gone", str(self))

    monkeypatch.setattr(Path, "read_bytes", gone)
    with pytest.raises(ImageNotFoundError):
        await store.open("a.png")


async def test_files_reach_the_disk_before_their_names_do(
    store: FileImageStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a name means a whole file; the thumbnail's comes first."""
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        steps.append("sync")
        fsync(descriptor)

    def noted_replace(part: str, target: str) -> None:
        steps.append(Path(target).name)
        replace(part, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    await store.save(small_png("marcus"), key=_KEY)
    first = list(steps)
    steps.clear()
    await store.save(small_png("marcus"), key=_KEY)

    names = ["marcus.thumb.webp", "marcus.png"]
    assert first[:4] == ["sync", "sync", *names]
    # The folder, and once those above it, which have new names in them too.
    if os.name == "posix":
        assert first[4:] == ["sync"] * 4
        assert steps == ["sync", "sync", *names, "sync"]


async def test_a_running_save_is_not_torn_by_cancellation(
    store: FileImageStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a file is being written, all of the work is done."""
    begun, go_on = threading.Event(), threading.Event()
    fsync = os.fsync

    def slow_fsync(descriptor: int) -> None:
        begun.set()
        go_on.wait(10)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", slow_fsync)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: store.save(small_png("marcus"), key=_KEY))
        await anyio.to_thread.run_sync(begun.wait, 10)
        tasks.cancel_scope.cancel()
        go_on.set()

    assert _files(root) == {f"{_KEY}.png", f"{_KEY}.thumb.webp"}


async def test_its_repr_names_the_folder(store: FileImageStore, root: Path) -> None:
    """A log line tells which store it was."""
    assert repr(store) == f"FileImageStore({str(root)!r})"


@settings(max_examples=150)
@given(
    key=st.lists(
        st.sampled_from(
            ["..", ".", "", "a", "~", "C:", "\\", "\x00", "nul", "a.", "é"]
        ),
        max_size=5,
    ).map("/".join)
    | st.text(max_size=12)
)
async def test_nothing_that_a_key_says_is_written_outside_the_root(key: str) -> None:
    """Whatever the key, the folders beside and above the root stay as they are."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "deep", "down", "images")
        store = FileImageStore(root)
        for step in (store.save(_WEBP, key=key), store.open(key), store.delete(key)):
            with contextlib.suppress(ImageStoreError, ImageNotFoundError):
                await step

        for path in _listing(Path(folder)) or ():
            assert path in {"deep", "deep/down", "deep/down/images"} or path.startswith(
                "deep/down/images/"
            )


_SAVES_FOR_EVER = """
import hashlib, sys
import anyio
from comfy_assets.adapters.files import FileImageStore
from comfy_assets.testing.small_png import small_png

async def main():
    store = FileImageStore(sys.argv[1])
    round = 0
    while True:
        round += 1
        for number in range(6):
            picture = small_png(f"{number} {round}", edge_pixels=32 + 16 * number)
            await store.save(picture, key=f"item/{number % 2}/cup-{number}")
        print(round, flush=True)

anyio.run(main)
"""


@pytest.mark.parametrize("rounds", [1, 2, 5])
async def test_a_process_killed_while_it_saves_leaves_whole_files(
    root: Path, rounds: int, anyio_backend_name: str
) -> None:
    """Each image is whole and has its thumbnail, and leftovers go with the key."""
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own words, one line read
        [sys.executable, "-c", _SAVES_FOR_EVER, str(root)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        for _ in range(rounds):
            assert await anyio.to_thread.run_sync(process.stdout.readline)
    finally:
        process.kill()
        await anyio.to_thread.run_sync(process.communicate)

    store = FileImageStore(root)
    for number in range(6):
        key = f"item/{number % 2}/cup-{number}"
        image = await store.open(f"{key}.png")
        thumbnail = await store.open(f"{key}.thumb.webp")
        await store.delete(key)
        # Saving reads to the last pixel: what was cut short would be refused.
        edge = 32 + 16 * number
        assert (await store.save(thumbnail, key="thumbnail")).width == edge
        assert (await store.save(image, key=key)).width == edge
        await store.delete(key)
    await store.delete("thumbnail")
    assert _listing(root) == set()


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _listing(folder: Path) -> set[str] | None:
    """Return all files and folders below one, or ``None`` where it is not there."""
    if not folder.exists():
        return None
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def _failing(
    call: str, nth: int, error: OSError
) -> tuple[object, str, Callable[..., object]]:
    """Return what makes the n-th call raise, for `monkeypatch.setattr`."""
    original = getattr(os, call)
    calls = []

    def failing(*args: object) -> object:
        calls.append(args)
        if len(calls) == nth:
            raise error
        return original(*args)

    return os, call, failing
