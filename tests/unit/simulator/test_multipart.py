"""Forms as httpx and browsers send them."""

from __future__ import annotations

import httpx
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.simulator._multipart import parse_form


def _parse(request: httpx.Request) -> dict[str, tuple[bytes, str | None]]:
    parts = parse_form(request.headers.get("content-type", ""), request.read())
    return {name: (part.data, part.filename) for name, part in parts.items()}


@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8"), max_size=20))
def test_files_and_fields_survive(data: bytes, text: str) -> None:
    """Any bytes of a file and any text of a field come through unchanged."""
    text = text.replace("\r", "").replace("\n", "")
    request = httpx.Request(
        "POST",
        "http://x",
        files={"image": ('ünï "q".png', data)},
        data={"subfolder": text},
    )
    assert _parse(request) == {
        "image": (data, 'ünï "q".png'),
        "subfolder": (text.encode(), None),
    }


def test_other_bodies_have_no_fields() -> None:
    """JSON, an empty body and a nameless part are no form fields."""
    assert parse_form("application/json", b"{}") == {}
    assert parse_form("multipart/form-data", b"") == {}
    nameless = b"--b\r\nContent-Type: x\r\n\r\n1\r\n--b--\r\n"
    assert parse_form("multipart/form-data; boundary=b", nameless) == {}
