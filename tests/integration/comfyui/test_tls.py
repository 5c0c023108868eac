"""A server behind TLS is reached like any other, if its certificate is trusted."""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest
import trustme
from anyio.abc import SocketAttribute
from anyio.streams.tls import TLSListener

from comfy_assets.adapters.comfyui import ComfyUIClient
from comfy_assets.domain.events import ComfyUIState
from comfy_assets.domain.identity import PromptId
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import ComfyUIUnavailableError
from comfy_assets.simulator import ComfyUISimulator
from tests.comfyui_graphs import image_graph

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from anyio.abc import ByteStream

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Make a certificate authority that no machine knows."""
    return trustme.CA()


@pytest.fixture
def simulator() -> Iterator[ComfyUISimulator]:
    """Run a ComfyUI."""
    with ComfyUISimulator(run_seconds=0) as simulator:
        yield simulator


@pytest.fixture
async def url(authority: trustme.CA, simulator: ComfyUISimulator) -> AsyncIterator[str]:
    """Put TLS before the simulator, as nginx does; return the address of that."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    plain = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = plain.extra(SocketAttribute.local_port)  # noqa: S610 - no Django here

    async def relay(client: ByteStream) -> None:
        server_port = int(simulator.url.rpartition(":")[2])
        async with (
            client,
            await anyio.connect_tcp("127.0.0.1", server_port) as server,
            anyio.create_task_group() as ways,
        ):
            ways.start_soon(_pump, client, server)
            await _pump(server, client)
            ways.cancel_scope.cancel()

    async with anyio.create_task_group() as serving:
        listener = TLSListener(plain, tls, standard_compatible=False)
        serving.start_soon(listener.serve, relay)
        yield f"https://127.0.0.1:{port}"
        serving.cancel_scope.cancel()
    await listener.aclose()


async def _pump(source: ByteStream, sink: ByteStream) -> None:
    with suppress(anyio.EndOfStream, anyio.BrokenResourceError):
        while True:
            await sink.send(await source.receive())


async def test_a_machine_that_trusts_the_authority_reaches_its_server(
    url: str,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HTTP and WebSocket both: the run is heard of and its image comes over."""
    authority.cert_pem.write_to_path(tmp_path / "studio.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "studio.pem"))
    fractions = []

    async with ComfyUIClient(url) as client:
        health = await client.check_health()
        images = await client.execute(
            Workflow.from_api(image_graph(color=1)),
            prompt_id=PromptId(str(uuid4())),
            on_progress=lambda progress: fractions.append(progress.fraction),
        )
    # Not followed by polling: the WebSocket stands as well.
    assert health.state is ComfyUIState.CONNECTED
    assert len(images) == 1
    assert fractions[-1] == 1.0


async def test_a_certificate_that_nobody_trusts_is_refused(url: str) -> None:
    """The sentence says what is wrong, and how to trust it."""
    async with ComfyUIClient(url) as client:
        with pytest.raises(ComfyUIUnavailableError, match="SSL_CERT_FILE") as caught:
            await client.check_health()
    assert "certificate verify failed" in str(caught.value)
