"""Small catalogues for tests, in the form of ``/object_info``."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.catalogue import Catalogue


def described(
    *,
    required: dict[str, Any] | None = None,
    optional: dict[str, Any] | None = None,
    hidden: dict[str, Any] | None = None,
    output: list[Any] | None = None,
    output_node: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """Return one class as a server describes it."""
    sections = {"required": required, "optional": optional, "hidden": hidden}
    return {
        "input": {name: told for name, told in sections.items() if told is not None},
        "output": output or [],
        "output_node": output_node,
        "python_module": "nodes",
        **more,
    }


def modern(**classes: dict[str, Any]) -> Catalogue:
    """Return a catalogue that shows a server of 2026."""
    sign = {"has_intermediate_output": False}
    return Catalogue.from_object_info({k: v | sign for k, v in classes.items()})


def older(**classes: dict[str, Any]) -> Catalogue:
    """Return a catalogue that shows a server of 2025."""
    return Catalogue.from_object_info(classes)


#: Classes that most graphs of tests use.
BASICS: dict[str, dict[str, Any]] = {
    "Empty": described(
        required={
            "width": ["INT", {"default": 512, "min": 16, "max": 1024}],
            "color": ["INT", {"default": 0}],
        },
        output=["IMAGE", "MASK"],
    ),
    "Invert": described(required={"image": ["IMAGE"]}, output=["IMAGE"]),
    "Save": described(
        required={"images": ["IMAGE"], "prefix": ["STRING", {"default": "x"}]},
        hidden={"prompt": "PROMPT"},
        output_node=True,
    ),
}
