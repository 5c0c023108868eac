"""Templates of prompt mappings: texts with ``{names}``, and nothing cleverer.

A name is letters, digits, ``_`` and ``-``, not beginning with a digit or ``-``.
``{{`` and ``}}`` stand for single braces. Attributes, indices, conversions and format
specifications do not exist here: a template comes with a workflow from outside.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Self

from attrs import frozen

from comfy_assets.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN: Final = re.compile(
    r"(?P<brace>\{\{|\}\})|\{(?P<name>[^\W\d][\w-]*)\}|(?P<fault>[{}])"
)


@frozen
class Template:
    """A template that was read; made by `parse_template`."""

    #: The template as it was written.
    text: str
    # By turns a literal and a name, beginning and ending with a literal.
    _parts: tuple[str, ...]

    @classmethod
    def of_name(cls, name: str) -> Self:
        """Return the template that is just the value of a name, plain or not."""
        return cls(name, ("", name, ""))

    @property
    def names(self) -> frozenset[str]:
        """The names that it asks for."""
        return frozenset(self._parts[1::2])

    def render(self, values: Mapping[str, str]) -> str:
        """Put the values in; braces in a value stay what they are.

        Raises:
            MappingError: When a name has no value.
        """
        parts = list(self._parts)
        for position in range(1, len(parts), 2):
            name = parts[position]
            if name not in values:
                problem = f"there is no {name!r}: put it into the request's context."
                raise MappingError(self.text, problem)
            parts[position] = values[name]
        return "".join(parts)


def parse_template(text: str) -> Template:
    """Read a template.

    Raises:
        MappingError: When a brace stands alone, or holds more than a plain name.
    """
    parts = [""]
    end = 0
    for token in _TOKEN.finditer(text):
        parts[-1] += text[end : token.start()]
        end = token.end()
        if token["fault"]:
            problem = (
                f"the brace at position {token.start()} encloses no plain name: "
                "write {prompt} or the like, and {{ or }} for a brace."
            )
            raise MappingError(text, problem)
        if token["brace"]:
            parts[-1] += token["brace"][0]
        else:
            parts += [token["name"], ""]
    parts[-1] += text[end:]
    return Template(text, tuple(parts))
