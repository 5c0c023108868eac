"""What a style reference can do in a draft's workflow, as a list to choose from."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from attrs import evolve, frozen

from comfy_assets.domain.workflows.addresses import address_of
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    PromptInjection,
    StyleReferenceMapping,
)
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.style import (
    StyleTarget,
    find_style_target,
    find_style_targets,
)


@frozen(kw_only=True)
class StyleChoice:
    """One thing that a style reference can do."""

    #: What to give to ``with_style``.
    mapping: StyleReferenceMapping
    #: What it is or what was found, such as ``"Found node: IPAdapterApply (5)"``.
    sentence: str
    #: Whether the mapping may have a strength.
    has_strength: bool = False
    #: Whether the draft has it.
    is_chosen: bool = False


def style_choices(
    workflow: Workflow, chosen: StyleReferenceMapping, locked: Collection[InputRef]
) -> tuple[StyleChoice, ...]:
    """Return what a style reference can do; exactly one is chosen.

    Args:
        workflow: The graph.
        chosen: What it does in the draft.
        locked: Inputs that nobody may change.
    """
    choices = list(_choices(workflow, locked))
    for number, choice in enumerate(choices):
        if _is_same(choice.mapping, chosen):
            choices[number] = evolve(choice, mapping=chosen, is_chosen=True)
            return tuple(choices)
    # Only an `Explicit` one is left: one by a title, say, or one that fits no more.
    target = chosen.target if isinstance(chosen, Explicit) else ""
    own = StyleChoice(
        mapping=chosen,
        sentence=f"As set: {target}",
        has_strength=True,
        is_chosen=True,
    )
    return (*choices, own)


def _choices(workflow: Workflow, locked: Collection[InputRef]) -> Iterator[StyleChoice]:
    found = find_style_target(workflow, locked)
    yield StyleChoice(
        mapping=AutoDetect(),
        sentence=(
            f"Found node: {_named(found)}"
            if found
            else "Found no style node: the style's keywords go behind the prompt"
        ),
        has_strength=found is not None and found.strength is not None,
    )
    for target in find_style_targets(workflow):
        if target.place is not None and target.place.image not in locked:
            ref = InputRef(target.node_id, target.input_name)
            yield StyleChoice(
                mapping=Explicit(target=address_of(ref)),
                sentence=f"Into {_named(target)}: {target.input_name}",
                has_strength=target.strength is not None,
            )
    yield StyleChoice(
        mapping=PromptInjection(),
        sentence="The style's keywords go behind the prompt",
    )
    yield StyleChoice(mapping=Disabled(), sentence="Style references do nothing")


def _named(target: StyleTarget) -> str:
    return f"{target}, {target.title}" if target.title else str(target)


def _is_same(one: StyleReferenceMapping, other: StyleReferenceMapping) -> bool:
    """Return whether both do the same, however strongly."""
    if isinstance(one, Explicit) and isinstance(other, Explicit):
        return one.target == other.target
    return type(one) is type(other) and not isinstance(one, Explicit)
