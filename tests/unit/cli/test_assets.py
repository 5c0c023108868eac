"""``comfy-assets assets``: looking through the gallery and choosing from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comfy_assets.converters import structure
from comfy_assets.domain.assets import GalleryAsset
from comfy_assets.testing.small_png import small_png

Cli = Any


def test_the_list_shows_each_asset(comfy_assets: Cli, gallery: Any) -> None:
    """One line an asset, with its file."""
    printed = comfy_assets("assets", "list")
    assert printed.code == 0
    for asset in gallery.assets:
        assert asset.id in printed.out
        assert asset.file_path in printed.out


def test_the_list_as_json_reads_back(comfy_assets: Cli, gallery: Any) -> None:
    """Each element is what the converters take for an asset."""
    document = comfy_assets("assets", "list", "--json").document
    found = [structure(each, GalleryAsset) for each in document]
    assert {asset.id for asset in found} == {asset.id for asset in gallery.assets}


@pytest.mark.parametrize(
    "words, count",
    [
        (("--type", "portrait"), 2),
        (("--type", "item"), 0),
        (("--world", "vale"), 2),
        (("--world", "elsewhere"), 0),
        (("--entity", "Character:marcus"), 2),
        (("--entity", "Item:marcus"), 0),
        (("--active",), 0),
        (("--limit", "1"), 1),
    ],
)
def test_the_list_can_be_narrowed(
    comfy_assets: Cli, gallery: Any, words: tuple[str, ...], count: int
) -> None:
    """By type, world, entity and activity."""
    assert len(comfy_assets("assets", "list", "--json", *words).document) == count


def test_an_empty_list_says_where_it_looked(comfy_assets: Cli) -> None:
    """Who stands in the wrong folder shall see it."""
    printed = comfy_assets("assets", "list", "--repository", "sqlite:///other.db")
    assert printed.out == "No assets in sqlite:///other.db.\n"


def test_the_environment_names_the_stores(
    comfy_assets: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a project need not write them into each command."""
    monkeypatch.setenv("COMFY_ASSETS_REPOSITORY", "sqlite:///named.db")
    assert comfy_assets("assets", "list").out == "No assets in sqlite:///named.db.\n"


def test_showing_names_the_file(comfy_assets: Cli, gallery: Any) -> None:
    """With its whole path, to open it."""
    asset = gallery.assets[0]
    printed = comfy_assets("assets", "show", asset.id[:13])
    [line] = [line for line in printed.out.splitlines() if line.startswith("image ")]
    assert Path(line.split(maxsplit=1)[1]).read_bytes() == small_png("0")
    document = comfy_assets("assets", "show", asset.id, "--json").document
    assert structure(document, GalleryAsset) == asset


def test_activating_moves_between_assets(comfy_assets: Cli, gallery: Any) -> None:
    """One of an entity is active, or none."""

    def active() -> list[str]:
        document = comfy_assets("assets", "list", "--active", "--json").document
        return [each["id"] for each in document]

    first, second = gallery.assets
    assert comfy_assets("assets", "activate", first.id).code == 0
    assert active() == [first.id]
    comfy_assets("assets", "activate", second.id)
    assert active() == [second.id]
    comfy_assets("assets", "deactivate", second.id)
    assert active() == []


def test_deleting_removes_the_file(comfy_assets: Cli, gallery: Any) -> None:
    """Row, image and thumbnail go together."""
    asset = gallery.assets[0]
    file = Path("comfy-assets-images") / asset.file_path
    assert file.exists()
    assert comfy_assets("assets", "delete", asset.id).code == 0
    assert not file.exists()
    assert comfy_assets("assets", "show", asset.id).code == 1


def test_exporting_copies_the_image(comfy_assets: Cli, gallery: Any) -> None:
    """To a new file, or into a folder under its own name."""
    asset = gallery.assets[1]
    assert comfy_assets("assets", "export", asset.id, "marcus.png").code == 0
    assert Path("marcus.png").read_bytes() == small_png("1")
    Path("out").mkdir()
    comfy_assets("assets", "export", asset.id, "out")
    [copy] = Path("out").iterdir()
    assert copy.read_bytes() == small_png("1")
    assert copy.name == asset.file_path.rpartition("/")[2]


def test_exporting_overwrites_nothing(comfy_assets: Cli, gallery: Any) -> None:
    """A slip of the pen costs no file."""
    Path("precious.png").write_bytes(b"precious")
    printed = comfy_assets("assets", "export", gallery.assets[0].id, "precious.png")
    assert printed.code == 1
    assert printed.err == (
        "comfy-assets: precious.png is there already: choose another name\n"
    )
    assert Path("precious.png").read_bytes() == b"precious"


def test_a_file_that_cannot_be_written_fails_in_one_sentence(
    comfy_assets: Cli, gallery: Any
) -> None:
    """No traceback for a folder that is not there."""
    printed = comfy_assets("assets", "export", gallery.assets[0].id, "no/such/x.png")
    assert printed.code == 1
    assert "cannot be written" in printed.err


def test_the_sheet_is_a_picture(comfy_assets: Cli, gallery: Any) -> None:
    """And it is drawn anew as often as one likes."""
    for _ in range(2):
        printed = comfy_assets("assets", "sheet", "sheet.png", "--world", "vale")
        assert printed.code == 0
        assert printed.out == "2 images on sheet.png.\n"
    assert Path("sheet.png").read_bytes().startswith(b"\x89PNG")


def test_a_sheet_of_nothing_is_refused(comfy_assets: Cli) -> None:
    """There is nothing to draw in an empty gallery."""
    printed = comfy_assets("assets", "sheet", "sheet.png")
    assert printed.code == 1
    assert not Path("sheet.png").exists()


def test_an_entity_needs_its_type(comfy_assets: Cli) -> None:
    """Exit code 2: the command line is wrong."""
    printed = comfy_assets("assets", "list", "--entity", "marcus")
    assert printed.code == 2
    assert "write TYPE:ID, such as Character:marcus" in printed.err
