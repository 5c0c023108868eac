r"""Addresses: how a person or a host names one input of a workflow.

::

    6.text                    the node with this id
    KSampler.steps            the only node of this class
    CLIPTextEncode.positive   the encoder of this class that a sampler uses in this role
    @Portrait text.text       the only node with this title

The first dot ends the node's name; everything behind it is the input's name, dots
included (``60.format.bit_depth``). A dot in the node's name is written ``\.``, a
backslash ``\\``, and an ``@`` that begins an id or class ``\@``; before any other
character a backslash means itself. An id goes before a class of the same name, and an
input of the class before a role.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from heapq import nlargest
from typing import TYPE_CHECKING, Final

from attrs import frozen

from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.roles import TEXT_ROLES, TextRole, texts_in_role
from comfy_assets.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# More would only be counted by the error's sentence.
_CANDIDATES: Final = 8
# Comparing takes time by the product of lengths, and a name from the web may be long.
_COMPARED: Final = 80
# Below this likeness a name is no hint (the same measure as difflib's own cut-off).
_LIKENESS: Final = 0.6


@frozen
class Address:
    """An address that was read: a node, by id, class or title, and an input's name.

    ``str(address)`` writes it such that `parse_address` reads the same again.
    """

    #: The node's id, class or title; not empty.
    node: str
    #: The input's name, or ``positive`` or ``negative``; not empty.
    input_name: str
    #: Whether `node` is a title.
    by_title: bool = False

    def __str__(self) -> str:
        node = self.node.replace("\\", r"\\").replace(".", r"\.")
        if self.by_title:
            return f"@{node}.{self.input_name}"
        if node.startswith("@"):
            node = f"\\{node}"
        return f"{node}.{self.input_name}"


def address_of(ref: InputRef) -> str:
    """Return the address, by id, of an input that was found."""
    return str(Address(ref.node_id, ref.input_name))


def parse_address(text: str) -> Address:
    """Read an address by the grammar of this module.

    Raises:
        MappingError: When it has no dot, or nothing before or behind it.
    """
    by_title = text.startswith("@")
    rest = text[1:] if by_title else text
    node: list[str] = []
    position = 0
    while position < len(rest) and rest[position] != ".":
        escaped = rest[position] == "\\" and rest[position + 1 : position + 2] in (
            ".",
            "\\",
            "@",
        )
        position += escaped
        node.append(rest[position])
        position += 1
    input_name = rest[position + 1 :]
    if not node or not input_name:
        problem = "write it as node.input, such as '6.text' or '@Title.text'."
        raise MappingError(text, problem)
    return Address("".join(node), input_name, by_title=by_title)


def resolve(workflow: Workflow, address: str) -> InputRef:
    """Return the one input that an address names.

    An input that the node does not have is refused: ComfyUI ignores unknown inputs
    in silence, so that a slip of the pen would have no effect and no error.

    Raises:
        MappingError: When the address cannot be read, or names no input or several;
            with the candidates, nearest first.
    """
    parsed = parse_address(address)
    found = _nodes(workflow, parsed)
    if not found:
        raise _no_node(workflow, address, parsed)
    has_input = [
        node_id
        for node_id in found
        if parsed.input_name in workflow.nodes[node_id].inputs
    ]
    # 1. Plain: one node, and it has the input.
    if len(found) == 1 and has_input:
        return InputRef(found[0], parsed.input_name)
    # 2. A class and a role.
    by_class = not parsed.by_title and parsed.node not in workflow.nodes
    if by_class and not has_input and parsed.input_name in TEXT_ROLES:
        return _in_role(workflow, address, parsed, found)
    # 3. Several nodes.
    if len(found) > 1:
        refs = [InputRef(node_id, parsed.input_name) for node_id in has_input or found]
        problem = f"{len(found)} nodes fit: name one by its id."
        raise MappingError(address, problem, candidates=_addresses(refs))
    # 4. One node, without the input.
    names = nearest(
        parsed.input_name, workflow.nodes[found[0]].inputs, all_of_them=True
    )
    refs = [InputRef(found[0], name) for name in names]
    problem = f"node {found[0]} has no input {parsed.input_name!r}."
    raise MappingError(address, problem, candidates=_addresses(refs))


def nearest(name: str, names: Iterable[str], *, all_of_them: bool = False) -> list[str]:
    """Return up to eight names that are most like the given one, nearest first.

    Args:
        name: What somebody wrote.
        names: What there is.
        all_of_them: Whether to rank names that are not like it at all, too.
    """
    matcher = SequenceMatcher(a="", b=name[:_COMPARED].casefold(), autojunk=False)
    ranked: dict[str, float] = {}
    for candidate in names:
        matcher.set_seq1(candidate[:_COMPARED].casefold())
        # The quick bound first: a workflow may have thousands of nodes.
        if all_of_them or matcher.real_quick_ratio() >= _LIKENESS:
            ranked[candidate] = matcher.ratio()
    best = nlargest(_CANDIDATES, ranked, key=ranked.__getitem__)
    return [n for n in best if all_of_them or ranked[n] >= _LIKENESS]


def _nodes(workflow: Workflow, address: Address) -> list[str]:
    nodes = workflow.nodes
    if address.by_title:
        return [i for i, node in nodes.items() if node.title == address.node]
    if address.node in nodes:
        return [address.node]
    return [i for i, node in nodes.items() if node.class_type == address.node]


def _in_role(
    workflow: Workflow, text: str, address: Address, nodes: Sequence[str]
) -> InputRef:
    role: TextRole = "positive" if address.input_name == "positive" else "negative"
    refs = [ref for ref in texts_in_role(workflow, role) if ref.node_id in nodes]
    if len(refs) == 1:
        return refs[0]
    if refs:
        problem = f"{len(refs)} texts reach a sampler as {role}: name one by its id."
        raise MappingError(text, problem, candidates=_addresses(refs))
    others = [
        InputRef(node_id, name)
        for node_id in nodes
        for name in workflow.nodes[node_id].inputs
    ]
    problem = f"no text of such a node reaches a sampler as {role}."
    raise MappingError(text, problem, candidates=_addresses(others))


def _no_node(workflow: Workflow, text: str, address: Address) -> MappingError:
    if address.by_title:
        kind = "title"
        names = {node.title for node in workflow.nodes.values() if node.title}
    else:
        kind = "id or class"
        names = {*workflow.nodes, *(n.class_type for n in workflow.nodes.values())}
    candidates = [
        str(Address(name, address.input_name, by_title=address.by_title))
        for name in nearest(address.node, sorted(names))
    ]
    problem = f"no node has the {kind} {address.node!r}."
    return MappingError(text, problem, candidates=candidates)


def _addresses(refs: Iterable[InputRef]) -> list[str]:
    return [address_of(ref) for ref in refs]
