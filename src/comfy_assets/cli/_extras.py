"""The one place that asks for the extra `simulator`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from comfy_assets.cli._failures import USAGE, CommandError

if TYPE_CHECKING:
    from types import ModuleType


def load_simulator() -> ModuleType:
    """Return the package `comfy_assets.simulator`.

    Raises:
        CommandError: When its extra is not installed.
    """
    try:
        return import_module("comfy_assets.simulator")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "comfy_assets":
            raise
        sentence = (
            f"the package {error.name} is missing: "
            'pip install "comfy-assets[cli,simulator]"'
        )
        raise CommandError(sentence, exit_code=USAGE) from error
