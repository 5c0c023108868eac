"""Graphs that need no model, and seeded ways to damage them."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

#: The picture that `LoadImage` finds on the server.
UPLOADED: Final = "validation-input.png"
_EDGE: Final = 16


def _node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, "_meta": {"title": class_type}}


def _empty(color: int) -> dict[str, Any]:
    return _node("EmptyImage", width=_EDGE, height=_EDGE, batch_size=1, color=color)


#: Whole and cheap to run.
GRAPHS: Final[Mapping[str, dict[str, Any]]] = {
    "pictures": {
        "1": _empty(0),
        "2": _node(
            "ImageScale",
            image=["1", 0],
            upscale_method="bilinear",
            width=8,
            height=8,
            crop="disabled",
        ),
        "3": _node("ImageInvert", image=["2", 0]),
        "4": _node("SaveImage", images=["3", 0], filename_prefix="a"),
        "5": _node("PreviewImage", images=["1", 0]),
    },
    "masks": {
        "1": _node("SolidMask", value=1.0, width=_EDGE, height=_EDGE),
        "2": _node("SolidMask", value=0.5, width=8, height=8),
        "3": _node(
            "MaskComposite",
            destination=["1", 0],
            source=["2", 0],
            x=0,
            y=0,
            operation="add",
        ),
        "4": _node("MaskToImage", mask=["3", 0]),
        "5": _node("SaveImage", images=["4", 0], filename_prefix="b"),
        "6": _node("MaskPreview", mask=["2", 0]),
    },
    "latents": {
        "1": _node("EmptyLatentImage", width=_EDGE, height=_EDGE, batch_size=1),
        "2": _node("RepeatLatentBatch", samples=["1", 0], amount=2),
        "3": _node("SaveLatent", samples=["2", 0], filename_prefix="c"),
        "4": _node("PreviewAny", source=["1", 0]),
    },
    "files": {
        "1": _node("LoadImage", image=UPLOADED),
        "2": _node(
            "ImagePadForOutpaint",
            image=["1", 0],
            left=1,
            top=1,
            right=1,
            bottom=1,
            feathering=0,
        ),
        "3": _empty(7),
        "4": _node(
            "ImageBlend",
            image1=["2", 0],
            image2=["3", 0],
            blend_factor=0.5,
            blend_mode="normal",
        ),
        "5": _node("SaveImage", images=["4", 0], filename_prefix="d"),
        "6": _node("PreviewImage", images=["3", 0]),
    },
    "values": {
        "1": _node("PrimitiveInt", value=12),
        "2": _node("PrimitiveString", value="e"),
        "3": _node("PrimitiveBoolean", value=True),
        "4": _node("PrimitiveFloat", value=0.5),
        "5": _node("StringConcatenate", string_a=["2", 0], string_b="f", delimiter="-"),
        "6": _node("EmptyImage", width=["1", 0], height=_EDGE, batch_size=1, color=9),
        "7": _node("SaveImage", images=["6", 0], filename_prefix=["5", 0]),
        "8": _node("PreviewAny", source=["4", 0]),
    },
    "stitches": {
        "1": _empty(1),
        "2": _empty(2),
        "3": _node(
            "ImageStitch",
            image1=["1", 0],
            image2=["2", 0],
            direction="right",
            match_image_size=True,
            spacing_width=0,
            spacing_color="white",
        ),
        "4": _node("PreviewImage", images=["3", 0]),
        "5": _node("ImageFlip", image=["1", 0], flip_method="x-axis: vertically"),
        "6": _node("SaveImage", images=["5", 0], filename_prefix="g"),
    },
}

_VALUES: Final[tuple[Any, ...]] = (
    *(0, 1, -1, 7, 7.5, 0.25, 2**31, 2**63, 2**64 - 1, 2**64, 1e19),
    *(math.nan, math.inf, -math.inf, True, False, None),
    *("7", " 7 ", "+7", "0_7", "7.5", "7.0", "1e3", "0x10", "", " ", "abc"),
    *("nan", "inf", "0,5", "true", "false", "12", "-3"),
    *({}, {"a": 1}, {"node": "1"}, {"__value__": 5}, {"__value__": "x"}),
    *({"__value__": [1, 2]}, {"__value__": None}, {"__value__": {"__value__": 1}}),
    *([], ["1"], [1, 2, 3], ["1", 0], ["1", 1], ["1", -1], ["1", -2], ["2", 0]),
    *(["3", 0], ["4", 0], ["999", 0], ["", 0], [1, 0], [None, 0], [["1", 0], 0]),
    *(["1", "0"], ["1", 0.0], ["1", None], ["1", True], ["1", False], ["1", {}]),
    *("default", "bilinear", "Bilinear", "bilinear ", "normal", "add", "right"),
    *(UPLOADED, f"./{UPLOADED}", f"{UPLOADED} [input]", f"{UPLOADED} [other]"),
    *(UPLOADED.upper(), "missing.png", "sub\\a.png", "missing.png [output]"),
)
_CLASSES: Final[tuple[Any, ...]] = (
    *("EmptyImage", "ImageInvert", "SaveImage", "PreviewImage", "SolidMask"),
    *("MaskToImage", "PreviewAny", "LoadImage", "PrimitiveInt", "KSampler"),
    *("saveimage", "SaveImage ", "Note", "Reroute", "CR Something", ""),
    *(None, 7, {}, []),
)
_NODES: Final[tuple[Any, ...]] = (
    *(None, "text", 7, True, [], {}, {"inputs": {}}),
    *({"class_type": "EmptyImage"}, {"class_type": "SaveImage", "inputs": None}),
    {"class_type": "ImageInvert", "inputs": {"image": ["999", 0]}},
    {"class_type": "PreviewImage", "inputs": {"images": ["999", 0]}},
    {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
)
_INPUTS: Final[tuple[Any, ...]] = (None, [], ["image"], "", "image", 7, True, {})
_META: Final[tuple[Any, ...]] = (None, "x", 7, [], {"title": 7})


def damaged(count: int, *, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give graphs with one fault each, or two in some; what was done, and the graph.

    Some of what is done to them is harmless.
    """
    chance = random.Random(seed)
    for _ in range(count):
        name = chance.choice(list(GRAPHS))
        graph = copy.deepcopy(GRAPHS[name])
        times = 1 + (chance.random() < 0.15)
        told = [chance.choice(_DAMAGES)(graph, chance) for _ in range(times)]
        yield f"{name}: {' + '.join(told)}", graph


