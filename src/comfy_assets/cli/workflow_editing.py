"""``workflow edit``: change what is set for a slot's workflow, as a script would."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from comfy_assets.cli._classes import DEFAULT_CLASSES, Classes
from comfy_assets.cli._failures import FAILED, USAGE, CommandError
from comfy_assets.cli._filters import Json
from comfy_assets.cli._given import Slot, source_in
from comfy_assets.cli._output import complain, say, show_json
from comfy_assets.cli._stores import DEFAULT_STORES, NoComfyUI, Stores, office
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    PromptInjection,
)
from comfy_assets.services.editing import WorkflowEditor
from comfy_assets.services.workflow_sources import read_workflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comfy_assets.domain.workflows.configuration import StyleReferenceMapping
    from comfy_assets.domain.workflows.editing import WorkflowDraft

_STYLES: Final[Mapping[str, StyleReferenceMapping]] = {
    "auto": AutoDetect(),
    "prompt": PromptInjection(),
    "disabled": Disabled(),
}
_MAPPING: Final = "TARGET=SOURCE or TARGET=SOURCE:TEMPLATE, such as 6.text=prompt"
_VALUE: Final = "TARGET=VALUE, such as 3.steps=20"


async def edit(
    slot: Slot,
    /,
    *,
    workflow: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    resets: Annotated[
        tuple[str, ...], Parameter(name="--reset", negative="", show_default=False)
    ] = (),
    mappings: Annotated[
        tuple[str, ...], Parameter(name="--map", negative="", show_default=False)
    ] = (),
    defaults: Annotated[
        tuple[str, ...], Parameter(name="--default", negative="", show_default=False)
    ] = (),
    locks: Annotated[
        tuple[str, ...], Parameter(name="--lock", negative="", show_default=False)
    ] = (),
    style: str | None = None,
    dry_run: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    json: Json = False,
    classes: Classes = DEFAULT_CLASSES,
    stores: Stores = DEFAULT_STORES,
) -> int:
    """Change what is set for a slot's workflow; print what changes, and store it.

    Nothing is stored where anything does not fit; exit code 1 then. --reset, --map,
    --default and --lock may be given several times; all are taken in the order below.

    Args:
        workflow: A file, as for "workflow put", that takes the workflow's place. What
            is set is carried over to the same nodes; what does not fit is told.
        resets: TARGET: gives an input what the workflow says, without mapping, default
            and lock.
        mappings: TARGET=SOURCE puts a text into an input, TARGET=SOURCE:TEMPLATE one
            that names others, such as "6.text=prompt:{prompt}, portrait of {name}".
        defaults: TARGET=VALUE sets an input unless a request says otherwise; VALUE is
            JSON, or else a text.
        locks: TARGET=VALUE sets an input whatever a request says.
        style: What a style reference does: auto, prompt, disabled, or the address of
            the input that it goes into.
        dry_run: Only print what would change.
    """
    steps = [
        *(("with_mapping", _mapping_of(each)) for each in mappings),
        *(("with_default", _value_of("--default", each)) for each in defaults),
        *(("with_lock", _value_of("--lock", each)) for each in locks),
    ]
    graph = None
    if workflow is not None:
        async with classes.client() as comfy:
            graph = await read_workflow(source_in(workflow), comfy)
    async with office(stores) as system:
        editor = WorkflowEditor(records=system.workflows.records, comfy=NoComfyUI())
        draft = await editor.edit(slot)
        if graph is not None:
            draft = draft.with_workflow(graph)
        for target in resets:
            draft = draft.reset(target)
        for name, words in steps:
            draft = getattr(draft, name)(*words)
        if style is not None:
            draft = draft.with_style(_STYLES.get(style) or Explicit(target=style))
        is_saved = bool(draft.diff()) and not draft.faults and not dry_run
        if is_saved:
            await editor.save(draft)
    _report(draft, is_saved=is_saved, as_json=json)
    return FAILED if draft.faults else 0


def _report(draft: WorkflowDraft, *, is_saved: bool, as_json: bool) -> None:
    changes = [str(change) for change in draft.diff()]
    carried = [str(entry) for entry in draft.carried if str(entry)]
    if as_json:
        faults = [str(fault) for fault in draft.faults]
        show_json(
            {
                "changes": changes,
                "carried": carried,
                "faults": faults,
                "is_saved": is_saved,
                "configuration": draft.to_json(),
            }
        )
        return
    for line in (*changes, *carried):
        say(line)
    for fault in draft.faults:
        complain(str(fault))
    if is_saved:
        say(f"Stored {draft.configuration.name} for {draft.configuration.slot}.")
    else:
        say("Nothing was written." if changes else "Nothing changes.")


def _mapping_of(written: str) -> tuple[str, str, str | None]:
    target, text = _split("--map", written, _MAPPING)
    source, colon, template = text.partition(":")
    return target, source, template if colon else None


def _value_of(option: str, written: str) -> tuple[str, Any]:
    target, text = _split(option, written, _VALUE)
    try:
        return target, loads(text)
    # More digits than Python reads are no number to anybody.
    except (ValueError, RecursionError):
        return target, text


def _split(option: str, written: str, form: str) -> tuple[str, str]:
    target, equals, text = written.partition("=")
    if not target or not equals:
        sentence = f"{option} {written!r}: write {form}"
        raise CommandError(sentence, exit_code=USAGE)
    return target, text
