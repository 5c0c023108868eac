"""Judges the names of files that an input may hold.

A catalogue lists the files that lie in the server's input folder itself. What lies in a
folder below it, or among the outputs, only the server's disk tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comfy_assets.domain.workflows.catalogue import Catalogue, InputDescription

#: Inputs whose class asks the disk whether the file is there, with the annotations
#: ``[input]``, ``[output]`` and ``[temp]`` behind a name (0.3.75 and 0.33).
FILE_INPUTS: Final[Mapping[str, str]] = {
    "LoadImage": "image",
    "LoadImageMask": "image",
    "LoadImageOutput": "image",
    "WebcamCapture": "image",
    "LoadLatent": "latent",
    "LoadAudio": "audio",
    "LoadVideo": "file",
}
#: Inputs that also list files of the input folder.
_LISTING_INPUTS: Final[Mapping[str, str]] = {
    **FILE_INPUTS,
    "Load3D": "model_file",
    "Load3DAdvanced": "model_file",
}
_INPUT: Final = "[input]"
_ELSEWHERE: Final = ("[output]", "[temp]")

_MODEL_ENDINGS: Final = (
    ".safetensors",
    ".sft",
    ".ckpt",
    ".pt",
    ".pt2",
    ".pth",
    ".bin",
    ".gguf",
    ".onnx",
)


def listed_files(catalogue: Catalogue) -> frozenset[str]:
    """Return the files that the catalogue lists of the server's input folder."""
    found: set[str] = set()
    for class_type, input_name in _LISTING_INPUTS.items():
        if class_type in catalogue.nodes:
            entry = catalogue.nodes[class_type].input(input_name)
            choices = (entry.choices if entry is not None else None) or ()
            found.update(choice for choice in choices if isinstance(choice, str))
    return frozenset(found)


def is_file_input(class_type: str, input_name: str) -> bool:
    """Tell whether the class asks the disk for the file that this input names."""
    return FILE_INPUTS.get(class_type) == input_name


def is_elsewhere(name: str) -> bool:
    """Tell whether a name is of a file among the outputs or temporary files."""
    return name.endswith(_ELSEWHERE)


def plain_name(name: str) -> str:
    """Return a name without its annotation and what means "here"."""
    if name.endswith(_INPUT):
        # The server cuts off one character more: the blank before the bracket.
        name = name[: -len(_INPUT) - 1]
    while name.startswith("./"):
        name = name[2:]
    return name


def is_folder(name: str, files: frozenset[str]) -> bool:
    """Tell whether a plain name is a folder for sure; the server takes folders."""
    folder = name.rstrip("/")
    return folder in {"", "."} or any(file.startswith(f"{folder}/") for file in files)


def is_model(entry: InputDescription, value: object) -> bool:
    """Tell whether a value that is not listed was meant to be a model file."""
    if not isinstance(value, str):
        return False
    names = (value, *(choice for choice in entry.choices or () if choice is not None))
    return any(str(name).lower().endswith(_MODEL_ENDINGS) for name in names)
