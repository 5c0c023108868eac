"""``comfy-assets simulate``: a ComfyUI server that draws without a GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from comfy_assets.cli._extras import load_simulator
from comfy_assets.cli._failures import STOPPED, CommandError
from comfy_assets.cli._filters import RunSeconds
from comfy_assets.cli._output import say

if TYPE_CHECKING:
    from comfy_assets.simulator import ComfyUISimulator


def simulate(
    *,
    port: Annotated[
        int,
        Parameter(
            validator=Number(gte=0, lte=65535),
            help="The port; 0 takes any that is free.",
        ),
    ] = 8188,
    run_seconds: RunSeconds = 1.0,
) -> int:
    """Run a ComfyUI server that draws without a GPU, until Ctrl-C."""
    serve = load_simulator().serve
    try:
        serve(port=port, run_seconds=run_seconds, on_ready=_greet)
    except OSError as error:
        sentence = f"port {port} cannot be used: {error}"
        raise CommandError(sentence) from error
    return STOPPED


def _greet(server: ComfyUISimulator) -> None:
    say(f"A simulated ComfyUI listens at {server.url}; Ctrl-C ends it.")
