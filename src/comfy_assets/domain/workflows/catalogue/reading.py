"""Reads the inputs of a class out of ``/object_info``; malformed parts are left out.

All of it works on frozen JSON: lists are tuples, mappings are read-only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from comfy_assets.domain.workflows.catalogue.inputs import (
    AUTOGROW,
    COMBO,
    DYNAMIC_COMBO,
    MATCH_TYPE,
    Autogrow,
    DynamicCombo,
    DynamicOption,
    InputDescription,
    MatchType,
    Section,
)

# Options of options of options need some thirty levels; what is deeper is none of ours.
_MAX_DEPTH: Final = 100
# As many as the server itself allows (`Autogrow`, comfy_api, 0.33).
_MAX_GROWN: Final = 100
_SECTIONS: Final[tuple[Section, ...]] = ("required", "optional", "hidden")
_NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({})


def frozen_json(value: object, *, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """Copy JSON into tuples and read-only mappings; what is too deep becomes ``None``.

    Lenient, unlike `freeze_json`: a custom node may tell a limit of infinity.
    """
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list | tuple):
        return tuple([frozen_json(item, depth=depth + 1) for item in value])
    if isinstance(value, Mapping):
        return MappingProxyType(
            {
                key: frozen_json(item, depth=depth + 1)
                for key, item in value.items()
                if isinstance(key, str)
            }
        )
    return value


def read_inputs(data: object, order: object = None) -> tuple[InputDescription, ...]:
    """Read ``{"required": {…}, "optional": {…}, "hidden": {…}}``, in that order.

    Args:
        data: The sections.
        order: ``input_order`` of the class; inputs that it does not name come last in
            their section. A name is read once, where it stands first.
    """
    sections = data if isinstance(data, Mapping) else {}
    orders = order if isinstance(order, Mapping) else {}
    found: dict[str, InputDescription] = {}
    for section in _SECTIONS:
        entries = sections.get(section)
        if isinstance(entries, Mapping):
            for name in _ordered(entries, orders.get(section)):
                if name not in found:
                    found[name] = read_input(name, section, entries[name])
    return tuple(found.values())


def read_input(name: str, section: Section, spec: object) -> InputDescription:
    """Read one entry: ``[type]``, ``[type, options]`` or ``[[choices], options]``."""
    # Hidden inputs may be a bare text (SaveImage, 0.33).
    entry: tuple[Any, ...] = spec if isinstance(spec, tuple) else (spec,)
    kind = entry[0] if entry else None
    options = entry[1] if entry[1:] and isinstance(entry[1], Mapping) else _NO_OPTIONS
    if isinstance(kind, tuple):
        return InputDescription(
            name=name,
            section=section,
            type=COMBO,
            choices=kind,
            has_list_type=True,
            options=options,
        )
    type_ = kind if isinstance(kind, str) else ""
    dynamic = _read_dynamic(type_, options)
    choices = None
    if isinstance(dynamic, DynamicCombo):
        choices = tuple(option.key for option in dynamic.options)
    elif type_ == COMBO:
        choices = _choices(options)
    return InputDescription(
        name=name,
        section=section,
        type=type_,
        choices=choices,
        dynamic=dynamic,
        options=options,
    )


def _ordered(entries: Mapping[str, Any], order: object) -> list[str]:
    told = order if isinstance(order, tuple) else ()
    first = [name for name in told if isinstance(name, str) and name in entries]
    return list(dict.fromkeys((*first, *entries)))


def _choices(options: Mapping[str, Any]) -> tuple[Any, ...] | None:
    told = options.get("options")
    if isinstance(told, tuple):
        return told
    return None if isinstance(options.get("remote"), Mapping) else ()


def _read_dynamic(
    type_: str, options: Mapping[str, Any]
) -> DynamicCombo | Autogrow | MatchType | None:
    if type_ == DYNAMIC_COMBO:
        return _read_combo(options.get("options"))
    template = options.get("template")
    if type_ == AUTOGROW and isinstance(template, Mapping):
        return _read_autogrow(template)
    if type_ == MATCH_TYPE and isinstance(template, Mapping):
        return _read_match(template)
    return None


def _read_combo(data: object) -> DynamicCombo:
    return DynamicCombo(
        options=tuple(
            DynamicOption(
                key=option.get("key"), inputs=read_inputs(option.get("inputs"))
            )
            for option in (data if isinstance(data, tuple) else ())
            if isinstance(option, Mapping)
        )
    )


def _read_autogrow(template: Mapping[str, Any]) -> Autogrow | None:
    inputs = read_inputs(template.get("input"))
    if not inputs:
        return None
    # The server looks at the first one only (0.33).
    first = inputs[0]
    names: tuple[str, ...]
    match template:
        case {"names": tuple(told)}:
            names = tuple(name for name in told if isinstance(name, str))
        case {"prefix": str(prefix), "max": int(count)}:
            names = tuple(f"{prefix}{i}" for i in range(min(count, _MAX_GROWN)))
        case _:
            return None
    told_minimum = template.get("min")
    minimum = told_minimum if isinstance(told_minimum, int) else 0
    return Autogrow(
        names=names[:_MAX_GROWN],
        minimum=minimum if first.is_required else 0,
        template=first,
    )


def _read_match(template: Mapping[str, Any]) -> MatchType:
    template_id, allowed = template.get("template_id"), template.get("allowed_types")
    return MatchType(
        template_id=template_id if isinstance(template_id, str) else "",
        allowed_types=(
            tuple(part.strip() for part in allowed.split(","))
            if isinstance(allowed, str)
            else ("*",)
        ),
    )
