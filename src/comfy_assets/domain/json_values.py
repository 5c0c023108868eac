"""JSON values that nobody can change: checked and copied on the way in and out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from comfy_assets.errors import WorkflowFormatError

#: How deep lists and mappings may stand in each other.
MAX_DEPTH: Final = 32

# ComfyUI's largest numbers are seeds (``/object_info``, ``KSampler.seed``).
_MAX_BITS = 64


def freeze_json(value: object, *, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """Copy a JSON value into one made of tuples and read-only mappings.

    Args:
        value: Texts, numbers, truth values, ``None``, lists and mappings of those.
        depth: How many lists and mappings stand around it already.

    Raises:
        WorkflowFormatError: When it is no JSON value (NaN and infinity are none), is
            nested deeper than `MAX_DEPTH`, holds a whole number beyond 64 bits, or a
            text that UTF-8 cannot carry.
    """
    # 1. Plain values; a bool counts as an int and passes here too.
    if value is None or isinstance(value, (str, int, float)):
        return _checked(value)
    # 2. What can be nested.
    if depth >= MAX_DEPTH:
        problem = f"values are nested deeper than {MAX_DEPTH}: flatten them"
        raise WorkflowFormatError(problem)
    if isinstance(value, (list, tuple)):
        return tuple(freeze_json(item, depth=depth + 1) for item in value)
    if isinstance(value, Mapping):
        return MappingProxyType(
            {
                _key(key): freeze_json(item, depth=depth + 1)
                for key, item in value.items()
            }
        )
    # 3. Everything else.
    problem = f"a {type(value).__name__} is no JSON value: use a text or a number"
    raise WorkflowFormatError(problem)


def thaw_json(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Copy a frozen JSON value into fresh dicts and lists."""
    if isinstance(value, tuple):
        return [thaw_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: thaw_json(item) for key, item in value.items()}
    return value


def _checked(value: str | float | None) -> str | int | float | None:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        problem = f"{value} is no JSON number: use a finite one"
        raise WorkflowFormatError(problem)
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        problem = f"a whole number has more than {_MAX_BITS} bits: use a smaller one"
        raise WorkflowFormatError(problem)
    return value


def _key(key: object) -> str:
    if not isinstance(key, str):
        problem = f"the key {key!r} is no text: JSON mappings have texts as keys"
        raise WorkflowFormatError(problem)
    return _text(key)


def _text(value: str) -> str:
    # JSON can spell half of a surrogate pair; no database and no socket takes it.
    try:
        value.encode()
    except UnicodeEncodeError as e:
        problem = f"the text {value[:40]!a} cannot be written as UTF-8: correct it"
        raise WorkflowFormatError(problem) from e
    return value
