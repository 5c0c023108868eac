"""``python -m comfy_assets.cli``: the same as the console script."""

from __future__ import annotations

import sys

from comfy_assets.cli import main

if __name__ == "__main__":
    sys.exit(main())