def _some_node(graph: dict[str, Any], chance: random.Random) -> tuple[str, Any]:
    whole = [i for i, node in graph.items() if _has_inputs(node)]
    node_id = chance.choice(whole)
    return node_id, graph[node_id]


def _has_inputs(node: object) -> bool:
    return isinstance(node, dict) and bool(isinstance(node.get("inputs"), dict))


def _some_input(
    graph: dict[str, Any], chance: random.Random
) -> tuple[str, dict[str, Any], str]:
    node_id, node = _some_node(graph, chance)
    inputs = node["inputs"]
    return node_id, inputs, chance.choice(list(inputs) or ["value"])


def _value(graph: dict[str, Any], chance: random.Random) -> str:
    node_id, inputs, name = _some_input(graph, chance)
    inputs[name] = copy.deepcopy(chance.choice(_VALUES))
    return f"{node_id}.{name} = {inputs[name]!r}"


def _dropped(graph: dict[str, Any], chance: random.Random) -> str:
    node_id, inputs, name = _some_input(graph, chance)
    inputs.pop(name, None)
    return f"{node_id}.{name} dropped"


def _misnamed(graph: dict[str, Any], chance: random.Random) -> str:
    node_id, inputs, name = _some_input(graph, chance)
    inputs[chance.choice([name.upper(), f"{name}s", f" {name}"])] = inputs.pop(name, 1)
    return f"{node_id}.{name} misnamed"


def _extra(graph: dict[str, Any], chance: random.Random) -> str:
    node_id, node = _some_node(graph, chance)
    name = chance.choice(["extra", "", "prompt", "unique_id", "image.x"])
    node["inputs"].setdefault(name, copy.deepcopy(chance.choice(_VALUES)))
    return f"{node_id}.{name} added"


def _reclassed(graph: dict[str, Any], chance: random.Random) -> str:
    node_id, node = _some_node(graph, chance)
    node["class_type"] = copy.deepcopy(chance.choice(_CLASSES))
    return f"{node_id} is a {node['class_type']!r}"


def _removed(graph: dict[str, Any], chance: random.Random) -> str:
    node_id = chance.choice(list(graph))
    del graph[node_id]
    return f"{node_id} removed"


def _added(graph: dict[str, Any], chance: random.Random) -> str:
    graph["50"] = copy.deepcopy(chance.choice(_NODES))
    return f"50 is {graph['50']!r}"


def _replaced_inputs(graph: dict[str, Any], chance: random.Random) -> str:
    node_id, node = _some_node(graph, chance)
    node["inputs"] = copy.deepcopy(chance.choice(_INPUTS))
    return f"{node_id}.inputs = {node['inputs']!r}"


def _replaced_meta(graph: dict[str, Any], chance: random.Random) -> str:
    node_id, node = _some_node(graph, chance)
    node["_meta"] = chance.choice(_META)
    return f"{node_id}._meta = {node['_meta']!r}"


def _relinked(graph: dict[str, Any], chance: random.Random) -> str:
    node_id, inputs, name = _some_input(graph, chance)
    inputs[name] = [chance.choice(list(graph)), chance.choice([0, 0, 0, 1, 2, -1])]
    return f"{node_id}.{name} = {inputs[name]!r}"


_Damage = Callable[[dict[str, Any], random.Random], str]
_DAMAGES: Final[tuple[_Damage, ...]] = (
    *(_value, _value, _value, _value, _value, _value),
    *(_relinked, _relinked, _relinked),
    *(_dropped, _misnamed, _extra, _reclassed, _removed, _added),
    *(_replaced_inputs, _replaced_meta),
)
