"""`/upload/image` over the wire, with its odd answers (recording 20)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


def _upload(http: httpx.Client, name: str = "up.png", **fields: str) -> httpx.Response:
    return http.post("/upload/image", files={"image": (name, b"data")}, data=fields)


def test_an_upload_is_answered_with_its_place(http: httpx.Client) -> None:
    """The answer tells name, subfolder and type; the file can be viewed there."""
    answer = _upload(http, subfolder="sub/deep", type="temp")
    place = {"name": "up.png", "subfolder": "sub/deep", "type": "temp"}
    assert answer.json() == place
    where = {"filename": "up.png", "subfolder": "sub/deep", "type": "temp"}
    assert http.get("/view", params=where).content == b"data"


@pytest.mark.parametrize(
    "name, fields, status",
    [
        ("../up.png", {}, 400),
        ("up.png", {"subfolder": "../../evil"}, 400),
        ("up.png", {"subfolder": "/etc"}, 400),
        ("x/up.png", {}, 500),
        ("up.png", {"type": "nope"}, 500),
        ("empty.txt", {}, 200),
    ],
)
def test_odd_uploads_are_answered_as_recorded(
    http: httpx.Client, name: str, fields: dict[str, str], status: int
) -> None:
    """What leads out is refused, what fails on disk is trouble, the rest is kept."""
    assert _upload(http, name, **fields).status_code == status


@pytest.mark.parametrize(
    "request_, status",
    [
        ({"files": {"other": ("a.png", b"1")}}, 400),
        ({"json": {}}, 400),
        ({"content": b""}, 400),
        ({"files": {"image": (None, b"text")}}, 500),
    ],
)
def test_uploads_without_a_file_are_answered_as_recorded(
    http: httpx.Client, request_: dict[str, Any], status: int
) -> None:
    """No field `image` is refused; a text in its place is trouble."""
    assert http.post("/upload/image", **request_).status_code == status


def test_a_known_file_is_not_sent_again(http: httpx.Client) -> None:
    """Its tag or its date saves the body; a changed one does not."""
    _upload(http)
    where = {"filename": "up.png", "type": "input"}
    first = http.get("/view", params=where)
    for header, known in (
        ("if-none-match", first.headers["etag"]),
        ("if-modified-since", first.headers["last-modified"]),
    ):
        answer = http.get("/view", params=where, headers={header: known})
        assert (answer.status_code, answer.content) == (304, b"")
    stale = {"if-none-match": '"other"'}
    assert http.get("/view", params=where, headers=stale).status_code == 200


def test_too_long_a_body_is_refused(
    http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit the answer is 413."""
    monkeypatch.setattr("comfy_assets.simulator._answers.MAX_BODY_BYTES", 10)
    assert http.post("/queue", content=b"x" * 11).status_code == 413


def test_the_history_can_be_emptied(http: httpx.Client) -> None:
    """Deleting unknown ids and clearing are both fine."""
    assert http.post("/history", json={"delete": ["unknown"]}).status_code == 200
    assert http.post("/history", json={"clear": True}).status_code == 200
    assert http.get("/history").json() == {}
