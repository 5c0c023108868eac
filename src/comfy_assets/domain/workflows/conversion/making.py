"""Makes a live node of its class and of what was saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from comfy_assets.domain.workflows.catalogue import Autogrow, Catalogue, MatchType
from comfy_assets.domain.workflows.conversion.document import UiInput, UiNode
from comfy_assets.domain.workflows.conversion.live import LiveNode, Socket
from comfy_assets.domain.workflows.conversion.pouring import pour
from comfy_assets.domain.workflows.conversion.widgets import Part, parts_of, walk

# What the editor calls a class, where that is not what the server says (1.49.6 on
# 0.33: the editor's own list of names goes first).
_SHOWN_AS: Final[Mapping[str, str]] = {
    "ByteDance2ReferenceNode": "ByteDance Seedance 2.5 Reference to Video",
    "ByteDanceSeedreamNodeV2": "ByteDance Seedream 4.5 & 5.0",
    "IdeogramPImage": "Ideogram P-Image",
    "LTXVConcatAVLatent": "LTXVConcatAVLatent",
    "LTXVSeparateAVLatent": "LTXVSeparateAVLatent",
    "TopazImageEnhance": "Topaz Image Enhance",
}


def make_node(saved: UiNode, catalogue: Catalogue) -> LiveNode:
    """Make a node; of a class that the server does not have, with what was saved."""
    description = None
    if saved.type in catalogue.nodes:
        description = catalogue.nodes[saved.type]
        if not description.is_readable:
            description = None
    node = LiveNode(
        id=saved.id,
        type=saved.type,
        mode=saved.mode,
        title=saved.title,
        properties=saved.properties,
        description=description,
        outputs=saved.outputs,
        saved_values=saved.values if isinstance(saved.values, list) else [],
    )
    if description is None:
        node.sockets = [
            Socket(name=raw.name, type=raw.type, link=raw.link) for raw in saved.inputs
        ]
        return node
    linked = {raw.name: raw.link for raw in saved.inputs if raw.link is not None}
    node.parts = parts_of(description, linked)
    pour(node.parts, description, saved.values, linked)
    shown = _SHOWN_AS.get(saved.type, description.display_name)
    node.title = saved.title or shown
    known = [output.type for output in description.outputs]
    node.outputs = [*known, *saved.outputs[len(known) :]]
    node.sockets = _sockets(node, saved.inputs)
    return node


def _sockets(node: LiveNode, saved: list[UiInput]) -> list[Socket]:
    plain = [part for part in node.parts if part.main is None]
    with_widgets = [part for part in node.parts if part.main is not None]
    sockets = [*_of_parts(plain), *_of_parts(with_widgets)]
    # Inputs are matched by name; of two that were saved the first counts.
    by_name: dict[str, UiInput] = {}
    for raw in saved:
        by_name.setdefault(raw.name, raw)
    for socket in sockets:
        match = by_name.pop(socket.name, None)
        if match is not None:
            socket.link = match.link
    parts = {part.name: part for part in walk(node.parts) if part.main is not None}
    choices = [name for name, part in parts.items() if part.combo is not None]
    for raw in by_name.values():
        is_ghost = raw.widget is not None and raw.widget not in parts
        if not is_ghost and not any(raw.name.startswith(f"{c}.") for c in choices):
            part = parts.get(raw.widget or "")
            sockets.append(
                Socket(name=raw.name, type=raw.type, link=raw.link, part=part)
            )
    return sockets


def _of_parts(parts: list[Part]) -> Iterator[Socket]:
    for part in parts:
        dynamic = part.entry.dynamic if part.entry else None
        if isinstance(dynamic, MatchType):
            yield Socket(
                name=part.name, type=",".join(dynamic.allowed_types), part=part
            )
        # What has no widget has nothing but its socket.
        elif not isinstance(dynamic, Autogrow) and (part.has_socket or not part.main):
            yield Socket(name=part.name, type=part.type, part=part)
        yield from _of_parts(part.children)
