"""`StylePreparer`: what one batch needs of its style reference."""

from __future__ import annotations

import pytest

import comfy_assets as ca
from comfy_assets.services.style import StylePreparer
from tests.studio import open_studio, portrait_request

pytestmark = pytest.mark.anyio


async def test_without_a_reference_nothing_is_prepared() -> None:
    """Most requests have none."""
    async with open_studio(works=False) as studio:
        preparer = StylePreparer(studio.repository, studio.images, studio.comfy)
        configuration = await studio.system.workflows.get("portrait")
        assert await preparer.prepare(configuration, portrait_request()) is None


async def test_a_reference_deleted_meanwhile_fails_the_batch() -> None:
    """It was there at submission, and is gone when the batch begins."""
    async with open_studio() as studio:
        (reference,) = await studio.painted()
        request = portrait_request(style_reference_id=reference.id)
        await studio.system.assets.delete(reference.id)
        preparer = StylePreparer(studio.repository, studio.images, studio.comfy)
        configuration = await studio.system.workflows.get("portrait")
        with pytest.raises(ca.AssetNotFoundError):
            await preparer.prepare(configuration, request)
