"""The repository in Neo4j; only `_session` knows the driver."""

from __future__ import annotations

from comfy_assets.adapters.neo4j.repository import Neo4jAssetRepository

__all__ = ["Neo4jAssetRepository"]
