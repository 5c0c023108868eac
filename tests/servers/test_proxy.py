"""The proxy of the tests, where it could break a test it has nothing to do with."""

from __future__ import annotations

import socket

import pytest

from tests.servers.proxy import TcpProxy


def test_a_proxy_that_was_left_stays_closed() -> None:
    """A blip that would end after its test opens no port that nobody closes."""
    with TcpProxy("http://127.0.0.1:1") as proxy:
        address = ("127.0.0.1", int(proxy.url.rsplit(":", 1)[1]))
        proxy.refuse_all()
    proxy.accept_all()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def test_a_proxy_that_lost_its_port_says_so() -> None:
    """Somebody may take the port while the proxy refuses: an error, and no socket."""
    with TcpProxy("http://127.0.0.1:1") as proxy, socket.socket() as taken:
        proxy.refuse_all()
        taken.bind(("127.0.0.1", int(proxy.url.rsplit(":", 1)[1])))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            proxy.accept_all()
