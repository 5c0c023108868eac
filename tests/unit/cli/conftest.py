"""A working folder with a small gallery in it, and the command line over it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from attrs import evolve, frozen

from comfy_assets.adapters.files import FileImageStore
from comfy_assets.adapters.sqlite.repository import SqliteAssetRepository
from comfy_assets.cli import main
from comfy_assets.domain.batches import BatchFailure, BatchStatus
from comfy_assets.testing.samples import (
    NOON,
    make_asset,
    make_batch,
    make_configuration,
)
from comfy_assets.testing.small_png import small_png

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch


@frozen
class Printed:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed, read as one JSON document."""
        return json.loads(self.out)


@frozen
class Gallery:
    """What lies in the working folder: assets, and batches of every status."""

    assets: tuple[GalleryAsset, ...]
    batches: dict[BatchStatus, GenerationBatch]


@pytest.fixture
def comfy_assets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Printed]:
    """Return the command line as a function, at work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMFY_ASSETS_REPOSITORY", raising=False)
    monkeypatch.delenv("COMFY_ASSETS_IMAGES", raising=False)

    def run(*words: object) -> Printed:
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Printed(code, out, err)

    return run


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Return what puts bytes on standard input."""

    def put(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return put


@pytest.fixture
def editor_file(comfy_assets: Callable[..., Printed]) -> Path:
    """Write a file of the editor: a checkpoint, and a text for its encoder."""
    document = {
        "nodes": [
            {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["sd15"]},
            {
                "id": 6,
                "type": "CLIPTextEncode",
                "title": "Positive",
                "widgets_values": ["a cat"],
                "inputs": [{"name": "clip", "type": "CLIP", "link": 1}],
            },
        ],
        "links": [[1, 4, 1, 6, 0, "CLIP"]],
        "version": 0.4,
    }
    file = Path("editor.json")
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


@pytest.fixture
def classes_file(comfy_assets: Callable[..., Printed]) -> Path:
    """Write what a server of two classes answers to ``GET /object_info``."""
    classes = {
        "CheckpointLoaderSimple": {
            "input": {"required": {"ckpt_name": [["sd15"]]}},
            "output": ["MODEL", "CLIP", "VAE"],
        },
        "CLIPTextEncode": {
            "input": {"required": {"text": ["STRING", {}], "clip": ["CLIP"]}},
            "output": ["CONDITIONING"],
        },
    }
    file = Path("classes.json")
    file.write_text(json.dumps(classes), encoding="utf-8")
    return file


@pytest.fixture
def gallery(comfy_assets: Callable[..., Printed]) -> Gallery:
    """Fill the working folder's database, where commands look by default."""
    return anyio.run(_fill)


async def _fill() -> Gallery:
    repository = SqliteAssetRepository("comfy-assets.db")
    images = FileImageStore("comfy-assets-images")
    assets = []
    for number in range(2):
        asset = make_asset(seed=7 + number, prompt=f"portrait {number}")
        stored = await images.save(small_png(str(number)), key=asset.image_key)
        asset = evolve(
            asset,
            file_path=stored.file_path,
            thumbnail_path=stored.thumbnail_path,
            width=stored.width,
            height=stored.height,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
        )
        await repository.assets.add(asset)
        assets.append(asset)
    failure = BatchFailure(message="The server is on fire.", error_type="ComfyUIError")
    batches = {
        BatchStatus.QUEUED: make_batch(count=2),
        BatchStatus.COMPLETE: make_batch(status=BatchStatus.COMPLETE, finished_at=NOON),
        BatchStatus.FAILED: make_batch(
            status=BatchStatus.FAILED, finished_at=NOON, failure=failure
        ),
    }
    for batch in batches.values():
        await repository.batches.add(batch)
    await repository.workflows.save(make_configuration())
    await repository.aclose()
    return Gallery(tuple(assets), batches)
