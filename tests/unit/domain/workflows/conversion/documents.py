"""Small files of the editor, and classes for their nodes; no tests live here."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion import convert

#: A link: origin and its slot, target and its slot.
Wire = tuple[int, int, int, int]


def class_info(
    output: list[str] | None = None,
    *,
    optional: dict[str, Any] | None = None,
    **required: Any,
) -> dict[str, Any]:
    """One class of ``/object_info``, with inputs as the server writes them."""
    return {
        "input": {"required": required, "optional": optional or {}},
        "output": output or [],
        "display_name": "",
    }


_SEED = {"default": 0, "control_after_generate": True}
_MATCH = {"template": {"template_id": "t", "allowed_types": "*"}}
_SIZES = [
    {
        "key": "by size",
        "inputs": {"required": {"width": ["INT"], "match": ["IMAGE"]}},
    },
    {"key": "by factor", "inputs": {"required": {"factor": ["FLOAT"]}}},
]

CLASSES: dict[str, Any] = {
    "Loader": class_info(
        ["MODEL", "CLIP", "VAE"], name=[["a.safetensors", "b.safetensors"]]
    ),
    "Lora": class_info(
        ["MODEL", "CLIP"],
        model=["MODEL"],
        clip=["CLIP"],
        strength=["FLOAT", {"default": 1.0}],
    ),
    "Text": class_info(
        ["CONDITIONING"],
        text=["STRING", {"multiline": True, "dynamicPrompts": True}],
        clip=["CLIP"],
    ),
    "Plain": class_info(["STRING"], text=["STRING", {}], number=["FLOAT", {}]),
    "Sampler": class_info(
        ["LATENT"],
        model=["MODEL"],
        seed=["INT", _SEED],
        steps=["INT", {"default": 20, "min": 1, "max": 100}],
        positive=["CONDITIONING"],
    ),
    "Latent": class_info(
        ["LATENT"],
        width=["INT", {"default": 512, "min": 16, "max": 1024}],
        height=["INT", {"default": 512, "min": 16, "max": 2048}],
    ),
    "Decode": class_info(["IMAGE"], samples=["LATENT"], vae=["VAE"]),
    "Blend": class_info(
        ["IMAGE"], image1=["IMAGE"], image2=["IMAGE"], factor=["FLOAT", {}]
    ),
    "Whole": class_info(["INT"], value=["INT", {}]),
    "Resize": class_info(
        ["IMAGE"],
        image=["IMAGE"],
        size=["COMFY_DYNAMICCOMBO_V3", {"options": _SIZES}],
        method=[["area", "nearest"]],
    ),
    "Batch": class_info(
        ["IMAGE"],
        images=[
            "COMFY_AUTOGROW_V3",
            {
                "template": {
                    "input": {"required": {"image": ["IMAGE", {}]}},
                    "prefix": "image",
                    "min": 1,
                    "max": 5,
                }
            },
        ],
    ),
    "Switch": {
        **class_info(
            ["COMFY_MATCHTYPE_V3"],
            switch=["BOOLEAN", {}],
            on_false=["COMFY_MATCHTYPE_V3", _MATCH],
            on_true=["COMFY_MATCHTYPE_V3", _MATCH],
        ),
        "output_matchtypes": ["t"],
    },
    "SaveImage": class_info(
        [], images=["IMAGE"], filename_prefix=["STRING", {"default": "ComfyUI"}]
    ),
    "Any": class_info(["STRING"], source=["*", {}]),
}

CATALOGUE = Catalogue.from_object_info(CLASSES)


def ui_node(
    node_id: int, type_: str, values: Any = None, /, **others: Any
) -> dict[str, Any]:
    """One node as the editor saves it; its sockets come from `inputs`."""
    data: dict[str, Any] = {"id": node_id, "type": type_, "inputs": [], **others}
    if values is not None:
        data["widgets_values"] = values
    return data


def inputs(**links: int | str | None) -> list[dict[str, Any]]:
    """Inputs as the editor saves them: names and links; ``name__TYPE`` tells a type."""
    found = []
    for full, link in links.items():
        name, _, type_ = full.partition("__")
        found.append({"name": name, "type": type_ or "*", "link": link})
    return found


def document(
    nodes: list[dict[str, Any]],
    links: dict[int, Wire] | None = None,
    **others: Any,
) -> dict[str, Any]:
    """A file of the editor, version 0.4; links by id."""
    rows = [[link_id, *wire, "*"] for link_id, wire in (links or {}).items()]
    last = max((node["id"] for node in nodes), default=0)
    return {
        "version": 0.4,
        "last_node_id": last,
        "nodes": nodes,
        "links": rows,
        **others,
    }


def subgraph(
    subgraph_id: str,
    nodes: list[dict[str, Any]],
    links: dict[int, Wire],
    *,
    ins: dict[str, str] | None = None,
    outs: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The definition of a subgraph; -10 and -20 are its sides, slots by the order."""
    keys = ("origin_id", "origin_slot", "target_id", "target_slot")
    return {
        "id": subgraph_id,
        "name": "Inner",
        "nodes": nodes,
        "links": [
            {"id": link_id, **dict(zip(keys, wire, strict=True))}
            for link_id, wire in links.items()
        ],
        "inputs": [
            {
                "name": name,
                "type": type_,
                "linkIds": [i for i, w in links.items() if w[:2] == (-10, slot)],
            }
            for slot, (name, type_) in enumerate((ins or {}).items())
        ],
        "outputs": [
            {
                "name": name,
                "type": type_,
                "linkIds": [i for i, w in links.items() if w[2:] == (-20, slot)],
            }
            for slot, (name, type_) in enumerate((outs or {}).items())
        ],
    }


def with_subgraphs(*definitions: dict[str, Any]) -> dict[str, Any]:
    """What a file has for its subgraphs."""
    return {"definitions": {"subgraphs": list(definitions)}}


def converted(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Convert a file and return each node's inputs, by id."""
    graph = convert(data, CATALOGUE).to_api()
    return {node_id: node["inputs"] for node_id, node in graph.items()}
