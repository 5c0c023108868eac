"""`ComfyClient`: what a client gets by inheriting from the port."""

from __future__ import annotations

import pytest

import comfy_assets as ca

pytestmark = pytest.mark.anyio


class Plain(ca.ComfyClient):
    """A client that needs nothing in the background."""


async def test_a_client_without_tasks_of_its_own_need_not_care_for_entering() -> None:
    """Entering gives the client itself, and leaving hides no error."""
    client = Plain()
    assert client.on_state_change is None

    async def fail_inside() -> None:
        async with client as entered:
            assert entered is client
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_inside()
