"""Servers that go wrong on demand: the simulator, and a real one behind a proxy."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from attrs import frozen

from tests.comfyui_graphs import blurred_graph, sampler_graph

if TYPE_CHECKING:
    from comfy_assets.simulator import ComfyUISimulator
    from tests.servers.comfyui import RealComfyUI
    from tests.servers.proxy import TcpProxy


class FaultyPlace(Protocol):
    """A server as the network and its owner make it; all may be called from a test."""

    @property
    def url(self) -> str:
        """Where the library finds it."""

    def graph(self) -> dict[str, Any]:
        """Return a graph whose runs take a while, each of its own seed."""

    def cut_sockets(self, *, refuse: bool = False) -> None:
        """Break the WebSocket, and let no new one in if `refuse`."""

    def mute_sockets(self) -> None:
        """Let the WebSocket stand, but say nothing."""

    def blip(self, seconds: float) -> None:
        """Break all connections and let none in for so long; returns at once."""

    def die(self) -> None:
        """End for good."""

    def restart(self) -> None:
        """Die and come back, with line and history forgotten."""


@frozen(eq=False)
class FaultySimulator:
    """The simulator."""

    simulator: ComfyUISimulator

    @property
    def url(self) -> str:
        """Return where the library finds it."""
        return self.simulator.url

    def graph(self) -> dict[str, Any]:
        """Return a graph with a seed."""
        return sampler_graph(seed=1)

    def cut_sockets(self, *, refuse: bool = False) -> None:
        """Break the WebSocket."""
        self.simulator.faults.refuse_sockets(refuse)
        self.simulator.faults.drop_sockets()

    def mute_sockets(self) -> None:
        """Hold every frame back."""
        self.simulator.faults.stall_sockets()

    def blip(self, seconds: float) -> None:
        """Be away for a moment."""
        self.simulator.faults.blip(seconds)

    def die(self) -> None:
        """End for good."""
        self.simulator.die()

    def restart(self) -> None:
        """Come back empty."""
        self.simulator.restart()


@frozen(eq=False)
class FaultyComfyUI:
    """A real server of 2025 behind a proxy."""

    server: RealComfyUI
    proxy: TcpProxy

    @property
    def url(self) -> str:
        """Return where the library finds it."""
        return self.proxy.url

    def graph(self) -> dict[str, Any]:
        """Return a graph with a seed."""
        graph = blurred_graph(color=0x805020, times=1)
        # Noise with a seed: without it only the first picture of a batch takes long.
        graph["2"] = {
            "class_type": "ImageAddNoise",
            "inputs": {"image": ["1", 0], "seed": 1, "strength": 0.5},
        }
        return graph

    def cut_sockets(self, *, refuse: bool = False) -> None:
        """Break the WebSocket."""
        self.proxy.cut_websockets(refuse=refuse)

    def mute_sockets(self) -> None:
        """Hold every frame back."""
        self.proxy.mute_websockets()

    def blip(self, seconds: float) -> None:
        """Be away for a moment."""
        self.proxy.refuse_all()
        threading.Timer(seconds, self.proxy.accept_all).start()

    def die(self) -> None:
        """End for good."""
        self.server.kill()

    def restart(self) -> None:
        """Come back empty."""
        self.server.restart()
