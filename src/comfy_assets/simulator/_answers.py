"""Bodies and answers as ComfyUI's web server forms them (aiohttp, 0.33)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

#: `--max-upload-size` of a real server, in bytes.
MAX_BODY_BYTES = 100 * 1024 * 1024


class BodyTooLargeError(Exception):
    """The body is longer than the server takes (413)."""


def json_answer(content: object, status: int = 200) -> Response:
    """Answer with JSON; a bare `NaN` passes, as on a real server."""
    return Response(
        json.dumps(content),
        status_code=status,
        headers={"content-type": "application/json; charset=utf-8"},
    )


def text_answer(
    text: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with plain text."""
    return Response(
        text,
        status_code=status,
        headers={"content-type": "text/plain; charset=utf-8", **(headers or {})},
    )


def empty_answer(status: int = 200) -> Response:
    """Answer without a body."""
    return Response(status_code=status)


def trouble() -> Response:
    """Answer as a server whose handler raised."""
    return text_answer("500 Internal Server Error\n\nServer got itself in trouble", 500)


def not_found() -> Response:
    """Answer as the file handler that owns every unknown path."""
    return Response(
        status_code=404, headers={"content-type": "application/octet-stream"}
    )


async def read_body(request: Request) -> bytes:
    """Read the whole body.

    Raises:
        BodyTooLargeError: When it is longer than `MAX_BODY_BYTES`.
    """
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise BodyTooLargeError
        chunks.append(chunk)
    return b"".join(chunks)


async def read_json(request: Request) -> object:
    """Read the body as JSON, whatever its content type says.

    Raises:
        ValueError: When it is no JSON, or empty.
        BodyTooLargeError: When it is too long.
    """
    content: object = json.loads(await read_body(request))
    return content
