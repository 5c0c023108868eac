"""Everything that touches pixels: drawings by rule, and operations on pictures.

The one place of the simulator that knows Pillow.
"""

from __future__ import annotations

from comfy_assets.simulator.painting._images import (
    Picture,
    blend,
    blur,
    invert,
    load,
    scale,
    solid,
    to_png,
    transcode,
)
from comfy_assets.simulator.painting._preview import Preview
from comfy_assets.simulator.painting._subject import KINDS, Subject, paint

__all__ = [
    "KINDS",
    "Picture",
    "Preview",
    "Subject",
    "blend",
    "blur",
    "invert",
    "load",
    "paint",
    "scale",
    "solid",
    "to_png",
    "transcode",
]
