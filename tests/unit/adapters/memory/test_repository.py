"""`MemoryAssetRepository`: what the contract suite cannot ask."""

from __future__ import annotations

import gc
import weakref

import pytest

from comfy_assets.adapters.memory import MemoryAssetRepository
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.errors import RepositoryError
from comfy_assets.testing.samples import make_asset, make_batch, make_configuration

pytestmark = pytest.mark.anyio


async def test_closing_forgets_what_was_stored() -> None:
    """A closed repository keeps no value alive, though someone still holds it."""
    repository = MemoryAssetRepository()
    asset, batch, configuration = make_asset(), make_batch(), make_configuration()
    await repository.assets.add(asset)
    await repository.assets.activate(asset.id)
    batch = await repository.batches.add(batch)
    await repository.workflows.save(configuration)
    of_batch, of_configuration = weakref.ref(batch), weakref.ref(configuration)
    del asset, batch, configuration
    await repository.aclose()
    gc.collect()
    assert of_batch() is None
    assert of_configuration() is None


async def test_the_error_of_a_closed_repository_names_the_call() -> None:
    """The sentence says what was tried and what to do."""
    repository = MemoryAssetRepository()
    await repository.aclose()
    with pytest.raises(RepositoryError) as caught:
        await repository.assets.count(AssetQuery())
    assert str(caught.value) == (
        "The repository could not count assets: it was closed; open a new one"
    )


async def test_two_repositories_share_nothing() -> None:
    """What is stored in one is not in another."""
    one, two = MemoryAssetRepository(), MemoryAssetRepository()
    await one.assets.add(make_asset())
    assert await two.assets.count(AssetQuery()) == 0
