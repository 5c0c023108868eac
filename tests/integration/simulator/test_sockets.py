"""The rules of `/ws`: who gets which frame, flags, reconnecting, taking over."""

from __future__ import annotations

import json
from contextlib import ExitStack

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from comfy_assets.simulator import ComfyUISimulator
from tests.integration.simulator.conversation import (
    image_graph,
    is_last,
    kinds,
    open_socket,
    post,
    read,
    read_run,
    sampler_graph,
    socket_url,
    wait_until,
)
from tests.loopback import NO_CERTIFICATES

_LIFECYCLE = {
    "execution_start",
    "execution_cached",
    "executing",
    "executed",
    "execution_success",
}


def test_the_server_names_a_client_without_id(server: ComfyUISimulator) -> None:
    """Without `clientId` the first frame tells a name of 32 hex digits."""
    with connect(f"{server.url.replace('http', 'ws')}/api/ws?clientId=") as socket:
        sid = read(socket)["data"]["sid"]
    assert len(bytes.fromhex(sid)) == 16


def test_flags_count_only_as_the_first_readable_message(
    server: ComfyUISimulator,
) -> None:
    """Broken messages do not spoil the flags; another message before them does."""
    flags = json.dumps({"type": "feature_flags", "data": {}})
    with open_socket(server, "a") as socket:
        socket.send("nope")
        socket.send(b"\x01\x02")
        socket.send(flags)
        assert read(socket)["type"] == "feature_flags"
    with open_socket(server, "b") as socket:
        socket.send(json.dumps({"type": "hello", "data": {}}))
        socket.send(flags)
        with httpx.Client(verify=NO_CERTIFICATES, base_url=server.url) as http:
            http.post("/queue", json={"clear": True})
        assert read(socket)["type"] == "status"


def test_a_foreign_origin_is_turned_away(server: ComfyUISimulator) -> None:
    """A socket with a wrong Origin gets 403 at the handshake."""
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(socket_url(server, "x"), origin="http://evil.example"),
    ):
        pass


def test_lifecycle_frames_go_to_the_owner_alone(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """Another client gets nothing of a run but `status`."""
    with open_socket(server, "owner") as owner, open_socket(server, "other") as other:
        post(http, sampler_graph(), client_id="owner")
        assert set(kinds(read_run(owner))) >= _LIFECYCLE
        seen = {read(other)["type"] for _ in range(3)}
    assert seen == {"status"}


def test_progress_of_nobodys_run_goes_to_everybody(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """Without `client_id`, progress and plain previews are broadcast, no lifecycle."""
    with (
        open_socket(server, "a", previews=True) as one,
        open_socket(server, "b") as other,
    ):
        post(http, sampler_graph())
        for socket in (one, other):
            seen = []
            while seen.count("status") < 3:
                seen += kinds([read(socket)])
            assert set(seen) == {"status", "progress", "progress_state", "binary-1"}


@pytest.mark.parametrize("previews, kind", [(False, 1), (True, 4)])
def test_previews_are_pictures_in_the_announced_form(
    server: ComfyUISimulator, http: httpx.Client, *, previews: bool, kind: int
) -> None:
    """A client gets JPEG previews, with metadata only if it announced that."""
    with open_socket(server, "me", previews=previews) as socket:
        post(http, sampler_graph(), client_id="me")
        pictures = [frame for frame in read_run(socket) if isinstance(frame, bytes)]
    assert len(pictures) == 4
    for frame in pictures:
        assert int.from_bytes(frame[:4], "big") == kind
        if kind == 4:
            length = int.from_bytes(frame[4:8], "big")
            metadata = json.loads(frame[8 : 8 + length])
            assert metadata["node_id"] == "3"
            assert metadata["image_type"] == "image/jpeg"
            assert frame[8 + length :].startswith(b"\xff\xd8\xff")
        else:
            assert frame[4:8] == b"\0\0\0\1"
            assert frame[8:].startswith(b"\xff\xd8\xff")


def test_no_previews_where_none_are_wanted(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """`preview_method: none` leaves the previews of one run out."""
    with open_socket(server, "me") as socket:
        extra = {"preview_method": "none"}
        post(http, sampler_graph(), client_id="me", extra_data=extra)
        assert "binary-1" not in kinds(read_run(socket))


def test_the_websocket_output_sends_its_pictures_and_leaves_no_trace(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """`SaveImageWebsocket` sends PNG frames each time, and the history has none."""
    graph = sampler_graph(output="SaveImageWebsocket", batch=2)
    extra = {"preview_method": "none"}
    with open_socket(server, "me") as socket:
        for _ in range(2):
            run = post(http, graph, client_id="me", extra_data=extra)
            frames = read_run(socket)
            pictures = [frame for frame in frames if isinstance(frame, bytes)]
            assert [frame[:8] for frame in pictures] == [b"\0\0\0\1\0\0\0\2"] * 2
            assert pictures[0][8:].startswith(b"\x89PNG")
            assert "executed" not in kinds(frames)
            entry = http.get(f"/history/{run['prompt_id']}").json()[run["prompt_id"]]
            assert entry["outputs"] == {}


def test_a_socket_that_comes_back_is_told_the_running_node() -> None:
    """The second frame of a reconnect is `executing` without a prompt id."""
    with (
        ComfyUISimulator(run_seconds=60, steps=600) as slow,
        httpx.Client(verify=NO_CERTIFICATES, base_url=slow.url) as http,
    ):
        with open_socket(slow, "me") as socket:
            post(http, sampler_graph(steps=600), client_id="me")
            while kinds([read(socket)]) != ["progress"]:
                pass
        with connect(socket_url(slow, "me")) as socket:
            assert read(socket)["data"]["sid"] == "me"
            assert read(socket) == {"type": "executing", "data": {"node": "3"}}


def test_a_second_socket_takes_over_and_dies_with_the_first(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """The newer socket of a client gets the frames until the older one closes."""
    with ExitStack() as older_life:
        older = older_life.enter_context(open_socket(server, "me"))
        with open_socket(server, "me") as newer, open_socket(server, "other") as other:
            post(http, image_graph(1), client_id="me")
            assert is_last(read_run(newer)[-1])
            # The older socket is open, but mute.
            with pytest.raises(TimeoutError):
                older.recv(timeout=0.05)
            older_life.close()
            # The server forgot the client altogether, not only its older socket.
            wait_until(lambda: not _hears(http, newer))
            assert _hears(http, other)


def _hears(http: httpx.Client, socket: ClientConnection) -> bool:
    """Say whether a socket gets the `status` that everybody gets now."""
    http.post("/queue", json={"clear": True})
    try:
        socket.recv(timeout=0.1)
    except TimeoutError:
        return False
    return True
