"""Delivering frames: order, owners, forms. The hub lives in an asyncio loop."""

from __future__ import annotations

import asyncio
import json

import anyio
import pytest

from comfy_assets.simulator._sockets import Listener, Picture, SocketHub

_PICTURE = Picture(data=b"JPEG", media_type="image/jpeg", metadata={"node_id": "3"})


def test_a_plain_preview_has_two_numbers_before_its_picture() -> None:
    """Event type 1 and the format, big-endian, then the picture."""
    frame = _PICTURE.as_frame(with_metadata=False)
    assert frame == b"\0\0\0\1\0\0\0\1JPEG"


def test_a_preview_with_metadata_tells_its_length() -> None:
    """Event type 4, the length of the JSON, the JSON, the picture."""
    frame = _PICTURE.as_frame(with_metadata=True)
    length = int.from_bytes(frame[4:8], "big")
    assert frame[:4] == b"\0\0\0\4"
    assert json.loads(frame[8 : 8 + length]) == {
        "node_id": "3",
        "image_type": "image/jpeg",
    }
    assert frame[8 + length :] == b"JPEG"


class _Ear:
    """Keeps what it is sent."""

    def __init__(
        self, hub: SocketHub, client_id: str, *, metadata: bool = False
    ) -> None:
        self.heard: list[str | bytes] = []
        hub.add(client_id, Listener(self._hear, supports_metadata=metadata))

    async def _hear(self, frame: str | bytes) -> None:
        self.heard.append(frame)


async def _no_gate() -> None:
    return


async def _deliver_all(hub: SocketHub, *ears: _Ear, expected: int) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hub.deliver)
        with anyio.fail_after(5):
            while sum(len(ear.heard) for ear in ears) < expected:
                await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()


def test_frames_reach_their_client_in_order() -> None:
    """Frames for one client and for all keep their order; others get the latter."""

    async def check() -> None:
        hub = SocketHub(_no_gate)
        one, other = _Ear(hub, "a"), _Ear(hub, "b")
        hub.post_text("first", {}, "a")
        hub.post_text("second", {})
        hub.post_text("third", {}, "a")
        await _deliver_all(hub, one, other, expected=4)
        assert [json.loads(frame)["type"] for frame in one.heard] == [
            "first",
            "second",
            "third",
        ]
        assert [json.loads(frame)["type"] for frame in other.heard] == ["second"]

    asyncio.run(check())


def test_only_an_owner_gets_metadata() -> None:
    """A picture of nobody's run goes out plain, even to who takes metadata."""

    async def check() -> None:
        hub = SocketHub(_no_gate)
        ear = _Ear(hub, "a", metadata=True)
        hub.post_picture(_PICTURE, "a")
        hub.post_picture(_PICTURE)
        await _deliver_all(hub, ear, expected=2)
        assert [frame[:4] for frame in ear.heard] == [b"\0\0\0\4", b"\0\0\0\1"]

    asyncio.run(check())


@pytest.mark.parametrize("client_id", [5, ["a"], "unknown"])
def test_odd_or_unknown_clients_get_nothing(client_id: object) -> None:
    """Only the very string of a socket is a client; anything else is nobody."""

    async def check() -> None:
        hub = SocketHub(_no_gate)
        ear = _Ear(hub, "a")
        assert not hub.has_listener(client_id)
        assert not hub.supports_metadata(client_id)
        hub.post_picture(_PICTURE, client_id)
        hub.post_text("x", {}, client_id)
        hub.post_text("last", {})
        await _deliver_all(hub, ear, expected=1)
        assert [json.loads(frame)["type"] for frame in ear.heard] == ["last"]

    asyncio.run(check())


def test_a_peer_that_is_gone_stops_nobody() -> None:
    """An error of one socket leaves the others their frames."""

    async def gone(_frame: str | bytes) -> None:
        raise ConnectionResetError

    async def check() -> None:
        hub = SocketHub(_no_gate)
        hub.add("gone", Listener(gone))
        ear = _Ear(hub, "a")
        hub.post_text("x", {})
        await _deliver_all(hub, ear, expected=1)
        hub.forget("a")
        assert not hub.has_listener("a")

    asyncio.run(check())
