"""A running simulator for each test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from comfy_assets.simulator import ComfyUISimulator
from tests.loopback import NO_CERTIFICATES


@pytest.fixture
def server() -> Iterator[ComfyUISimulator]:
    """Give a simulator whose runs are short, but long enough to be met running."""
    with ComfyUISimulator(run_seconds=0.05) as simulator:
        yield simulator


@pytest.fixture
def http(server: ComfyUISimulator) -> Iterator[httpx.Client]:
    """Give a client of the simulator."""
    with httpx.Client(
        verify=NO_CERTIFICATES, base_url=server.url, timeout=10
    ) as client:
        yield client
