"""Judge a graph before it is queued, with ComfyUI's verdicts (seen on 0.33).

Which nodes exist is in `_catalogue`; one input's value is judged by `_input_values`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from attrs import define, field, frozen

from comfy_assets.simulator._catalogue import NODES
from comfy_assets.simulator._graph import (
    LINK_LENGTH,
    Graph,
    JsonObject,
    find_cycle,
    is_link,
)
from comfy_assets.simulator._input_values import check_value


@frozen(kw_only=True)
class Verdict:
    """What validation found."""

    #: The body's `error` of a 400, or None when the graph may be queued.
    error: JsonObject | None
    #: Ids of the output nodes that are valid and will run.
    outputs: list[str]
    #: `node_errors` of the answer; may be filled for an accepted graph too.
    node_errors: JsonObject


def validate(
    graph: Graph,
    *,
    targets: Collection[str] | None,
    is_known_image: Callable[[str], bool],
) -> Verdict:
    """Judge a graph and convert its values in place, as the real server does.

    Args:
        graph: The API-format graph; accepted values are converted inside it.
        targets: `partial_execution_targets`; None runs every output node.
        is_known_image: Whether `LoadImage` can open this (annotated) name.

    Raises:
        TypeError: When the graph or a node is no object (the server answers 500).
    """
    if not isinstance(graph, dict):
        msg = "the prompt must be an object"
        raise TypeError(msg)
    for node_id, node in graph.items():
        if not isinstance(node, dict):
            msg = f"node {node_id} must be an object"
            raise TypeError(msg)
        if node.get("class_type") not in NODES:
            return _refused(_missing_node_type(node_id, node))
    outputs = [
        node_id
        for node_id, node in graph.items()
        if NODES[node["class_type"]]["output_node"]
        and (targets is None or node_id in targets)
    ]
    if not outputs:
        return _refused(_error("prompt_no_outputs", "Prompt has no outputs"))
    return _judge_outputs(graph, outputs, is_known_image)


def _judge_outputs(
    graph: Graph, outputs: list[str], is_known_image: Callable[[str], bool]
) -> Verdict:
    check = _Check(graph=graph, is_known_image=is_known_image)
    good: list[str] = []
    node_errors: JsonObject = {}
    sentences: list[str] = []
    for output in outputs:
        if check.output(output):
            good.append(output)
            continue
        sentences += [
            f"{reason['message']}: {reason['details']}"
            for reason in check.reasons[output]
        ]
        for node_id, reasons in check.reasons.items():
            if reasons:
                report = node_errors.setdefault(
                    node_id,
                    {
                        "errors": reasons,
                        "dependent_outputs": [],
                        "class_type": graph[node_id]["class_type"],
                    },
                )
                report["dependent_outputs"].append(output)
    error = None
    if not good:
        error = _error(
            "prompt_outputs_failed_validation",
            "Prompt outputs failed validation",
            "\n".join(sentences),
        )
    return Verdict(error=error, outputs=good, node_errors=node_errors)


@define(kw_only=True)
class _Check:
    graph: Graph
    is_known_image: Callable[[str], bool]
    #: What is wrong with each visited node itself; empty for a good node.
    reasons: dict[str, list[JsonObject]] = field(factory=dict)
    #: Whether the node and all above it are good.
    valid: dict[str, bool] = field(factory=dict)

    def output(self, node_id: str) -> bool:
        """Judge an output node and all above it."""
        cycle = find_cycle(self.graph, node_id)
        if cycle:
            self._report_cycle(node_id, cycle)
            return False
        try:
            return self._node(node_id)
        # ComfyUI reports whatever its own check trips over in this form.
        except (LookupError, TypeError) as error:
            self.reasons[node_id] = [
                _reason(
                    "exception_during_validation",
                    "Exception when validating node",
                    str(error),
                    exception_type=type(error).__name__,
                    traceback=[],
                )
            ]
            self.valid[node_id] = False
            return False

    def _node(self, node_id: str) -> bool:
        if node_id in self.valid:
            return self.valid[node_id]
        node = self.graph[node_id]
        class_type: str = node["class_type"]
        declared: JsonObject = NODES[class_type]["input"]
        inputs: JsonObject = node["inputs"]
        reasons: list[JsonObject] = []
        valid = True
        for section in ("required", "optional"):
            for name, config in declared.get(section, {}).items():
                if name not in inputs:
                    if section == "required":
                        reasons.append(_required_input_missing(name))
                elif is_link(inputs[name]):
                    reason, above_is_valid = self._link(name, config, inputs[name])
                    reasons += reason
                    valid = valid and above_is_valid
                else:
                    reasons += self._value(class_type, inputs, name, config)
        self.reasons[node_id] = reasons
        self.valid[node_id] = valid and not reasons
        return self.valid[node_id]

    def _link(
        self, name: str, config: list[Any], link: list[Any]
    ) -> tuple[list[JsonObject], bool]:
        if len(link) != LINK_LENGTH:
            return [
                _reason(
                    "bad_linked_input",
                    "Bad linked input, must be a length-2 list of "
                    "[node_id, slot_index]",
                    name,
                    input_name=name,
                    input_config=config,
                    received_value=link,
                )
            ], True
        source, slot = link
        received = tuple(NODES[self.graph[source]["class_type"]]["output"])[slot]
        if received != config[0]:
            return [
                _reason(
                    "return_type_mismatch",
                    "Return type mismatch between linked nodes",
                    f"{name}, received_type({received}) mismatch "
                    f"input_type({config[0]})",
                    input_name=name,
                    input_config=config,
                    received_type=received,
                    linked_node=link,
                )
            ], True
        try:
            return [], self._node(source)
        # As above, but charged to the node that was being visited.
        except (LookupError, TypeError) as error:
            self.reasons[source] = [
                _reason(
                    "exception_during_inner_validation",
                    "Exception when validating inner node",
                    str(error),
                    input_name=name,
                    input_config=config,
                    exception_message=str(error),
                    exception_type=type(error).__name__,
                    traceback=[],
                    linked_node=link,
                )
            ]
            self.valid[source] = False
            return [], False

    def _value(
        self, class_type: str, inputs: JsonObject, name: str, config: list[Any]
    ) -> list[JsonObject]:
        # LoadImage brings its own check, so a name outside the list is no mistake.
        if class_type == "LoadImage" and name == "image":
            if self.is_known_image(str(inputs[name])):
                return []
            return [
                _reason(
                    "custom_validation_failed",
                    "Custom validation failed for node",
                    f"{name} - Invalid image file: {inputs[name]}",
                    input_name=name,
                )
            ]
        inputs[name], problem = check_value(name, config, inputs[name])
        return [problem] if problem else []

    def _report_cycle(self, output: str, cycle: list[str]) -> None:
        names = [f"{n} ({self.graph[n]['class_type']})" for n in [*cycle, cycle[0]]]
        self.reasons.setdefault(output, [])
        for node_id in cycle:
            self.valid[node_id] = False
            self.reasons[node_id] = [
                _reason(
                    "dependency_cycle",
                    "Dependency cycle detected",
                    " -> ".join(names),
                    node_id=node_id,
                    cycle_nodes=cycle,
                )
            ]


def _refused(error: JsonObject) -> Verdict:
    return Verdict(error=error, outputs=[], node_errors={})


def _missing_node_type(node_id: str, node: JsonObject) -> JsonObject:
    class_type = node.get("class_type")
    title = (node.get("_meta") or {}).get("title")
    called = f"'{title or f'ID #{node_id}'}'"
    if class_type is None:
        message = (
            f"Node {called} has no class_type. The workflow may be corrupted or a "
            "custom node is missing."
        )
    else:
        message = f"Node {called} not found. The custom node may not be installed."
    return _error(
        "missing_node_type",
        message,
        f"Node ID '#{node_id}'",
        node_id=node_id,
        class_type=class_type,
        node_title=title,
    )


def _required_input_missing(name: str) -> JsonObject:
    return _reason(
        "required_input_missing", "Required input is missing", name, input_name=name
    )


def _error(kind: str, message: str, details: str = "", **extra: object) -> JsonObject:
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


_reason = _error
