"""Which node of a new graph is which of an old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.graph import Workflow, WorkflowNode


def match_nodes(old: Workflow, new: Workflow) -> dict[str, str]:
    """Return, by the ids of old nodes, the ids under which the same nodes are now.

    The same are, in this order and each only once: nodes of the same id, class and
    title; of the same class and title, where that tells one from all others that are
    left; of the same id and class. So a title goes before an id, which a new export
    may give to another node.

    Args:
        old: The graph before.
        new: The graph after.
    """
    pairs: dict[str, str] = {}
    for sign in (_id_class_title, _class_title, _id_class):
        left = {i: n for i, n in old.nodes.items() if i not in pairs}
        found = {*pairs.values()}
        free = {i: n for i, n in new.nodes.items() if i not in found}
        pairs |= _pairs(left, free, sign)
    return pairs


def _pairs(
    left: dict[str, WorkflowNode],
    free: dict[str, WorkflowNode],
    sign: Callable[[str, WorkflowNode], Hashable],
) -> dict[str, str]:
    """Return those whose sign nobody else has, neither among the old nor the new."""
    old_signs = {node_id: sign(node_id, node) for node_id, node in left.items()}
    new_signs = {node_id: sign(node_id, node) for node_id, node in free.items()}
    old_counts = Counter(old_signs.values())
    new_counts = Counter(new_signs.values())
    by_sign = {told: node_id for node_id, told in new_signs.items()}
    return {
        node_id: by_sign[told]
        for node_id, told in old_signs.items()
        if old_counts[told] == 1 and new_counts[told] == 1
    }


def _id_class_title(node_id: str, node: WorkflowNode) -> Hashable:
    return node_id, node.class_type, node.title


def _class_title(_: str, node: WorkflowNode) -> Hashable:
    return node.class_type, node.title


def _id_class(node_id: str, node: WorkflowNode) -> Hashable:
    return node_id, node.class_type
