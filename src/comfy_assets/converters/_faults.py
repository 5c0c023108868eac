"""What is wrong with plain data, and where: one sentence for each single fault."""

from __future__ import annotations

import reprlib

from cattrs import (
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)

from comfy_assets.errors import InvalidRequestError, WorkflowFormatError


class FaultError(ValueError):
    """A value has not the expected form; never leaves this package."""


def find_faults(error: Exception) -> list[str]:
    """Return each fault in an error of cattrs, such as ``"request.count: is missing"``.

    Paths are written as in Python: ``asset_ids[3]``, ``context['name']``.
    """
    return [f"{path}: {text}" if path else text for path, text in _below(error, "")]


def _below(error: Exception, path: str) -> list[tuple[str, str]]:
    match error:
        case ClassValidationError():
            fields, own = error.group_exceptions()
            found = [(sub, f"{path}.{note.name}") for sub, note in fields]
        case IterableValidationError():
            items, own = error.group_exceptions()
            found = [(sub, f"{path}[{note.index!r}]") for sub, note in items]
        case _:
            return [_single(error, path)]
    found += [(sub, path) for sub in own]
    return [fault for sub, place in found for fault in _below(sub, place)]


def _single(error: Exception, path: str) -> tuple[str, str]:
    match error:
        case ForbiddenExtraKeysError():
            # As repr, for a key may be anything, also what cannot be sorted.
            names = sorted(map(reprlib.repr, error.extra_fields))
            text = f"unknown keys {', '.join(names)}"
        case KeyError():
            text = "is missing"
        case WorkflowFormatError():
            node = "" if error.node_id is None else f"node {error.node_id}: "
            text = f"{node}{error.problem}"
        case InvalidRequestError() if type(error) is InvalidRequestError:
            # The class itself knows which of its fields is at fault.
            path, text = f"{path}.{error.field}", error.problem
        case _:
            text = str(error)
    return path.removeprefix("."), text
