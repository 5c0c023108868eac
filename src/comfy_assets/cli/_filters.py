"""Options that several commands share, and how their texts are read and written."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from comfy_assets.cli._failures import USAGE, CommandError
from comfy_assets.domain.requests import EntityRef

#: ``--json``: one JSON document in place of words.
Json = Annotated[
    bool, Parameter(negative="", show_default=False, help="Print one JSON document.")
]
#: Where ComfyUI listens unless told otherwise.
DEFAULT_SERVER: Final = "http://127.0.0.1:8188"
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


def text_of(entity: EntityRef) -> str:
    """Write an entity as `entity_of` reads it."""
    return f"{entity.entity_type}:{entity.entity_id}"


def pair_of(option: str, written: str) -> tuple[str, str]:
    """Read ``KEY=TEXT``.

    Raises:
        CommandError: When it is not that.
    """
    key, equals, text = written.partition("=")
    if not key or not equals:
        sentence = f"{option} {written!r}: write KEY=TEXT, such as name=Marcus"
        raise CommandError(sentence, exit_code=USAGE)
    return key, text


def override_of(written: str) -> tuple[str, Any]:
    """Read ``ADDRESS=VALUE``, where the value is JSON, or else a text.

    Raises:
        CommandError: When it is not that.
    """
    address, equals, text = written.partition("=")
    if not address or not equals:
        sentence = f"--set {written!r}: write ADDRESS=VALUE, such as KSampler.steps=30"
        raise CommandError(sentence, exit_code=USAGE)
    try:
        return address, json.loads(text)
    except ValueError:
        return address, text
