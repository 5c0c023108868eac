"""How the editor rewrites texts when it writes a graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from comfy_assets.domain.workflows.conversion.live import (
    LiveNode,
)
from comfy_assets.domain.workflows.conversion.widgets import UNSET

_REPLACEMENT: Final = re.compile(r"%([^%]+)%")
_COMMENT: Final = re.compile(r"/[/*]")
_LINE_END: Final = re.compile(r"[\n\r\u2028\u2029]|$")
_UNFIT: Final = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')
_ESCAPED: Final = re.compile(r"\\([{}|])")
_ALIAS: Final = "Node name for S&R"
# Numbers up to here are whole in JavaScript.
_EXACT: Final = 2**53
# Braces within braces beyond these are left as they are.
_MAX_DEPTH: Final = 50
#: The classes whose ``filename_prefix`` may name other nodes' values.
SAVERS: Final = frozenset(
    {
        "CLIPSave",
        "LoraSave",
        "ModelSave",
        "SaveAnimatedPNG",
        "SaveAnimatedWEBP",
        "SaveAudio",
        "SaveAudioAdvanced",
        "SaveAudioMP3",
        "SaveAudioOpus",
        "SaveGLB",
        "SaveImage",
        "SaveImageAdvanced",
        "SaveLatent",
        "SaveSVGNode",
        "SaveVideo",
        "SaveWEBM",
        "VAESave",
    }
)


def without_dynamic_prompts(text: str) -> str:
    """Return a text without comments, and with the first of each ``{a|b}``.

    The editor draws one by chance each time; here it is always the first, so that the
    same file gives the same graph.
    """
    return _ESCAPED.sub(r"\1", _resolved(_without_comments(text), 0))


def replacer(nodes: Iterable[LiveNode]) -> Callable[[str], str]:
    """Return what fills ``%Node.widget%`` in: the value of that node's widget.

    The node is found by its property ``Node name for S&R``, then by its title. What
    names nothing stays, and so does ``%date:…%``: a stored workflow has no day.
    """
    by_alias: dict[str, LiveNode] = {}
    by_title: dict[str, LiveNode] = {}
    for node in nodes:
        alias = node.properties.get(_ALIAS)
        by_alias.setdefault(alias if isinstance(alias, str) else node.type, node)
        by_title.setdefault(node.title, node)

    def fill(match: re.Match[str]) -> str:
        parts = match[1].split(".")
        node = by_alias.get(parts[0]) or by_title.get(parts[0])
        if len(parts) != len(("node", "widget")) or node is None:
            return match[0]
        values = node.values()
        if parts[1] not in values:
            return match[0]
        return _UNFIT.sub("_", _as_text(values[parts[1]]))

    return lambda text: _REPLACEMENT.sub(fill, text)


def as_written(value: Any, *, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    """Return a value with numbers as JavaScript writes them: 7, never 7.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list | tuple):
        return [as_written(item, depth=depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {key: as_written(v, depth=depth + 1) for key, v in value.items()}
    return value


def _as_text(value: object) -> str:
    """Return a value as JavaScript puts it into a text."""
    if value is None or value is UNSET:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(as_written(value))


def _without_comments(text: str) -> str:
    """Return a text without ``// …`` to a line's end, and without ``/* … */``."""
    out: list[str] = []
    start = 0
    # Where no comment ends any more, none needs to be looked for again.
    last_end = text.rfind("*/")
    for match in _COMMENT.finditer(text):
        begin = match.start()
        if begin < start or (match[0] == "/*" and last_end < match.end()):
            continue
        out.append(text[start:begin])
        if match[0] == "/*":
            start = text.index("*/", match.end()) + 2
        else:
            end = _LINE_END.search(text, begin)
            start = end.start() if end else len(text)
    out.append(text[start:])
    return "".join(out)


def _resolved(text: str, depth: int) -> str:
    """Return a text in which each choice is its first option."""
    if depth > _MAX_DEPTH or "{" not in text:
        return text
    out: list[str] = []
    place = 0
    while place < len(text):
        character = text[place]
        if character == "\\":
            out.append(text[place : place + 2])
            place += 2
        elif character == "{":
            first, place = _first_option(text, place + 1)
            # Comments that a choice has made out of parts of it go, too.
            out.append(_resolved(_without_comments(first), depth + 1))
        else:
            out.append(character)
            place += 1
    return "".join(out)


def _first_option(text: str, place: int) -> tuple[str, int]:
    """Return the first option of the choice that begins here, and where it ends."""
    depth = 0
    end: int | None = None
    start = place
    while place < len(text):
        character = text[place]
        if character == "\\":
            place += 1
        elif character == "{":
            depth += 1
        elif character == "}":
            if depth == 0:
                return text[start : place if end is None else end], place + 1
            depth -= 1
        elif character == "|" and depth == 0 and end is None:
            end = place
        place += 1
    return text[start:end], place
