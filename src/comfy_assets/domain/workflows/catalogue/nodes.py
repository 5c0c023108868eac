"""`NodeDescription`: one class of ``/object_info``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Self

from attrs import Factory, field, frozen

from comfy_assets.domain.workflows.catalogue.inputs import COMBO, InputDescription
from comfy_assets.domain.workflows.catalogue.reading import frozen_json, read_inputs

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@frozen(kw_only=True)
class OutputDescription:
    """One output of a class."""

    #: Its type, such as ``"IMAGE"``; ``"COMBO"`` where the class gives a list of
    #: choices for it; empty where it cannot be read.
    type: str
    #: What the editor calls it.
    name: str
    #: Whether it gives a list of values, each of which is worked on by itself.
    is_list: bool = False
    #: A sentence for a person; may be empty.
    tooltip: str = ""
    #: The choices, where the class gives a list in place of a type; else ``None``.
    choices: tuple[Any, ...] | None = field(default=None, repr=False)


@frozen(kw_only=True)
class NodeDescription:
    """What a server tells of one node class (``GET /object_info``, 0.3.75 and 0.33)."""

    #: Its name in graphs, such as ``"KSampler"``.
    class_type: str
    #: What the editor calls it.
    display_name: str
    #: What it does, in its author's words; may be empty.
    description: str = ""
    #: Its place in menus, parts divided by ``/``; may be empty.
    category: str = ""
    #: Where it comes from, such as ``"nodes"`` or ``"custom_nodes.…"``; may be empty.
    python_module: str = ""
    #: The inputs in the editor's order, required ones first and hidden ones last.
    inputs: tuple[InputDescription, ...] = ()
    #: The outputs; a link counts them from 0.
    outputs: tuple[OutputDescription, ...] = ()
    #: Whether a graph may end with it.
    is_output_node: bool = False
    #: Whether it wants all values of a list input at once.
    is_input_list: bool = False
    #: Whether its author wants it used no more.
    is_deprecated: bool = False
    #: Whether it may change.
    is_experimental: bool = False
    #: Whether it calls a service that costs money.
    is_api_node: bool = False
    #: Whether inputs and outputs could be read; where not, nothing is known of them.
    is_readable: bool = True
    #: Everything that the server told of it, read-only.
    raw: Mapping[str, Any] = field(default=_NOTHING, repr=False, eq=False)
    _by_name: Mapping[str, InputDescription] = field(
        init=False,
        repr=False,
        eq=False,
        default=Factory(lambda self: _by_name(self.inputs), takes_self=True),
    )

    @classmethod
    def from_object_info(cls, class_type: str, data: object) -> Self:
        """Read one entry of ``/object_info``; never fails.

        Args:
            class_type: Its key.
            data: Any JSON; copied.
        """
        raw = frozen_json(data)
        if not isinstance(raw, Mapping):
            raw = _NOTHING
        inputs, outputs = raw.get("input"), raw.get("output")
        return cls(
            class_type=class_type,
            display_name=_text(raw, "display_name") or class_type,
            description=_text(raw, "description"),
            category=_text(raw, "category"),
            python_module=_text(raw, "python_module"),
            inputs=read_inputs(inputs, raw.get("input_order")),
            outputs=_read_outputs(raw),
            is_output_node=raw.get("output_node") is True,
            is_input_list=raw.get("is_input_list") is True,
            is_deprecated=raw.get("deprecated") is True,
            is_experimental=raw.get("experimental") is True,
            is_api_node=raw.get("api_node") is True,
            is_readable=isinstance(inputs, Mapping) and isinstance(outputs, tuple),
            raw=raw,
        )

    def input(self, name: str) -> InputDescription | None:
        """Return the input of this name as the class itself has it, or ``None``.

        What dynamic inputs bring along is told by `live_inputs`.
        """
        return self._by_name.get(name)


def _by_name(inputs: Iterable[InputDescription]) -> Mapping[str, InputDescription]:
    return MappingProxyType({entry.name: entry for entry in inputs})


def _read_outputs(raw: Mapping[str, Any]) -> tuple[OutputDescription, ...]:
    types = raw.get("output")
    if not isinstance(types, tuple):
        return ()
    outputs: list[OutputDescription] = []
    for number, told in enumerate(types):
        type_ = COMBO if isinstance(told, tuple) else told
        name = _at(raw.get("output_name"), number)
        tooltip = _at(raw.get("output_tooltips"), number)
        outputs.append(
            OutputDescription(
                type=type_ if isinstance(type_, str) else "",
                name=name if isinstance(name, str) else str(type_),
                is_list=_at(raw.get("output_is_list"), number) is True,
                tooltip=tooltip if isinstance(tooltip, str) else "",
                choices=told if isinstance(told, tuple) else None,
            )
        )
    return tuple(outputs)


def _at(values: object, number: int) -> object:
    if isinstance(values, tuple) and number < len(values):
        return values[number]
    return None


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""
