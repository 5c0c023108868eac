"""`ComfyClientSuite`: the contract of `ComfyClient` as tests any client can run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from anyio import fail_after

from comfy_assets.errors import ComfyUIUnavailableError
from comfy_assets.testing.comfy_client_ends_suite import ComfyClientEndsSuite
from comfy_assets.testing.comfy_client_runs_suite import ComfyClientRunsSuite
from comfy_assets.testing.comfy_client_stage import LIMIT_SECONDS, new_id

if TYPE_CHECKING:
    from comfy_assets.testing.comfy_client_stage import OpenClient


class ComfyClientSuite(ComfyClientRunsSuite, ComfyClientEndsSuite):
    """Subclass it, override the fixture `open_client`, done.

    The client must give up a server that is away after a few seconds. Needs pytest
    with anyio's plugin; each test runs on the event loops that the fixture
    ``anyio_backend`` names.
    """

    #: Whether the stage can take the server away.
    can_lose_server = True

    @pytest.fixture
    def open_client(self) -> OpenClient:
        """Return the factory of clients under test."""
        raise NotImplementedError

    async def test_every_call_to_a_server_that_is_away_says_so(
        self, open_client: OpenClient
    ) -> None:
        """Every method raises `ComfyUIUnavailableError` when the server stays away."""
        if not self.can_lose_server:
            pytest.skip("this server is shared with other tests")
        async with open_client() as stage:
            workflow, client = stage.quick(), stage.client
            await stage.take_server_away()
            with fail_after(LIMIT_SECONDS):
                with pytest.raises(ComfyUIUnavailableError):
                    await client.execute(workflow, prompt_id=new_id())
                with pytest.raises(ComfyUIUnavailableError):
                    await client.upload_image(b"picture", filename="a.png")
                with pytest.raises(ComfyUIUnavailableError):
                    await client.object_info()
                with pytest.raises(ComfyUIUnavailableError):
                    await client.check_health()
            assert await client.capacity() >= 1

    async def test_the_same_upload_is_stored_once(
        self, open_client: OpenClient
    ) -> None:
        """The same bytes under the same name keep it; other bytes get another name."""
        async with open_client() as stage:
            upload = stage.client.upload_image
            first = await upload(b"first picture", filename="reference.png")
            again = await upload(b"first picture", filename="reference.png")
            other = await upload(b"other picture", filename="reference.png")
            assert first == again
            assert other != first

    async def test_the_catalogue_is_a_mapping_of_classes(
        self, open_client: OpenClient
    ) -> None:
        """`object_info` returns the node classes by name."""
        async with open_client() as stage:
            catalogue = await stage.client.object_info()
            assert "SaveImage" in catalogue
            assert all("input" in entry for entry in catalogue.values())

    async def test_health_and_capacity_are_told(self, open_client: OpenClient) -> None:
        """`check_health` answers within seconds; `capacity` is at least 1."""
        async with open_client() as stage:
            with fail_after(LIMIT_SECONDS):
                health = await stage.client.check_health()
            assert health.server
            assert "@" not in health.server
            assert health.state.value == "connected"
            assert await stage.client.capacity() >= 1
