"""Pictures in the formats beside PNG that ComfyUI writes, for the image suites."""

from __future__ import annotations

from base64 import b64decode
from typing import Final

#: Eight by six pixels.
WEBP: Final = b64decode("UklGRiIAAABXRUJQVlA4TBYAAAAvB0ABAAdQqCIXpf8BgCD8b5uI6H8I")
#: Eight by six pixels.
JPEG: Final = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdA"
    "SFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAAGAAgBAREA/8QAFAABAAAAAAAAAAAAAAAA"
    "AAAABf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AMf/Z"
)
