"""The routes of files: `/view` and `/upload/image`."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from comfy_assets.simulator import painting
from comfy_assets.simulator._answers import empty_answer, json_answer, read_body
from comfy_assets.simulator._folders import OutsideFolderError, split_annotation
from comfy_assets.simulator._multipart import parse_form
from comfy_assets.simulator._services import Services

_FOLDERS = ("output", "input", "temp")
#: Sent so that no browser runs them (0.28+).
_ACTIVE_SUFFIXES = {".html", ".htm", ".svg", ".js", ".mjs", ".css", ".xml", ".xhtml"}
_DEFAULT_QUALITY = 90
_MAX_QUALITY = 100


async def get_view(services: Services, request: Request) -> Response:
    """`GET /view`: one file, as it is or transcoded."""
    query = request.query_params
    found = _find(services, query)
    if isinstance(found, int):
        return empty_answer(found)
    channel = query.get("channel", "")
    if "preview" in query:
        return _transcoded(found, query["preview"], channel)
    if channel in {"rgb", "a"}:
        data = painting.transcode(found.read_bytes(), channel=channel)
        headers = _disposition(found) | {"content-type": "image/png"}
        return Response(data, headers=headers)
    return _file(found, request)


def _find(services: Services, query: Mapping[str, str]) -> Path | int:
    """Return the file that is asked for, or the status that says why not."""
    if "filename" not in query:
        return 404
    name, folder = split_annotation(
        query["filename"], default=query.get("type", "output")
    )
    # Two dots anywhere are refused, even in "a..b.png" (0.33).
    if not name or name.startswith("/") or ".." in name or folder not in _FOLDERS:
        return 400
    subfolder = query.get("subfolder", "")
    if "\0" in subfolder:
        return 404
    try:
        directory = services.folders.inside(folder, subfolder)
    except OutsideFolderError:
        return 403
    path = directory / PurePosixPath(name).name
    return path if path.is_file() else 404


async def post_upload(services: Services, request: Request) -> Response:
    """`POST /upload/image`: keep a file, under its name or a numbered one."""
    form = parse_form(request.headers.get("content-type", ""), await read_body(request))
    image = form.get("image")
    if image is None:
        return empty_answer(400)
    if not image.filename:
        # A real server trips over a text field here and answers 500.
        msg = "the field image has no file name"
        raise ValueError(msg)
    folder = form["type"].text if "type" in form else "input"
    try:
        name, subfolder = services.folders.store_upload(
            image.data,
            filename=image.filename,
            folder=folder,
            subfolder=form["subfolder"].text if "subfolder" in form else "",
            overwrite="overwrite" in form and form["overwrite"].text in {"true", "1"},
        )
    except OutsideFolderError:
        return empty_answer(400)
    return json_answer({"name": name, "subfolder": subfolder, "type": folder})


def _transcoded(path: Path, wish: str, channel: str) -> Response:
    kind, _, quality_text = wish.partition(";")
    # A channel with alpha forces webp, which has alpha (0.33).
    if kind not in {"webp", "jpeg"} or "a" in channel:
        kind = "webp"
    quality = int(quality_text) if quality_text.isdigit() else _DEFAULT_QUALITY
    if quality > _MAX_QUALITY:
        msg = "quality goes up to 100"
        raise ValueError(msg)
    data = painting.transcode(
        path.read_bytes(), channel=channel, kind=kind, quality=quality
    )
    return Response(
        data, headers=_disposition(path) | {"content-type": f"image/{kind}"}
    )


def _file(path: Path, request: Request) -> Response:
    headers = _disposition(path)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix.lower() in _ACTIVE_SUFFIXES:
        media_type = "application/octet-stream"
        headers["content-disposition"] = f"attachment; {headers['content-disposition']}"
        headers |= {"cache-control": "no-store", "vary": "Sec-Fetch-Dest"}
    stat = path.stat()
    # Without a charset, which Starlette would add to text.
    headers["content-type"] = media_type
    answer = FileResponse(path, headers=headers, stat_result=stat)
    if _is_unchanged(request, answer):
        return Response(status_code=304, headers=dict(answer.headers.items()))
    return answer


def _is_unchanged(request: Request, answer: Response) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:
        return answer.headers["etag"] in (tag.strip() for tag in known.split(","))
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    modified = parsedate_to_datetime(answer.headers["last-modified"])
    return modified <= parsedate_to_datetime(since)


def _disposition(path: Path) -> dict[str, str]:
    # The name goes out as raw UTF-8; headers are written as Latin-1.
    name = path.name.encode().decode("latin-1")
    return {"content-disposition": f'filename="{name}"'}
