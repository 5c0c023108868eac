"""Saving a batch together with the assets that it brings, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen

from comfy_assets.adapters.neo4j import _adding
from comfy_assets.adapters.neo4j._batch_nodes import read_batch, write_batch
from comfy_assets.adapters.neo4j._locks import lock
from comfy_assets.adapters.neo4j._session import TakenError
from comfy_assets.errors import BatchNotFoundError, StaleBatchError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.adapters.neo4j._hosts import HostEntities
    from comfy_assets.adapters.neo4j._session import Server
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch

    Nodes = Sequence[Mapping[str, Any]]

GET: Final = "MATCH (b:GenerationBatch {id: $id}) RETURN properties(b) AS node"
_SAVE: Final = f"""
MATCH (b:GenerationBatch {{id: $id}})
{lock("b")}
WITH b, b.version = $version AND b.fence = $fence AS is_fresh
SET b = $properties
"""
# Of a batch that is not fresh they are left out, so that nothing else is told of it.
_ROWS: Final = "CASE WHEN is_fresh THEN $assets ELSE [] END"


def statement_for(assets: Sequence[GalleryAsset], hosts: HostEntities) -> str:
    """Return the statement that saves a batch with these assets."""
    if not assets:
        return f"{_SAVE} RETURN is_fresh, [] AS discarded"
    creation = _adding.creation(assets, hosts, rows=_ROWS)
    return (
        f"{_adding.locks_for(assets)} {_SAVE} WITH is_fresh "
        f"CALL (is_fresh) {{ {creation} "
        "RETURN collect(CASE WHEN was_discarded THEN a.id END) AS discarded } "
        "RETURN is_fresh, discarded"
    )


async def save(
    server: Server,
    hosts: HostEntities,
    batch: GenerationBatch,
    assets: Sequence[GalleryAsset],
) -> GenerationBatch:
    """Save a batch with the assets that it brings, as the port has it.

    Raises:
        StaleBatchError: When version or fence differ from the stored ones.
        BatchNotFoundError: When no batch has the id.
        RepositoryError: When an asset's id belongs to another value, or was discarded.
    """
    saving = _Saving(server=server, hosts=hosts, batch=batch)
    while True:
        try:
            return await saving.write(assets)
        except TakenError as error:
            # What is stored already, and equal, need not be stored again.
            assets = await _adding.leave_out_stored(
                server, assets, saving.operation, error
            )


@frozen(kw_only=True)
class _Saving:
    """One batch on its way into the database."""

    _server: Server
    _hosts: HostEntities
    _batch: GenerationBatch
    _saved: GenerationBatch = field(init=False)

    @_saved.default
    def _count_up(self) -> GenerationBatch:
        return evolve(self._batch, version=self._batch.version + 1)

    @property
    def operation(self) -> str:
        """What is tried, for the sentence of an error."""
        return f"save batch {self._batch.id}"

    async def write(self, assets: Sequence[GalleryAsset]) -> GenerationBatch:
        """Store batch and assets, all or nothing; return the batch as it is stored.

        Raises:
            TakenError: When the id of an asset is taken.
        """
        statement = statement_for(assets, self._hosts)
        parameters = {
            "id": self._batch.id,
            "version": self._batch.version,
            "fence": self._batch.fence,
            "properties": write_batch(self._saved),
            **_adding.parameters_of(assets, self._hosts),
        }

        async def settle() -> GenerationBatch:
            # Saved a second time it would look as if somebody else had been there.
            if await self._is_stored():
                return self._saved
            return await self._server.write(
                self.operation, statement, parameters, self._take
            )

        return await self._server.write(
            self.operation, statement, parameters, self._take, when_unsure=settle
        )

    def _take(self, rows: Nodes) -> GenerationBatch:
        if not rows:
            raise BatchNotFoundError(self._batch.id)
        if not rows[0]["is_fresh"]:
            raise StaleBatchError(self._batch.id)
        _adding.check_none_discarded(rows[0]["discarded"], self.operation)
        return self._saved

    async def _is_stored(self) -> bool:
        def take(rows: Nodes) -> bool:
            # Its claim may have been renewed since.
            return bool(rows) and evolve(
                read_batch(rows[0]["node"]), claim=None
            ) == evolve(self._saved, claim=None)

        return await self._server.read(
            self.operation, GET, {"id": self._batch.id}, take
        )
