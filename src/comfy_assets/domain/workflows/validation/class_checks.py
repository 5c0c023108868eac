"""What single classes check by code of their own, beyond what a catalogue tells.

The facts: validators of stock classes in 0.3.75 and 0.33 (``VALIDATE_INPUTS``,
``validate_inputs``). Inputs that such a validator takes are not held to their limits
and choices. What custom nodes check nobody can know from outside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from comfy_assets.domain.workflows.catalogue import NodeDescription
from comfy_assets.domain.workflows.validation.files import FILE_INPUTS
from comfy_assets.domain.workflows.validation.rules import MODERN_KEY

_MOVES: Final = (
    "horizontal_movement",
    "vertical_movement",
    "pan",
    "tilt",
    "roll",
    "zoom",
)
_TASKS: Final = ("MODEL_TASK_ID", "RIG_TASK_ID", "RETARGET_TASK_ID")
_RATIO_PARTS: Final = 2
_WIDEST: Final = 4


@frozen(kw_only=True)
class Complaint:
    """What a class says against a node."""

    #: The inputs that it names.
    input_names: tuple[str, ...]
    #: What is wrong and what to do.
    problem: str


@frozen(kw_only=True)
class ClassCheck:
    """The validator of one class."""

    #: The inputs that it judges in place of the server; ``None`` for all of them.
    covers: frozenset[str] | None
    #: The only input whose link must fit by its type; empty where all must.
    only_link: str = ""
    #: What it finds in the node's inputs, by name, unwrapped.
    find: Callable[[Mapping[str, Any]], Complaint | None] = lambda _: None

    def has(self, input_name: str) -> bool:
        """Tell whether it judges this input."""
        return self.covers is None or input_name in self.covers

    def lets_in(self, input_name: str) -> bool:
        """Tell whether a link of any type may lead into this input."""
        return self.only_link not in {"", input_name}


def class_check(node: NodeDescription) -> ClassCheck | None:
    """Return the validator that a stock class has on the server it was read from."""
    if node.class_type in FILE_INPUTS:
        return _FILE_CHECKS[node.class_type]
    check = _CHECKS.get(node.class_type)
    # These two gained and lost theirs between 0.3.75 and 0.33; their inputs tell.
    match node.class_type:
        case "Load3D" | "Load3DAdvanced":
            entry = node.input("model_file")
            return check if entry is not None and not entry.has_list_type else None
        case "KlingCameraControls":
            return None if MODERN_KEY in node.raw else check
        case _:
            return check


def _find_ratio(values: Mapping[str, Any]) -> Complaint | None:
    name = "aspect_ratio"
    if name not in values:
        return None
    value = values[name]
    # A link has no value yet, and the class does not expect that.
    text = "" if isinstance(value, list | tuple) else str(value)
    parts = text.split(":")
    try:
        width, height = (int(part) for part in parts)
        fits = min(width, height) > 0 and (
            max(width, height) <= _WIDEST * min(width, height)
        )
    except ValueError:
        fits = False
    if fits:
        return None
    problem = 'write the ratio itself, from "1:4" to "4:1", such as "16:9".'
    return Complaint(input_names=(name,), problem=problem)


def _find_moves(values: Mapping[str, Any]) -> Complaint | None:
    for name in _MOVES:
        try:
            if not math.isclose(float(values[name]), 0.0):
                return None
        except (KeyError, TypeError, ValueError, OverflowError):
            problem = "the class needs a plain number here; give one."
            return Complaint(input_names=(name,), problem=problem)
    problem = "the camera does not move: give one of the six a number besides 0."
    return Complaint(input_names=_MOVES, problem=problem)


def _find_task(values: Mapping[str, Any]) -> Complaint | None:
    name = "original_model_task_id"
    if isinstance(values.get(name), list | tuple):
        return None
    problem = f"link one of these types to it: {', '.join(_TASKS)}."
    return Complaint(input_names=(name,), problem=problem)


_FILE_CHECKS: Final[Mapping[str, ClassCheck]] = {
    class_type: ClassCheck(covers=frozenset({name}))
    for class_type, name in FILE_INPUTS.items()
}
_CHECKS: Final[Mapping[str, ClassCheck]] = {
    "CustomCombo": ClassCheck(covers=None),
    "Load3D": ClassCheck(covers=None),
    "Load3DAdvanced": ClassCheck(covers=None),
    "ModelAttentionBackend": ClassCheck(covers=frozenset({"attention"})),
    "SelectModelDevice": ClassCheck(covers=frozenset({"device"})),
    "SelectCLIPDevice": ClassCheck(covers=frozenset({"device"})),
    "SelectVAEDevice": ClassCheck(covers=frozenset({"device"})),
    "FluxProUltraImageNode": ClassCheck(
        covers=frozenset({"aspect_ratio"}), find=_find_ratio
    ),
    "KlingCameraControls": ClassCheck(covers=frozenset(_MOVES), find=_find_moves),
    "TripoConversionNode": ClassCheck(
        covers=frozenset(), only_link="original_model_task_id", find=_find_task
    ),
}
