"""Small catalogues for the tests of this folder; no tests live here."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from comfy_assets.domain.workflows.catalogue import Catalogue

DATA = Path(__file__).parents[3] / "data" / "conversions"


def description(
    inputs: dict[str, Any] | None = None,
    /,
    *,
    output_node: bool = False,
    **outputs: str,
) -> dict[str, Any]:
    """One class of ``/object_info``; outputs are types by name."""
    return {
        "input": {"required": inputs or {}},
        "output": list(outputs.values()),
        "output_name": list(outputs),
        "output_node": output_node,
    }


def catalogue(**classes: dict[str, Any]) -> Catalogue:
    """The catalogue of a server with these classes."""
    return Catalogue.from_object_info(classes)


@cache
def recorded(name: str) -> Any:
    """Read a file of the recorded conversions once."""
    return json.loads(gzip.decompress((DATA / name).read_bytes()))


@cache
def recorded_catalogue() -> Catalogue:
    """The classes of a real ComfyUI 0.33."""
    return Catalogue.from_object_info(recorded("object_info.json.gz"))
