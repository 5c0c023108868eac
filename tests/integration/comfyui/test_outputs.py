"""What a run left is fetched whole, in order, or missed in plain words."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from comfy_assets.adapters.comfyui import ComfyUIClient
from comfy_assets.domain.identity import PromptId
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import ComfyUIError
from comfy_assets.simulator import ComfyUISimulator
from tests.comfyui_graphs import image_graph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


pytestmark = pytest.mark.anyio

_numbers = count(1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ComfyUISimulator]:
    """Run a simulator whose output folder the test can reach."""
    with ComfyUISimulator(run_seconds=0, output_directory=tmp_path) as server:
        yield server


def _graph(**changes: Any) -> dict[str, Any]:
    return image_graph(color=next(_numbers)) | changes


def _node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def _new_id() -> PromptId:
    return PromptId(str(uuid4()))


async def test_all_images_come_in_the_order_of_the_graph(
    server: ComfyUISimulator,
) -> None:
    """Batches and several output nodes give all their images, saved ones only."""
    graph = _graph(
        a=_node("SaveImage", images=["1", 0], filename_prefix="sub/folder"),
        b=_node("PreviewImage", images=["1", 0]),
    )
    graph["1"]["inputs"]["batch_size"] = 3
    async with ComfyUIClient(server.url) as client:
        images = await client.execute(Workflow.from_api(graph), prompt_id=_new_id())
    assert [image.node_id for image in images] == ["3"] * 3 + ["a"] * 3
    assert all(image.data.startswith(b"\x89PNG") for image in images)


async def test_temporary_images_are_better_than_none(
    server: ComfyUISimulator,
) -> None:
    """A graph that only shows its picture gives that."""
    graph = _graph(**{"3": _node("PreviewImage", images=["2", 0])})
    async with ComfyUIClient(server.url) as client:
        assert await client.execute(Workflow.from_api(graph), prompt_id=_new_id())


async def test_a_file_that_is_gone_is_told(
    server: ComfyUISimulator, tmp_path: Path
) -> None:
    """Of several files the remaining ones come; if none is left, an error says so."""
    graph = _graph()
    graph["1"]["inputs"]["batch_size"] = 2
    workflow, prompt_id = Workflow.from_api(graph), _new_id()
    async with ComfyUIClient(server.url) as client:
        first, second = await client.execute(workflow, prompt_id=prompt_id)
        (tmp_path / first.filename).unlink()
        assert await client.execute(workflow, prompt_id=prompt_id) == [second]
        (tmp_path / second.filename).unlink()
        with pytest.raises(ComfyUIError, match=second.filename) as caught:
            await client.execute(workflow, prompt_id=prompt_id)
    assert not caught.value.transient


async def test_a_name_that_the_server_does_not_give_out_is_told(
    server: ComfyUISimulator,
) -> None:
    """ComfyUI writes ``a..b_00001_.png`` but refuses to show it."""
    workflow = Workflow.from_api(image_graph(color=next(_numbers), prefix="a..b"))
    async with ComfyUIClient(server.url) as client:
        with pytest.raises(ComfyUIError, match="filename_prefix"):
            await client.execute(workflow, prompt_id=_new_id())
