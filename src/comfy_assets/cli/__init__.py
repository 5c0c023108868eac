"""The console script `comfy-assets`; this module loads without the extra `cli`.

Exit codes: 0 done, 1 failed (one sentence on standard error says why), 2 used wrongly
or an extra is missing, 3 ComfyUI cannot be reached, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: The words behind the program's name; ``None`` takes those of the process.
    """
    try:
        from comfy_assets.cli._app import run  # noqa: PLC0415 - it needs the extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"cyclopts", "rich"}:
            raise
        sys.stderr.write(
            f"comfy-assets: the package {error.name} is missing: "
            'pip install "comfy-assets[cli,simulator]"\n'
        )
        return _USAGE
    return run(sys.argv[1:] if argv is None else list(argv))
