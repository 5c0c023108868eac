"""Names, numbers and limits of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from comfy_assets.simulator import _folders
from comfy_assets.simulator._folders import (
    Folders,
    OutsideFolderError,
    fingerprint,
    split_annotation,
)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Give empty folders."""
    return Folders(tmp_path, tmp_path / "output")


def _save(folders: Folders, prefix: str) -> str:
    saved = folders.name_output(prefix, (16, 8))
    saved.path.write_bytes(b"x")
    return f"{saved.subfolder}|{saved.filename}"


@pytest.mark.parametrize(
    "prefix, expected",
    [
        ("first", "|first_00001_.png"),
        ("a/b/c", "a/b|c_00001_.png"),
        ("x/", "|x_00001_.png"),
        ("", "|._00001_.png"),
        ("a..b", "|a..b_00001_.png"),
        ("s_%width%x%height%", "|s_16x8_00001_.png"),
        ("%date:yyyy%_x", "|%date:yyyy%_x_00001_.png"),
    ],
)
def test_prefixes_become_folders_and_names(
    folders: Folders, prefix: str, expected: str
) -> None:
    """Folders, placeholders and numbers are as recorded (recording 28)."""
    assert _save(folders, prefix) == expected


@pytest.mark.parametrize("prefix", ["../evil", "/abs", "a/../../evil"])
def test_prefixes_do_not_leave_the_folder(folders: Folders, prefix: str) -> None:
    """A prefix that leads out is refused."""
    with pytest.raises(OutsideFolderError):
        folders.name_output(prefix, (1, 1))


def test_numbers_go_on_after_the_highest_there_is(folders: Folders) -> None:
    """A deleted last file gives its number back; another prefix counts for itself."""
    assert [_save(folders, "n"), _save(folders, "n")][1] == "|n_00002_.png"
    assert _save(folders, "nn") == "|nn_00001_.png"
    (folders.output / "n_00002_.png").unlink()
    assert _save(folders, "n") == "|n_00002_.png"
    (folders.output / "n_00041_.png").write_bytes(b"x")
    fresh = Folders(folders.root, folders.output)
    assert _save(fresh, "n") == "|n_00042_.png"


def test_only_some_prefixes_are_remembered(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forgetting the numbers of old prefixes changes no name."""
    monkeypatch.setattr(_folders, "_REMEMBERED_PREFIXES", 2)
    names = [_save(folders, prefix) for prefix in "abcabc"]
    assert names[3:] == ["|a_00002_.png", "|b_00002_.png", "|c_00002_.png"]


def _upload(folders: Folders, data: bytes, name: str = "up.png", **more: object) -> str:
    options = {"folder": "input", "subfolder": "", "overwrite": False} | more
    return folders.store_upload(data, filename=name, **options)[0]  # type: ignore[arg-type]


def test_uploads_are_kept_once_and_numbered_when_they_differ(folders: Folders) -> None:
    """Same bytes, same name; other bytes, a numbered name; overwriting keeps it."""
    assert _upload(folders, b"1") == "up.png"
    assert _upload(folders, b"1") == "up.png"
    assert _upload(folders, b"2") == "up (1).png"
    assert _upload(folders, b"2") == "up (1).png"
    assert _upload(folders, b"3", overwrite=True) == "up.png"
    assert (folders.path_of("input") / "up.png").read_bytes() == b"3"
    assert sorted(folders.input_files()) == ["up (1).png", "up.png"]


def test_uploads_stay_inside_and_ask_for_known_folders(folders: Folders) -> None:
    """Two dots, absolute names and unknown folders are refused."""
    for bad in ({"name": "../x"}, {"name": "/x"}, {"subfolder": "../../evil"}):
        with pytest.raises(OutsideFolderError):
            _upload(folders, b"1", **bad)  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        _upload(folders, b"1", folder="nope")
    with pytest.raises(OSError, match="x"):
        _upload(folders, b"1", "missing/x.png")


def test_annotated_names_are_found_in_their_folder(folders: Folders) -> None:
    """A name may tell its folder in brackets; one that leads out is not found."""
    _upload(folders, b"1", folder="temp", subfolder="deep")
    assert folders.find_annotated("deep/up.png [temp]") is not None
    assert folders.find_annotated("deep/up.png") is None
    assert folders.find_annotated("../up.png") is None
    assert folders.find_annotated("up\0.png") is None
    assert split_annotation("a b [c].png", default="input") == ("a b [c].png", "input")


def test_wiping_temp_keeps_the_rest(folders: Folders) -> None:
    """Previews go, outputs stay, and new previews have another name."""
    preview = folders.name_preview()
    preview.path.write_bytes(b"x")
    _save(folders, "kept")
    folders.wipe_temp()
    assert not preview.path.exists()
    assert (folders.output / "kept_00001_.png").exists()
    assert folders.name_preview().filename != preview.filename


def test_equal_content_has_an_equal_fingerprint(tmp_path: Path) -> None:
    """Names do not matter, bytes do."""
    for name, data in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(data)
    a, b, c = (fingerprint(tmp_path / name) for name in "abc")
    assert a == b != c
