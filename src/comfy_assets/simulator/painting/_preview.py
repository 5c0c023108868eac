"""Show a picture emerging from noise, step by step, as a sampler's previews do."""

from __future__ import annotations

from attrs import define, field
from PIL import Image

from comfy_assets.simulator.painting._images import Picture, to_jpeg

#: Longest edge of a preview in pixels; small, as they are sent at every step.
_EDGE = 256
_NOISE_DEVIATION = 90
_JPEG_QUALITY = 70


@define(eq=False)
class Preview:
    """Previews of one finished picture.

    Args:
        picture: What will have emerged in the end.
    """

    _picture: Picture
    _small: Picture | None = field(init=False, default=None)
    _noise: Picture | None = field(init=False, default=None)

    def at(self, progress: float) -> bytes:
        """Return a JPEG of the picture at some progress, 0.0 to 1.0."""
        if self._small is None or self._noise is None:
            self._small = self._picture.convert("RGB")
            self._small.thumbnail((_EDGE, _EDGE), Image.Resampling.BILINEAR)
            # A quarter of the size: noise of latents comes in blocks.
            quarter = (self._small.width // 4 + 1, self._small.height // 4 + 1)
            bands = [Image.effect_noise(quarter, _NOISE_DEVIATION) for _ in "RGB"]
            self._noise = Image.merge("RGB", bands).resize(
                self._small.size, Image.Resampling.NEAREST
            )
        return to_jpeg(Image.blend(self._noise, self._small, progress), _JPEG_QUALITY)
