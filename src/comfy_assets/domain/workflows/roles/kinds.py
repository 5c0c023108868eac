"""`Role`: what an input does for the picture; how it is found stands beside."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal, TypeAlias


class Role(StrEnum):
    """What an input does for the picture, whatever its node calls it."""

    #: A text that says what to paint.
    POSITIVE = "positive"
    #: A text that says what not to paint.
    NEGATIVE = "negative"
    #: Where the random numbers begin.
    SEED = "seed"
    #: In how many steps a sampler works.
    STEPS = "steps"
    #: How much a sampler heeds the text (classifier-free guidance).
    CFG = "cfg"
    #: The same for models that were distilled with it, such as Flux: no second text.
    GUIDANCE = "guidance"
    #: The name of the sampling method.
    SAMPLER = "sampler"
    #: The name of the noise schedule.
    SCHEDULER = "scheduler"
    #: How much of the given picture is painted anew, 0.0 to 1.0.
    DENOISE = "denoise"
    #: In pixels.
    WIDTH = "width"
    #: In pixels.
    HEIGHT = "height"
    #: How many pictures a run paints.
    BATCH_SIZE = "batch_size"
    #: The file, or the service's model, that paints.
    MODEL = "model"


#: The roles of texts, as members or as addresses write them.
TextRole: TypeAlias = Literal["positive", "negative", Role.POSITIVE, Role.NEGATIVE]

#: Both of them, in the order in which samplers have them.
TEXT_ROLES: Final[tuple[TextRole, TextRole]] = ("positive", "negative")
