"""Which keys image stores take."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters._image_keys import check_key, check_path, key_of
from comfy_assets.domain.assets import image_key
from comfy_assets.domain.identity import AssetId
from comfy_assets.domain.requests import AssetType, EntityRef
from comfy_assets.errors import ImageStoreError


@pytest.mark.parametrize(
    "key", ["a", "portrait/3f/marcus-3f2a", "A_b.c-d/0", "a" * 120, "console", "com10"]
)
def test_plain_relative_paths_are_keys(key: str) -> None:
    """Parts of letters, digits, hyphens, underscores and inner dots are good."""
    check_key(key, operation="save")


@pytest.mark.parametrize(
    "key",
    [
        *("", ".", "..", "/", "/a", "a/", "a//b", "../a", "a/..", "a/./b"),
        *("a\\b", "C:a", "C:/a", "a:b", "\\\\server\\share", "~", "a\x00", "a\n", " a"),
        *(".hidden", "dot.", "a./b", "a ", "ünï", "a*", "a?", "\u2024\u2024/a"),
        *("con", "CON", "nul.txt", "a/Aux", "com1", "LPT9.x", "prn/a"),
        *("a" * 121, "a.thumb", "a.THUMB"),
    ],
)
def test_other_keys_are_refused_in_words(key: str) -> None:
    """The error says what was tried and what would be right."""
    with pytest.raises(ImageStoreError) as caught:
        check_key(key, operation="save")

    assert caught.value.operation == f"save {key[:120]!r}"
    assert caught.value.problem


@given(key=st.text(max_size=30) | st.from_regex(r"[./\\:a~\0-]{0,12}", fullmatch=True))
def test_no_key_that_is_taken_leaves_its_folder_on_any_system(key: str) -> None:
    """What passes stays below the root by the rules of Windows and of POSIX."""
    try:
        check_path(key, operation="open")
    except ImageStoreError:
        return
    windows, posix = PureWindowsPath(key), PurePosixPath(key)
    assert not windows.is_absolute()
    assert not windows.drive
    assert not posix.is_absolute()
    assert windows.parts == posix.parts == tuple(key.split("/"))
    assert ".." not in posix.parts


@given(
    asset_type=st.sampled_from(AssetType),
    entity_id=st.text(min_size=1),
    asset_id=st.uuids(version=4),
)
def test_every_key_that_assets_get_is_taken(
    asset_type: AssetType, entity_id: str, asset_id: UUID
) -> None:
    """Whatever the host calls its entities, their images can be kept."""
    entity = EntityRef("Character", entity_id)

    check_key(image_key(asset_type, entity, AssetId(str(asset_id))), operation="save")


@pytest.mark.parametrize(
    "path, key",
    [("a/b.png", "a/b"), ("a/b.c.png", "a/b.c"), ("a/b.thumb.webp", "a/b"), ("a", "")],
)
def test_a_path_leads_back_to_its_key(path: str, key: str) -> None:
    """Image and thumbnail have the same key."""
    assert key_of(path) == key
