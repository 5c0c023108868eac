"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from comfy_assets.cli._failures import USAGE, CommandError
from comfy_assets.domain.requests import EntityRef

#: ``--json``: one JSON document in place of words.
Json = Annotated[
    bool, Parameter(negative="", show_default=False, help="Print one JSON document.")
]
#: ``--comfyui``: the server.
Server = Annotated[str, Parameter(help="ComfyUI's address.")]
#: ``--run-seconds``: how fast a simulated server is.
RunSeconds = Annotated[
    float,
    Parameter(
        validator=Number(gte=0),
        help="How long the simulated ComfyUI takes for an image.",
    ),
]
#: ``--limit``: how long a list may be.
Limit = Annotated[int, Parameter(help="At most so many, 1 to 1000.")]


def optional_entity(written: str | None) -> EntityRef | None:
    """Read ``TYPE:ID``, or nothing.

    Raises:
        CommandError: When it is neither.
    """
    return None if written is None else entity_of(written)


def entity_of(written: str) -> EntityRef:
    """Read ``TYPE:ID``.

    Raises:
        CommandError: When it is not that.
    """
    entity_type, _, entity_id = written.partition(":")
    if not entity_type or not entity_id:
        sentence = f"--entity {written!r}: write TYPE:ID, such as Character:marcus"
        raise CommandError(sentence, exit_code=USAGE)
    return EntityRef(entity_type, entity_id)
