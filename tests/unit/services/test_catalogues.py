"""`ask_catalogue`: what a server says that it can do."""

from __future__ import annotations

from typing import Any

import pytest

import comfy_assets as ca
from comfy_assets.services.catalogues import ask_catalogue
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient

pytestmark = pytest.mark.anyio


async def test_the_classes_are_read() -> None:
    """By their names."""
    comfy = ScriptedComfyClient(object_info={"Empty": {"output": ["IMAGE"]}})
    assert set((await ask_catalogue(comfy)).nodes) == {"Empty"}


async def test_an_answer_that_is_no_catalogue_is_the_servers_fault() -> None:
    """Something else answers at its address."""

    class Stranger(ScriptedComfyClient):
        async def object_info(self) -> Any:
            return ["hello"]

    with pytest.raises(ca.ComfyUIError, match="/object_info is none") as caught:
        await ask_catalogue(Stranger())
    assert isinstance(caught.value.__cause__, ca.PayloadError)
