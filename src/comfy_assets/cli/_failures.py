"""How a command ends: the exit codes, and the one error that is the CLI's own."""

from __future__ import annotations

from typing import Final

from comfy_assets.errors import (
    ComfyAssetsError,
    ComfyUIUnavailableError,
    WorkflowNotFoundError,
)

#: It failed; a sentence on standard error says why.
FAILED: Final = 1
#: The command line is wrong, or an extra is missing.
USAGE: Final = 2
#: ComfyUI cannot be reached.
UNREACHABLE: Final = 3
#: Ctrl-C, by the custom of shells: 128 and the number of the signal.
STOPPED: Final = 130


class CommandError(Exception):
    """A command cannot go on, for a reason that lies outside the library."""

    def __init__(self, sentence: str, *, exit_code: int = FAILED) -> None:
        super().__init__(sentence)
        #: The exit code of the command.
        self.exit_code = exit_code


def exit_code_of(error: ComfyAssetsError) -> int:
    """Return the exit code that an error of the library's means."""
    return UNREACHABLE if isinstance(error, ComfyUIUnavailableError) else FAILED


def sentence_of(error: ComfyAssetsError) -> str:
    """Return the error's sentence, with the command in place of the Python call."""
    if isinstance(error, WorkflowNotFoundError):
        return (
            f"No workflow is configured for the slot {error.slot!r}: "
            f"comfy-assets workflow put {error.slot} FILE"
        )
    return str(error)
