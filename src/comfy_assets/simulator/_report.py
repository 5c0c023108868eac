"""Tell of one run: frames to its owner, and the entry `/history` keeps.

The order in which things are told is decided in `_execution` and `_worker`.
"""

from __future__ import annotations

import time

from attrs import define, field

from comfy_assets.simulator._cache import NodeResult
from comfy_assets.simulator._graph import JsonObject
from comfy_assets.simulator._queue import QueuedRun
from comfy_assets.simulator._sockets import Picture, SocketHub


@define(eq=False)
class RunReport:
    """What is told about one run, and to whom.

    Lifecycle frames go to the owner alone, so to nobody for a run without
    `client_id`; progress, previews and interruptions of such a run go to everybody
    (0.33).

    Args:
        hub: Where frames go.
        run: The run to tell about.
    """

    _hub: SocketHub
    _run: QueuedRun
    #: The node that is running, for a socket that comes back.
    current_node: str | None = field(init=False, default=None)
    #: Ids of the nodes that were run, in order.
    executed: list[str] = field(init=False, factory=list)
    _messages: list[list[object]] = field(init=False, factory=list)
    _outputs: JsonObject = field(init=False, factory=dict)
    _meta: JsonObject = field(init=False, factory=dict)
    _states: dict[str, JsonObject] = field(init=False, factory=dict)

    @property
    def owner(self) -> object:
        """The `client_id` of the run, or None."""
        return self._run.extra_data.get("client_id")

    def lifecycle(self, event: str, **data: object) -> None:
        """Send a lifecycle frame and keep it for `/history`."""
        data = {
            "prompt_id": self._run.prompt_id,
            **data,
            "timestamp": milliseconds(),
        }
        self._messages.append([event, data])
        if self.owner is not None or event == "execution_interrupted":
            self._hub.post_text(event, data, self.owner)

    def node_started(self, node_id: str) -> None:
        """Tell that a node runs."""
        self.current_node = node_id
        self._tell_state(node_id, value=0.0, maximum=1.0, state="running")
        self._to_owner("executing", node=node_id, display_node=node_id)

    def node_stepped(
        self, node_id: str, *, value: int, maximum: int, picture: Picture | None
    ) -> None:
        """Tell of a node's progress, with a picture if there is one."""
        self._tell_state(node_id, value=value, maximum=maximum, state="running")
        # A client with metadata gets the picture first, others get it last (0.33).
        picture_first = self._hub.supports_metadata(self.owner)
        if picture and picture_first:
            self._hub.post_picture(picture, self.owner)
        progress = {
            "value": value,
            "max": maximum,
            "prompt_id": self._run.prompt_id,
            "node": node_id,
        }
        self._hub.post_text("progress", progress, self.owner)
        if picture and not picture_first:
            self._hub.post_picture(picture, self.owner)

    def node_finished(self, node_id: str, result: NodeResult) -> None:
        """Tell that a node is done, and what it made."""
        if result.ui is not None:
            self._tell_output(node_id, result)
        state = self._states[node_id]
        maximum = state["max"]
        self._tell_state(node_id, value=maximum, maximum=maximum, state="finished")
        self.executed.append(node_id)

    def node_cached(self, node_id: str, result: NodeResult) -> None:
        """Tell what an output node made in an earlier run."""
        self._tell_output(node_id, result)
        self._tell_state(node_id, value=1, maximum=1, state="finished")

    def run_ended(self) -> None:
        """Send the last frame about the run: `executing` without a node."""
        self.current_node = None
        self._to_owner("executing", node=None)

    def is_watched(self) -> bool:
        """Say whether anybody gets the previews of this run."""
        return self._hub.has_listener(self.owner)

    def picture(self, node_id: str, data: bytes, media_type: str) -> Picture:
        """Wrap a picture that a node sends."""
        metadata = {
            "node_id": node_id,
            "prompt_id": self._run.prompt_id,
            "display_node_id": node_id,
            "parent_node_id": None,
            "real_node_id": node_id,
        }
        return Picture(data=data, media_type=media_type, metadata=metadata)

    def history_entry(self, *, is_success: bool) -> JsonObject:
        """Return what `/history` keeps beside the run itself."""
        return {
            "outputs": self._outputs,
            "status": {
                "status_str": "success" if is_success else "error",
                "completed": is_success,
                "messages": self._messages,
            },
            "meta": self._meta,
        }

    def _tell_output(self, node_id: str, result: NodeResult) -> None:
        if result.ui is not None:
            self._outputs[node_id] = result.ui
            self._meta[node_id] = {
                "node_id": node_id,
                "display_node": node_id,
                "parent_node": None,
                "real_node_id": node_id,
            }
        self._to_owner("executed", node=node_id, display_node=node_id, output=result.ui)

    def _tell_state(
        self, node_id: str, *, value: float, maximum: float, state: str
    ) -> None:
        self._states[node_id] = {
            "value": value,
            "max": maximum,
            "state": state,
            "node_id": node_id,
            "prompt_id": self._run.prompt_id,
            "display_node_id": node_id,
            "parent_node_id": None,
            "real_node_id": node_id,
        }
        data = {"prompt_id": self._run.prompt_id, "nodes": self._states}
        self._hub.post_text("progress_state", data, self.owner)

    def _to_owner(self, event: str, **data: object) -> None:
        if self.owner is not None:
            data["prompt_id"] = self._run.prompt_id
            self._hub.post_text(event, data, self.owner)


def milliseconds() -> int:
    """Return the time of day as ComfyUI stamps it: Unix time in milliseconds."""
    return time.time_ns() // 1_000_000
