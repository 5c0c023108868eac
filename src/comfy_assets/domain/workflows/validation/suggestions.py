"""What somebody may have meant: the nearest of the names that there are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from attrs import define, field

_OFFERED: Final = 5
# Comparing takes time by the product of lengths, and by the number of names.
_COMPARED: Final = 80
_NAMES: Final = 5_000
# A damaged graph may have thousands of faults; nobody reads more hints than these.
_SEARCHES: Final = 40
_LIKENESS: Final = 0.6


@define
class Suggester:
    """Finds what is near to a name; each question is worked out once."""

    _left: int = _SEARCHES
    _known: dict[tuple[str, int], tuple[str, ...]] = field(factory=dict)

    def nearest(self, name: object, names: Iterable[object]) -> tuple[str, ...]:
        """Return up to five names that are like the given one, likeliest first.

        Upper and lower case count as the same, and so do both kinds of slashes. A
        file is looked for by its own name first, wherever it lies.
        """
        if not isinstance(name, str) or not name:
            return ()
        choices = [choice for choice in names if isinstance(choice, str)][:_NAMES]
        question = (name, hash(tuple(choices)))
        if question not in self._known:
            if self._left == 0:
                return ()
            self._left -= 1
            self._known[question] = _nearest(name, choices)
        return self._known[question]


def _nearest(name: str, choices: list[str]) -> tuple[str, ...]:
    wanted = _plain(name)
    plain = {choice: _plain(choice) for choice in choices}
    file = _file_name(wanted)
    same_file = [
        choice
        for choice, text in plain.items()
        if _file_name(text) == file or _stem(_file_name(text)) == _stem(file)
    ]
    by_text: dict[str, list[str]] = {}
    for choice, text in plain.items():
        by_text.setdefault(text[:_COMPARED], []).append(choice)
    close = get_close_matches(wanted[:_COMPARED], by_text, n=_OFFERED, cutoff=_LIKENESS)
    likely = [*same_file, *(choice for text in close for choice in by_text[text])]
    return tuple(dict.fromkeys(likely))[:_OFFERED]


def _plain(text: str) -> str:
    return text.casefold().replace("\\", "/").strip()


def _file_name(text: str) -> str:
    return text.rpartition("/")[2]


def _stem(text: str) -> str:
    return text.rpartition(".")[0] or text
