"""Run one graph, node by node, in the order of frames of ComfyUI 0.33.

Taking runs from the line is `_worker`'s business, what is told `_report`'s.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

from attrs import define, field, frozen

from comfy_assets.simulator import painting
from comfy_assets.simulator._cache import NodeCache, NodeResult, node_keys
from comfy_assets.simulator._fault_state import FaultState, PlannedError
from comfy_assets.simulator._folders import Folders, OutsideFolderError
from comfy_assets.simulator._graph import (
    Graph,
    JsonObject,
    execution_order,
    links_of,
)
from comfy_assets.simulator._nodes import SAMPLERS, change_of, run_node
from comfy_assets.simulator._pace import Pace, reported_steps
from comfy_assets.simulator._queue import QueuedRun, RunQueue
from comfy_assets.simulator._report import RunReport

#: How a run ends.
Ending = Literal["success", "error", "interrupted"]


class InterruptedRunError(Exception):
    """The run was asked to stop."""


@frozen(kw_only=True)
class Stage:
    """What all runs of one server share."""

    #: The line, which knows the wish to interrupt.
    queue: RunQueue
    #: Results of the last graph.
    cache: NodeCache
    #: The server's files.
    folders: Folders
    #: Scripted faults.
    faults: FaultState
    #: How long a run takes, in seconds.
    run_seconds: float
    #: At most so many steps of a sampler are told.
    steps: int
    #: Set when the server goes away.
    stopped: threading.Event


@define(eq=False)
class Execution:
    """One run from `execution_start` to its end sign.

    Args:
        run: What to run.
        stage: What it shares with other runs.
        report: Where it is told.
    """

    _run: QueuedRun
    _stage: Stage
    _report: RunReport
    #: Whether no node had to run.
    is_cached: bool = field(init=False, default=False)
    #: What the nodes may see; see `_nodes.NodeRun`.
    folders: Folders = field(init=False)
    graph: Graph = field(init=False)
    extra_pnginfo: Mapping[str, object] = field(init=False)
    kind: str = field(init=False)
    _pace: Pace = field(init=False)
    _node_id: str = field(init=False, default="")
    _results: dict[str, NodeResult] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self.folders = self._stage.folders
        self.graph = self._run.graph
        self.extra_pnginfo = self._run.extra_data.get("extra_pnginfo") or {}
        self.kind = _kind_of(self.graph)

    def perform(self) -> Ending:
        """Run the graph and tell of it up to its end sign.

        Raises:
            RunLostError: When the server went away.
        """
        stage, report = self._stage, self._report
        order = execution_order(self.graph, self._run.outputs)
        keys = node_keys(self.graph, order, self._change_of)
        cached = {n: r for n in order if (r := stage.cache.get(keys[n])) is not None}
        self._results.update(cached)
        report.lifecycle("execution_start")
        report.lifecycle("execution_cached", nodes=list(cached))
        waiting = [node_id for node_id in order if node_id not in cached]
        self.is_cached = not waiting
        self._pace = Pace(
            stage.run_seconds, max(1, self._count_parts(waiting)), stage.stopped
        )
        try:
            for node_id in order:
                if node_id not in cached:
                    self._results[node_id] = self._run_one(node_id)
                    stage.cache.put(keys[node_id], self._results[node_id])
                elif node_id in self._run.outputs:
                    report.node_cached(node_id, cached[node_id])
        except InterruptedRunError:
            report.lifecycle("execution_interrupted", **self._where())
            return "interrupted"
        # Whatever a node trips over ends its run, not the server.
        except (OSError, ValueError, OutsideFolderError, PlannedError) as error:
            report.lifecycle("execution_error", **self._where(), **self._why(error))
            return "error"
        finally:
            stage.cache.keep_only(set(keys.values()))
        report.lifecycle("execution_success")
        return "success"

    def take_steps(self, steps: int, preview: painting.Preview | None) -> None:
        """Let the time of a sampler pass, and tell of it step by step."""
        wanted = self._run.extra_data.get("preview_method") != "none"
        for step in reported_steps(steps, self._stage.steps):
            self._pace.wait()
            self._stop_if_interrupted()
            picture = None
            if preview and wanted and self._report.is_watched():
                picture = self._report.picture(
                    self._node_id, preview.at(step / steps), "image/jpeg"
                )
            self._report.node_stepped(
                self._node_id, value=step, maximum=steps, picture=picture
            )

    def send_pictures(self, pictures: Sequence[bytes]) -> None:
        """Send finished PNG files to the client's socket."""
        for index, data in enumerate(pictures):
            self._report.node_stepped(
                self._node_id,
                value=index,
                maximum=len(pictures),
                picture=self._report.picture(self._node_id, data, "image/png"),
            )

    def _run_one(self, node_id: str) -> NodeResult:
        node = self.graph[node_id]
        self._node_id = node_id
        self._report.node_started(node_id)
        self._stop_if_interrupted()
        if node["class_type"] in SAMPLERS or not self._has_samplers():
            planned = self._stage.faults.take_planned_error()
            if planned:
                raise planned
        result = run_node(node["class_type"], self._inputs_of(node_id), self)
        if not self._has_samplers():
            self._pace.wait()
        self._report.node_finished(node_id, result)
        return result

    def _inputs_of(self, node_id: str) -> JsonObject:
        linked = {
            name: self._results[source].outputs[slot]
            for name, (source, slot) in links_of(self.graph, node_id).items()
        }
        inputs: JsonObject = self.graph[node_id]["inputs"]
        return inputs | linked

    def _change_of(self, node_id: str) -> str | None:
        node = self.graph[node_id]
        return change_of(
            node["class_type"], node["inputs"], folders=self.folders, kind=self.kind
        )

    def _has_samplers(self) -> bool:
        return any(node["class_type"] in SAMPLERS for node in self.graph.values())

    def _count_parts(self, node_ids: Sequence[str]) -> int:
        if not self._has_samplers():
            return len(node_ids)
        return sum(
            len(reported_steps(node["inputs"]["steps"], self._stage.steps))
            for node in map(self.graph.__getitem__, node_ids)
            if node["class_type"] in SAMPLERS
        )

    def _stop_if_interrupted(self) -> None:
        if self._stage.queue.is_interrupted:
            raise InterruptedRunError

    def _where(self) -> JsonObject:
        return {
            "node_id": self._node_id,
            "node_type": self.graph[self._node_id]["class_type"],
            "executed": list(self._report.executed),
        }

    def _why(self, error: Exception) -> JsonObject:
        kind = type(error).__name__
        if isinstance(error, PlannedError):
            kind = error.exception_type
        elif isinstance(error, OutsideFolderError):
            kind = "Exception"
        inputs = self.graph[self._node_id]["inputs"]
        return {
            "exception_message": f"{error}\n",
            "exception_type": kind,
            "traceback": traceback.format_tb(error.__traceback__),
            "current_inputs": {name: [value] for name, value in inputs.items()},
            "current_outputs": list(self.graph),
        }


def _kind_of(graph: Graph) -> str:
    """Read the kind of picture from the folders of a `filename_prefix`."""
    for node in graph.values():
        prefix = (node.get("inputs") or {}).get("filename_prefix")
        if isinstance(prefix, str):
            for part in PurePosixPath(prefix).parts:
                if part in painting.KINDS:
                    return part
    return ""
