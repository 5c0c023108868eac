"""Tests of `comfy_assets.domain.workflows.validation.files`."""

from __future__ import annotations

import pytest

from comfy_assets.domain.workflows.catalogue import InputDescription
from comfy_assets.domain.workflows.validation.files import (
    is_elsewhere,
    is_file_input,
    is_folder,
    is_model,
    listed_files,
    plain_name,
)
from tests.unit.domain.workflows.object_info import described, modern


def test_files_of_all_loaders_are_listed() -> None:
    """In both spellings; a loader without a list adds none."""
    known = modern(
        LoadImage=described(required={"image": [["a.png", 7]]}),
        LoadVideo=described(required={"file": ["COMBO", {"options": ["v.mp4"]}]}),
        LoadImageOutput=described(required={"image": ["COMBO", {"remote": {}}]}),
        LoadAudio=described(),
    )
    assert listed_files(known) == {"a.png", "v.mp4"}


def test_names_lose_their_annotation() -> None:
    """And what means "here"; the server cuts off the blank as well."""
    assert plain_name("a.png [input]") == "a.png"
    assert plain_name("././a.png") == "a.png"
    assert plain_name("a.png [other]") == "a.png [other]"
    assert is_elsewhere("a.png [output]")
    assert is_elsewhere("a.png [temp]")
    assert not is_elsewhere("a.png [input]")


def test_folders_are_known_by_what_lies_in_them() -> None:
    """And the input folder itself is one."""
    files = frozenset({"3d/cube.glb"})
    assert is_folder("", files)
    assert is_folder("3d", files)
    assert not is_folder("3", files)
    assert not is_folder("sub", files)


@pytest.mark.parametrize(
    "value, choices, expected",
    [
        ("x.safetensors", (), True),
        ("x.GGUF", None, True),
        ("x", ("y.ckpt", None), True),
        ("euler", ("heun",), False),
        (7, ("y.ckpt",), False),
    ],
)
def test_models_are_known_by_their_endings(
    value: object, choices: tuple[object, ...] | None, expected: bool
) -> None:
    """The value's own, or those of the choices."""
    entry = InputDescription(
        name="x", section="required", type="COMBO", choices=choices
    )
    assert is_model(entry, value) is expected


def test_file_inputs_belong_to_their_class() -> None:
    """The same name elsewhere is an input like any other."""
    assert is_file_input("LoadImage", "image")
    assert not is_file_input("ImageScale", "image")
