"""Every way in which a WebSocket can end is known."""

from __future__ import annotations

import inspect

import pytest
from websockets import exceptions

from comfy_assets.adapters.comfyui._socket import (
    ERRORS,
    SocketLostError,
    open_socket,
    reason_of,
)
from tests.loopback import NO_CERTIFICATES

pytestmark = pytest.mark.anyio

_FOREIGN = [
    kind
    for name in exceptions.__all__
    if inspect.isclass(kind := getattr(exceptions, name))
]


@pytest.mark.parametrize("kind", [*_FOREIGN, TimeoutError, EOFError, ConnectionError])
def test_every_error_of_websockets_is_caught(kind: type[Exception]) -> None:
    """The table knows every exception class that websockets exports."""
    assert issubclass(kind, ERRORS)


async def test_a_server_that_is_away_gives_our_error() -> None:
    """A refused connection is a lost socket, with the foreign error as its cause."""
    url = "ws://127.0.0.1:1/ws?token=secret"
    with pytest.raises(SocketLostError) as caught:
        async with open_socket(url, {}, tls=NO_CERTIFICATES):
            pytest.fail("port 1 should refuse")
    assert isinstance(caught.value.__cause__, OSError)
    assert "secret" not in caught.value.reason


def test_an_error_without_words_is_named() -> None:
    """The reason is never empty."""
    assert reason_of(EOFError()) == "EOFError"
