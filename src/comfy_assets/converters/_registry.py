"""The converter: how cattrs shall treat our classes and their fields."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from comfy_assets.converters._faults import FaultError
from comfy_assets.converters._plain import (
    as_list,
    as_mapping,
    exactly,
    plain_json,
    read_bytes,
    read_member,
    read_time,
    write_bytes,
    write_details,
    write_time,
)
from comfy_assets.domain import assets, batches, events, identity, requests
from comfy_assets.domain.assets import GalleryAsset, StoredImage
from comfy_assets.domain.batches import (
    BatchFailure,
    BatchStatus,
    Claim,
    GenerationBatch,
)
from comfy_assets.domain.events import AnyEvent, ComfyUIState, GenerationFailed
from comfy_assets.domain.json_values import thaw_json
from comfy_assets.domain.requests import AssetType, EntityRef, GenerationRequest
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Explicit,
    StyleReferenceMapping,
    WorkflowConfiguration,
)

_Hook: TypeAlias = Callable[[Any, Any], Any]


def _resolve(*kinds: type) -> None:
    # Our modules import what only annotations name under TYPE_CHECKING; cattrs needs
    # the real types, and they stand in these modules.
    names: dict[str, Any] = {"Mapping": Mapping, "datetime": datetime}
    for module in (identity, requests, assets, batches, events):
        names |= vars(module)
    for kind in kinds:
        attrs.resolve_types(kind, globalns=names)


def _make_converter() -> Converter:
    converter = Converter(
        forbid_extra_keys=True,
        unstruct_collection_overrides={tuple: list, Sequence: list},
    )
    _add_plain_values(converter)
    _add_collections(converter)
    for failure in (BatchFailure, GenerationFailed):
        converter.register_unstructure_hook(
            failure,
            make_dict_unstructure_fn(
                failure, converter, details=override(unstruct_hook=write_details)
            ),
        )
    for mapping in (AutoDetect, Explicit):
        # Documents without a strength stay as earlier releases wrote and read them.
        converter.register_unstructure_hook(
            mapping,
            make_dict_unstructure_fn(
                mapping, converter, strength=override(omit_if_default=True)
            ),
        )
    _add_union(converter, AnyEvent)
    _add_union(converter, StyleReferenceMapping)
    _add_configuration(converter)
    return converter


def _add_plain_values(converter: Converter) -> None:
    hooks = {
        str: exactly("a text", str),
        int: exactly("a whole number", int),
        float: exactly("a number", int, float),
        bool: exactly("true or false", bool),
        bytes: read_bytes,
        datetime: read_time,
        AssetType: read_member,
        BatchStatus: read_member,
        ComfyUIState: read_member,
    }
    for kind, hook in hooks.items():
        converter.register_structure_hook(kind, hook)
    # Texts and members that are subclasses of str become exactly str.
    for text in (str, AssetType, BatchStatus, ComfyUIState):
        converter.register_unstructure_hook(text, str.__str__)
    converter.register_unstructure_hook(bytes, write_bytes)
    converter.register_unstructure_hook(datetime, write_time)
    converter.register_structure_hook_func(
        lambda kind: kind is Any, lambda data, _: plain_json(data)
    )
    converter.register_unstructure_hook_func(lambda kind: kind is Any, plain_json)


def _add_collections(converter: Converter) -> None:
    def read_class(kind: type[Any]) -> _Hook:
        read = make_dict_structure_fn(kind, converter)
        return lambda data, _: read(as_mapping(data), kind)

    def read_list(kind: Any) -> _Hook:  # noqa: ANN401 - a form such as tuple[int, ...]
        items: Any = list.__class_getitem__(get_args(kind)[0])
        read: _Hook = converter.get_structure_hook(items)
        return lambda data, _: tuple(read(as_list(data), items))

    def read_mapping(kind: Any) -> _Hook:  # noqa: ANN401 - a form such as Mapping[str, int]
        plain: Any = dict.__class_getitem__(get_args(kind))
        read: _Hook = converter.get_structure_hook(plain)
        return lambda data, _: read(as_mapping(data), plain)

    converter.register_structure_hook_factory(attrs.has, read_class)
    converter.register_structure_hook_factory(_is_form_of(tuple), read_list)
    converter.register_structure_hook_factory(_is_form_of(Sequence), read_list)
    converter.register_structure_hook_factory(_is_form_of(Mapping), read_mapping)
    converter.register_unstructure_hook_func(_is_form_of(Mapping), plain_json)


def _is_form_of(origin: object) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) is origin


def _add_union(converter: Converter, union: Any) -> None:  # noqa: ANN401 - a form such as A | B
    kinds: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(union)}

    def read(data: object, _: object) -> object:
        rest = dict(as_mapping(data))
        name = rest.pop("type", None)
        if not isinstance(name, str) or name not in kinds:
            message = (
                f"type must be one of {', '.join(kinds)}, not {reprlib.repr(name)}"
            )
            raise FaultError(message)
        return converter.structure(rest, kinds[name])

    def write(value: object) -> dict[str, Any]:
        return {"type": type(value).__name__, **converter.unstructure(value)}

    converter.register_structure_hook_func(lambda kind: kind == union, read)
    converter.register_unstructure_hook_func(lambda kind: kind == union, write)


def _add_configuration(converter: Converter) -> None:
    # The class copies and checks its graph, which may be deeper than a single value.
    graph = override(
        struct_hook=lambda data, _: as_mapping(data), unstruct_hook=thaw_json
    )
    read = make_dict_structure_fn(WorkflowConfiguration, converter, workflow_json=graph)
    write = make_dict_unstructure_fn(
        WorkflowConfiguration, converter, workflow_json=graph
    )
    converter.register_structure_hook(
        WorkflowConfiguration,
        lambda data, _: read(as_mapping(data), WorkflowConfiguration),
    )
    converter.register_unstructure_hook(WorkflowConfiguration, write)


_RESOLVED: Final[Sequence[type]] = (
    EntityRef,
    GenerationRequest,
    StoredImage,
    GalleryAsset,
    Claim,
    BatchFailure,
    GenerationBatch,
    *get_args(AnyEvent),
)
_resolve(*_RESOLVED)

#: Reads and writes all entities, values and events of the library.
CONVERTER: Final = _make_converter()
