"""`Run`: what is known of one run; it is told messages and does no I/O itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.adapters.comfyui._endings import (
    EndedBadly,
    EndedInterrupted,
    EndedWell,
    RunEnd,
)
from comfy_assets.adapters.comfyui._messages import (
    Message,
    NodeExecuted,
    NodeProgress,
    NodesCached,
    NodesProgressed,
    NodeStarted,
    PictureCame,
    RunFailed,
    RunInterrupted,
    RunLeft,
    RunStarted,
    RunSucceeded,
)
from comfy_assets.adapters.comfyui._outputs import Outputs, read_node_output
from comfy_assets.ports.comfy import OutputImage, RunPreview, RunProgress

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.graph import Workflow, WorkflowNode

#: The highest fraction that a run tells before its images are here.
_BEFORE_IMAGES: Final = 0.99
#: How many steps a sampler counts for where the graph does not say.
_USUAL_STEPS: Final = 20
_MAX_STEPS: Final = 10_000
#: In the class names of nodes that send their pictures instead of saving them, such
#: as ``SaveImageWebsocket`` (ComfyUI) and ``ETN_SendImageWebSocket``.
_SENDS_PICTURES: Final = "imagewebsocket"


class Run:
    """One run of one graph, from the first message to its end.

    Args:
        awaits_start: The run is yet to be posted: what comes before its
            ``execution_start`` tells of an earlier run under the same id, such as one
            that was just interrupted.
    """

    def __init__(self, workflow: Workflow, *, awaits_start: bool = False) -> None:
        #: How the run ended; ``None`` while it has not, or `needs_history`.
        self.end: RunEnd | None = None
        #: The run ended, but what it left is only known to ``/history``.
        self.needs_history = False
        #: Whether the server works at it, as far as was told.
        self.is_at_work = False
        #: The newest picture in the making that nobody took yet.
        self.preview: RunPreview | None = None
        #: Final pictures that came over the WebSocket.
        self.pictures: list[OutputImage] = []
        #: Whether it was heard of from its start to its end.
        self.was_heard = False
        #: Whether some of its pictures only ever come over the WebSocket.
        self.sends_pictures = any(
            _sends_pictures(node) for node in workflow.nodes.values()
        )
        self._nodes = workflow.nodes
        self._weights = {key: _weight(node) for key, node in workflow.nodes.items()}
        self._inner_nodes = {
            link.node_id
            for node in workflow.nodes.values()
            for link in node.links.values()
        }
        self._outputs = Outputs()
        self._was_started = False
        self._awaits_start = awaits_start
        self._current: str | None = None
        self._done: set[str] = set()
        self._cached: set[str] = set()
        self._executed: set[str] = set()
        self._partly_done: dict[str, float] = {}
        #: How far it is, as far as was told.
        self.progress = RunProgress(fraction=0.0)
        self._told_progress: RunProgress | None = None

    @property
    def has_news(self) -> bool:
        """Whether its caller has something to hear or to do."""
        return (
            self.end is not None
            or self.needs_history
            or self.preview is not None
            or (self.is_at_work and self.progress != self._told_progress)
        )

    def take_progress(self) -> RunProgress | None:
        """Return the progress if it is news since the last call."""
        if not self.is_at_work or self.progress == self._told_progress:
            return None
        self._told_progress = self.progress
        return self.progress

    def take_preview(self) -> RunPreview | None:
        """Return the preview if it is news since the last call."""
        preview, self.preview = self.preview, None
        return preview

    def tell(self, message: Message) -> None:  # noqa: C901 - one case a message
        """Take in one message about this run."""
        if self._awaits_start and isinstance(message, RunStarted):
            self._awaits_start = False
        if self.end is not None or self._awaits_start:
            return
        match message:
            case RunStarted():
                self.is_at_work = self._was_started = True
            case NodesCached(node_ids=node_ids):
                self._cached.update(node_ids)
                self._done.update(node_ids)
            case NodeStarted(node_id=node_id):
                self._start_node(node_id)
            case NodesProgressed(nodes=nodes):
                self._advance(nodes)
            case NodeExecuted(node_id=node_id, output=output):
                self._executed.add(node_id)
                if output is not None:
                    more = read_node_output(node_id, output)
                    self._outputs = self._outputs.and_(more)
            case RunSucceeded() | RunLeft():
                # "Left" is the end of a good run on servers before July 2024; after
                #    a bad one it is preceded by the message that says so.
                self._finish()
            case RunFailed():
                self.end = EndedBadly(failure=message)
            case RunInterrupted():
                self.end = EndedInterrupted()
            case PictureCame():
                self._take_picture(message)
        self._compute_progress()

    def _finish(self) -> None:
        """End well, if all that the run left was told; otherwise ask for history."""
        # Servers before August 2024 do not tell what cached output nodes left. Nodes
        # that feed others are not output nodes, as a rule.
        untold = self._cached - self._executed - self._inner_nodes
        self.was_heard = self._was_started
        if self.was_heard and not untold and (self._outputs.images or self.pictures):
            self.end = EndedWell(outputs=self._outputs)
        else:
            self.needs_history = True

    def _start_node(self, node_id: str) -> None:
        self.is_at_work = True
        # One node after the other, as far as servers before July 2025 tell.
        if self._current is not None and self._current != node_id:
            self._done.add(self._current)
        self._current = node_id

    def _advance(self, nodes: tuple[NodeProgress, ...]) -> None:
        self.is_at_work = True
        step = steps = None
        for node in nodes:
            if node.is_finished:
                self._done.add(node.node_id)
            else:
                self._partly_done[node.node_id] = min(node.value / node.maximum, 1.0)
                if node.maximum > 1:
                    step, steps = int(node.value), int(node.maximum)
        self.progress = RunProgress(
            fraction=self.progress.fraction, step=step, steps=steps
        )

    def _compute_progress(self) -> None:
        done = sum(
            weight
            * (1.0 if node_id in self._done else self._partly_done.get(node_id, 0.0))
            for node_id, weight in self._weights.items()
        )
        fraction = _BEFORE_IMAGES * done / sum(self._weights.values())
        # A node that runs twice (tiles, passes) starts again at 0: never fall.
        if fraction > self.progress.fraction:
            self.progress = RunProgress(
                fraction=fraction, step=self.progress.step, steps=self.progress.steps
            )

    def _take_picture(self, picture: PictureCame) -> None:
        # Previews without ids belong to the node that works.
        node_id = picture.node_id or self._current or ""
        node = self._nodes.get(node_id)
        if node is not None and _sends_pictures(node):
            suffix = picture.media_type.removeprefix("image/")
            self.pictures.append(
                OutputImage(
                    data=picture.data,
                    filename=f"{node_id}_{len(self.pictures):05}.{suffix}",
                    node_id=node_id,
                )
            )
        else:
            self.preview = RunPreview(data=picture.data, media_type=picture.media_type)


def _sends_pictures(node: WorkflowNode) -> bool:
    return _SENDS_PICTURES in node.class_type.lower()


def _weight(node: WorkflowNode) -> float:
    """Return what share of the run a node is: a sampler's step counts like a node."""
    if "sampler" not in node.class_type.lower():
        return 1.0
    steps = node.literal("steps")
    if isinstance(steps, int) and 0 < steps <= _MAX_STEPS:
        return float(steps)
    return float(_USUAL_STEPS)
