"""A game that has a graph already, and keeps its pictures in it.

The game's own nodes, ``Character`` and ``Location``, stay the game's: comfy_assets ties
its assets to them and names the active one on them. Needs a Neo4j of 5.26 or later, in
which no host is at work:

    NEO4J_URI=bolt://127.0.0.1:7687 NEO4J_PASSWORD=... python examples/neo4j_host.py

Everything that the example makes in the database, it deletes in the end.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import anyio
import neo4j

import comfy_assets as ca
from comfy_assets.simulator import ComfyUISimulator

WORLD: Final = "neo4j-host-example"
MARCUS: Final = ca.EntityRef("Character", f"{WORLD}/marcus")
TAVERN: Final = ca.EntityRef("Location", f"{WORLD}/tavern")


async def main() -> None:
    """Paint a portrait and a backdrop, and read them as the game reads its graph."""
    uri = os.environ.get("NEO4J_URI")
    if uri is None:
        print("Set NEO4J_URI (and NEO4J_USERNAME, NEO4J_PASSWORD) to run this example.")
        return
    auth = (
        os.environ.get("NEO4J_USERNAME", "neo4j"),
        os.environ.get("NEO4J_PASSWORD", ""),
    )
    async with neo4j.AsyncGraphDatabase.driver(uri, auth=auth) as game:
        await make_world(game)
        try:
            with ComfyUISimulator() as comfyui:
                await paint(comfyui.url, uri, auth)
            await read(game)
        finally:
            await unmake_world(game)


async def make_world(game: neo4j.AsyncDriver) -> None:
    """Make the game's own nodes. Their ids have an index, as they should anyway."""
    for label in ("Character", "Location"):
        # Labels cannot be parameters; these two are ours.
        index = f"CREATE INDEX IF NOT EXISTS FOR (n:{label}) ON (n.id)"
        await game.execute_query(index)
    await game.execute_query(
        "MERGE (c:Character {id: $marcus}) SET c.name = 'Marcus' "
        "MERGE (l:Location {id: $tavern}) SET l.name = 'The Gilded Flask' "
        "MERGE (c)-[:WORKS_IN]->(l)",
        marcus=MARCUS.entity_id,
        tavern=TAVERN.entity_id,
    )


async def paint(comfyui: str, uri: str, auth: tuple[str, str]) -> None:
    """Let the library paint for the game's entities, and choose what is shown."""
    graph = Path(__file__).with_name("portrait.json")
    with tempfile.TemporaryDirectory() as folder:
        system = ca.AssetSystem(
            comfy=ca.ComfyUIClient(comfyui),
            repository=ca.Neo4jAssetRepository(
                uri,
                auth=auth,
                # Entity type: the label of the game's nodes, and where their id is.
                entity_labels={
                    "Character": ("Character", "id"),
                    "Location": ("Location", "id"),
                },
            ),
            images=ca.FileImageStore(folder),
        )
        async with system:
            for entity, kind, prompt in (
                (MARCUS, ca.AssetType.PORTRAIT, "a grizzled bartender"),
                (TAVERN, ca.AssetType.BACKDROP, "a smoky tavern at night"),
            ):
                slot = f"custom:{WORLD}"
                await system.workflows.put(slot, graph)
                batch = await system.generation.submit(
                    ca.GenerationRequest(
                        world_id=WORLD,
                        entity=entity,
                        asset_type=kind,
                        prompt=prompt,
                        slot=slot,
                    )
                )
                (picture,) = await system.generation.result(batch.id)
                await system.assets.activate(picture.id)


async def read(game: neo4j.AsyncDriver) -> None:
    """Read with the game's own driver what the library tied to its nodes."""
    found = await game.execute_query(
        "MATCH (c:Character {id: $marcus})-[:WORKS_IN]->(l:Location) "
        "MATCH (face:GalleryAsset {id: c.portrait_asset}) "
        "MATCH (scene:GalleryAsset {id: l.backdrop_asset}) "
        "RETURN c.name AS who, face.file_path AS face, "
        "l.name AS place, scene.file_path AS scene",
        marcus=MARCUS.entity_id,
    )
    (row,) = found.records
    print(f"{row['who']} looks like {row['face']}")
    print(f"{row['place']} looks like {row['scene']}")


async def unmake_world(game: neo4j.AsyncDriver) -> None:
    """Delete what the example made."""
    await game.execute_query(
        "MATCH (n) WHERE (n:Character OR n:Location) AND n.id IN $ids DETACH DELETE n",
        ids=[MARCUS.entity_id, TAVERN.entity_id],
    )
    await game.execute_query(
        "MATCH (n:GalleryAsset|GenerationBatch {world_id: $world}) DETACH DELETE n",
        world=WORLD,
    )
    await game.execute_query(
        "MATCH (n:WorkflowConfiguration {slot: $slot}) DETACH DELETE n",
        slot=f"custom:{WORLD}",
    )


if __name__ == "__main__":
    anyio.run(main)
