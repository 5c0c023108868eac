"""`Fault`: one thing that is wrong with a workflow, and the list that collects them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import define, field, frozen


class Severity(StrEnum):
    """What a fault leads to."""

    #: The server refuses the workflow, or drops an output of it.
    ERROR = "error"
    #: The server takes it, but does something else than meant, or fails on the way.
    WARNING = "warning"


class FaultKind(StrEnum):
    """What is wrong; ComfyUI's own word where it has one (``node_errors``, 0.33)."""

    #: The whole is no graph in API format.
    MALFORMED_GRAPH = "malformed_graph"
    #: A node is no mapping, has no class, or has odd ``inputs``.
    MALFORMED_NODE = "malformed_node"
    #: The server does not have the class; a custom node or a newer server is missing.
    MISSING_CLASS = "missing_node_type"
    #: No node of it puts anything out.
    NO_OUTPUTS = "prompt_no_outputs"
    #: Nodes depend on themselves.
    CYCLE = "dependency_cycle"
    #: More nodes stand behind each other than the server can follow.
    TOO_DEEP = "too_deep"
    #: A required input is absent.
    MISSING_INPUT = "required_input_missing"
    #: A link is misspelt, or leads to no node or no output.
    BAD_LINK = "bad_linked_input"
    #: An output of another type is linked.
    TYPE_MISMATCH = "return_type_mismatch"
    #: A value cannot be read as the input's type.
    INVALID_VALUE = "invalid_input_type"
    #: A number is below the input's minimum.
    TOO_SMALL = "value_smaller_than_min"
    #: A number is above the input's maximum.
    TOO_LARGE = "value_bigger_than_max"
    #: A value is none of the input's choices.
    NOT_LISTED = "value_not_in_list"
    #: The server does not have the model file that is chosen.
    MISSING_MODEL = "missing_model"
    #: The server does not have the picture, video, sound … that is to be loaded.
    MISSING_FILE = "missing_file"
    #: The class itself says no.
    CLASS_CHECK = "custom_validation_failed"
    #: A value becomes another one on its way, as ``"false"`` counts as true.
    CHANGED_VALUE = "changed_value"
    #: A number is NaN; what comes out is black or noise.
    NOT_A_NUMBER = "not_a_number"
    #: The class has no such input; the server ignores it.
    UNKNOWN_INPUT = "unknown_input"
    #: A plain value stands where only a link makes sense.
    LITERAL_FOR_LINK = "literal_for_link"
    #: A choice that decides about further inputs is absent or none of the choices.
    UNKNOWN_KEY = "unknown_key"


@frozen(kw_only=True)
class Fault:
    """One thing that is wrong with a workflow; ``str(fault)`` is its sentence."""

    #: Whether the server refuses for it.
    severity: Severity
    #: What is wrong.
    kind: FaultKind
    #: The node at fault; ``None`` where it is the whole.
    node_id: str | None = None
    #: The input at fault, dots included; ``None`` where it is the node.
    input_name: str | None = None
    #: Where it is, what is wrong and what to do, for a person.
    sentence: str
    #: What may have been meant, likeliest first; class names, file names, choices,
    #: input names, or links written as in the graph.
    suggestions: tuple[str, ...] = ()
    #: False where files on the server's disk, or code of the class that no catalogue
    #: tells of, may lead to another verdict.
    is_certain: bool = True

    def __str__(self) -> str:
        return self.sentence


@define(kw_only=True)
class Findings:
    """The faults found so far, told with the node's title and class."""

    nodes: Mapping[str, Any]
    faults: list[Fault] = field(factory=list)

    def error(
        self,
        kind: FaultKind,
        node_id: str | None,
        input_name: str | None,
        problem: str,
        *,
        suggestions: Sequence[str] = (),
        is_certain: bool = True,
    ) -> None:
        """Note what the server would refuse; `problem` says what to do, too."""
        self._add(
            Severity.ERROR,
            kind,
            (node_id, input_name),
            problem,
            suggestions=suggestions,
            is_certain=is_certain,
        )

    def warning(
        self,
        kind: FaultKind,
        node_id: str,
        input_name: str | None,
        problem: str,
        *,
        suggestions: Sequence[str] = (),
        is_certain: bool = True,
    ) -> None:
        """Note what the server would take; `problem` says what to do, too."""
        self._add(
            Severity.WARNING,
            kind,
            (node_id, input_name),
            problem,
            suggestions=suggestions,
            is_certain=is_certain,
        )

    def in_order(self) -> tuple[Fault, ...]:
        """Return the faults: those of the whole, then by node as in the graph."""
        places = {node_id: number for number, node_id in enumerate(self.nodes)}
        places_of_whole = -1
        return tuple(
            sorted(
                self.faults,
                key=lambda fault: (
                    places_of_whole if fault.node_id is None else places[fault.node_id]
                ),
            )
        )

    def _add(
        self,
        severity: Severity,
        kind: FaultKind,
        place: tuple[str | None, str | None],
        problem: str,
        *,
        suggestions: Sequence[str],
        is_certain: bool,
    ) -> None:
        node_id, input_name = place
        hint = f" Did you mean: {', '.join(suggestions)}?" if suggestions else ""
        sentence = f"{self._where(node_id, input_name)}{problem}{hint}"
        self.faults.append(
            Fault(
                severity=severity,
                kind=kind,
                node_id=node_id,
                input_name=input_name,
                # JSON can spell half of a surrogate pair; no terminal takes it.
                sentence=sentence.encode(errors="backslashreplace").decode(),
                suggestions=tuple(suggestions),
                is_certain=is_certain,
            )
        )

    def _where(self, node_id: str | None, input_name: str | None) -> str:
        if node_id is None:
            return "Workflow: "
        node = self.nodes.get(node_id)
        fields = node if isinstance(node, Mapping) else {}
        meta = fields.get("_meta")
        title = meta.get("title") if isinstance(meta, Mapping) else None
        class_type = fields.get("class_type")
        called = f" {title!r}" if isinstance(title, str) and title else ""
        kind = f" ({class_type})" if isinstance(class_type, str) else ""
        asked = f", input {input_name!r}" if input_name is not None else ""
        return f"Node {node_id}{called}{kind}{asked}: "
