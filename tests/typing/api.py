"""The public types as a host's author sees them: checked by mypy and pyright, not run.

Each function is something that a host writes; when it no longer type-checks, or a type
got vaguer than stated here, the public face has changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, assert_never, assert_type

import comfy_assets as ca

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Any, Self


async def embed(url: str) -> None:
    """Run a system with everything given, from a request to the active asset."""
    async with ca.AssetSystem(
        comfy=ca.ComfyUIClient(url),
        repository=ca.SqliteAssetRepository("game.db"),
        images=ca.FileImageStore(Path("assets")),
        sinks=[Sink()],
        owner="my-game",
        retry=ca.RetryPolicy(max_retries=5),
        breaker=ca.CircuitBreaker(),
    ) as system:
        assert_type(system, ca.AssetSystem)
        configuration = await system.workflows.put(
            "portrait",
            Path("portrait.json"),
            input_defaults=[ca.InputDefault(target="KSampler.steps", value=20)],
            locked_inputs=[ca.LockedInput(target="KSampler.cfg", value=7.5)],
            style_reference_mapping=ca.Disabled(),
        )
        assert_type(configuration, ca.WorkflowConfiguration)
        batch = await system.generation.submit(
            ca.GenerationRequest(
                world_id="vale",
                entity=ca.EntityRef("Character", "marcus"),
                asset_type=ca.AssetType.PORTRAIT,
                prompt="a grizzled bartender",
                count=4,
                seed=7,
                context={"name": "Marcus"},
                overrides={"KSampler.steps": 30},
            )
        )
        assert_type(batch, ca.GenerationBatch)
        assert_type(batch.id, ca.BatchId)
        assert_type(batch.status, ca.BatchStatus)
        assert_type(
            await system.generation.result(batch.id), tuple[ca.GalleryAsset, ...]
        )
        page = await system.assets.find(ca.AssetQuery(world_id="vale"), limit=10)
        assert_type(page, ca.Page[ca.GalleryAsset])
        assert_type(await system.assets.activate(page.items[0].id), ca.GalleryAsset)
        assert_type(await system.assets.open_image(page.items[0].id), bytes)
        assert_type(await system.health.check(), ca.ComfyUIHealth)


async def in_memory(client: ca.ComfyClient) -> None:
    """Anything that fits the port will do, and everything else has a default."""
    async with ca.AssetSystem(comfy=client) as system:
        assert_type(system.health.state, ca.ComfyUIState)


async def listen(hub: ca.EventHub) -> None:
    """A subscription knows which kinds of events it was made for."""
    async with hub.subscribe() as everything:
        async for event in everything:
            assert_type(tell(event), str)
    async with hub.subscribe(ca.GenerationProgress) as one_kind:
        assert_type(one_kind, ca.Subscription[ca.GenerationProgress])
        assert_type(one_kind.poll(), list[ca.GenerationProgress])
    async with hub.subscribe(ca.GenerationComplete, ca.GenerationFailed) as two_kinds:
        async for ending in two_kinds:
            assert_type(ending, ca.GenerationComplete | ca.GenerationFailed)


def tell(event: ca.AnyEvent) -> str:
    """The union is closed: a checker tells the host when a new event appears."""
    match event:
        case ca.GenerationQueued(position=position):
            said: str = str(position)
        case ca.GenerationProgress(fraction=fraction):
            said = f"{fraction:.0%}"
        case ca.GenerationPreview(data=data):
            said = str(len(data))
        case ca.GenerationComplete(assets=assets):
            assert_type(assets, tuple[ca.GalleryAsset, ...])
            said = str(len(assets))
        case ca.GenerationFailed(error=error):
            said = error
        case ca.GenerationCancelled(batch_id=batch_id):
            assert_type(batch_id, ca.BatchId)
            said = batch_id
        case ca.AssetActivated(asset_type=kind) | ca.AssetDeleted(asset_type=kind):
            assert_type(kind, ca.AssetType)
            said = kind
        case ca.ComfyUIStateChanged(state=state):
            assert_type(state, ca.ComfyUIState)
            said = state
        case _:
            assert_never(event)
    return said


def open_from_setting(url: str) -> ca.AssetRepository:
    """A URL gives the port, whatever adapter is behind it."""
    return ca.open_repository(url)


def errors_have_one_root(error: ca.WorkflowRejectedError) -> ca.ComfyAssetsError:
    """One ``except`` catches all of ours, and the class says if waiting may help."""
    assert_type(error.transient, bool)
    return error


class Sink:
    """An event sink merely fits the port; it inherits nothing."""

    async def publish(self, event: ca.AnyEvent) -> None:
        """Take an event."""


class Client:
    """A client of a host's own, by the port's shape alone."""

    on_state_change: Callable[[ca.ComfyUIState, str], None] | None = None

    @property
    def server(self) -> str:
        """An address."""
        return "mine"

    async def __aenter__(self) -> Self:
        """Start."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """End."""
        return None

    async def execute(
        self,
        workflow: ca.Workflow,
        *,
        prompt_id: ca.PromptId,
        is_new: bool = False,
        on_progress: Callable[[ca.RunProgress], None] | None = None,
        on_preview: Callable[[ca.RunPreview], None] | None = None,
    ) -> Sequence[ca.OutputImage]:
        """Run."""
        return [ca.OutputImage(data=b"", filename=prompt_id, node_id="9")]

    async def upload_image(self, data: bytes, *, filename: str) -> str:
        """Upload."""
        return filename

    async def object_info(self) -> Mapping[str, Any]:
        """Look up."""
        return {}

    async def check_health(self) -> ca.ComfyUIHealth:
        """Check."""
        return ca.ComfyUIHealth(server=self.server, state=ca.ComfyUIState.CONNECTED)

    async def capacity(self) -> int:
        """Count."""
        return 1


async def bring_your_own() -> None:
    """What fits a port is taken for it, without a base class."""
    await in_memory(Client())
