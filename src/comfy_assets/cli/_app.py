"""The commands put together, and how each of their endings becomes an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError

from comfy_assets.cli import (
    assets,
    batches,
    demo,
    generate,
    simulate,
    status,
    store,
    workflow,
)
from comfy_assets.cli._failures import (
    FAILED,
    STOPPED,
    USAGE,
    CommandError,
    exit_code_of,
    sentence_of,
)
from comfy_assets.cli._output import complain, prepare_streams
from comfy_assets.errors import ComfyAssetsError

if TYPE_CHECKING:
    from collections.abc import Sequence

_HELP = """Game art with ComfyUI: queue it, watch it, keep it.

Exit codes:
  0    done
  1    failed; a sentence on standard error says why
  2    wrong usage, or an extra is missing
  3    ComfyUI cannot be reached
  130  stopped by Ctrl-C
"""


def run(argv: Sequence[str]) -> int:
    """Run one command and return its exit code; no error of ours leaves it.

    Args:
        argv: The words behind the program's name.
    """
    prepare_streams()
    try:
        code = _command(argv)
        sys.stdout.flush()
    except CycloptsError as error:
        complain(f"{error} (comfy-assets --help lists what there is)")
        return USAGE
    except CommandError as error:
        complain(str(error))
        return error.exit_code
    except ComfyAssetsError as error:
        complain(sentence_of(error))
        return exit_code_of(error)
    except KeyboardInterrupt:
        complain("stopped")
        return STOPPED
    except BrokenPipeError:
        # Who read our output, such as `head`, has seen enough. Without this Python
        # would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def _command(argv: Sequence[str]) -> int:
    app = App(
        name="comfy-assets",
        help=_HELP,
        help_format="plaintext",
        help_formatter="default" if sys.stdout.isatty() else "plain",
        suppress_keyboard_interrupt=False,
    )
    for group in (assets, batches, store, workflow):
        app.command(group.app)
    for command in (demo.demo, generate.generate, simulate.simulate, status.status):
        app.command(command)
    code = app(
        list(argv),
        exit_on_error=False,
        print_error=False,
        result_action="return_value",
        backend="asyncio",
    )
    return code if isinstance(code, int) else 0
