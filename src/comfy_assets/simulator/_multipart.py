"""Read a `multipart/form-data` body, as far as ComfyUI's uploads need it."""

from __future__ import annotations

import re

from attrs import frozen

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_PARAMETER = re.compile(r'; *(name|filename)="((?:[^"\\]|\\.)*)"')


@frozen(kw_only=True)
class Part:
    """One field of a form."""

    #: The field's content.
    data: bytes
    #: The file name, or None for a plain field.
    filename: str | None

    @property
    def text(self) -> str:
        """The content as text."""
        return self.data.decode()


def parse_form(content_type: str, body: bytes) -> dict[str, Part]:
    """Return the fields of a form by name; nothing for another content type."""
    boundary = _BOUNDARY.search(content_type)
    if not content_type.startswith("multipart/form-data") or boundary is None:
        return {}
    parts: dict[str, Part] = {}
    delimiter = b"\r\n--" + boundary[1].encode()
    for piece in (b"\r\n" + body).split(delimiter)[1:]:
        head, separator, data = piece.partition(b"\r\n\r\n")
        if not separator:
            continue
        disposition = next(
            (
                line
                for line in head.decode(errors="replace").splitlines()
                if line.lower().startswith("content-disposition:")
            ),
            "",
        )
        parameters = {key: _unquote(v) for key, v in _PARAMETER.findall(disposition)}
        if "name" in parameters:
            parts[parameters["name"]] = Part(
                data=data, filename=parameters.get("filename")
            )
    return parts


def _unquote(value: str) -> str:
    # Browsers and httpx write quotes in names as %22.
    return value.replace("%22", '"').replace('\\"', '"')
