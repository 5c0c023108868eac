"""Tests of `comfy_assets.domain.workflows.checks`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.checks import (
    check_configuration,
    resolve_all,
    write,
)
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Explicit,
    InputDefault,
    LockedInput,
    PromptInjection,
    PromptMapping,
)
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import (
    configuration,
    text_to_image,
    with_ip_adapter,
)

PROMPT = PromptMapping(target="6.text", source="prompt")
STEPS = "KSampler.steps"


def test_a_configuration_that_fits_passes() -> None:
    """Mappings, a default with a lock on the same input, a style target."""
    check_configuration(configuration())
    check_configuration(
        configuration(
            with_ip_adapter(),
            prompt_mappings=[PROMPT],
            input_defaults=[InputDefault(target=STEPS, value=30)],
            locked_inputs=[
                LockedInput(target="3.steps", value=20),
                LockedInput(target="3.model", value=["4", 0]),
            ],
            style_reference_mapping=Explicit(target="IPAdapterAdvanced.image"),
        )
    )
    check_configuration(configuration(style_reference_mapping=PromptInjection()))


@pytest.mark.parametrize(
    "fields, at",
    [
        (
            {"prompt_mappings": [PromptMapping(target="6.txt", source="prompt")]},
            "6.txt",
        ),
        (
            {
                "prompt_mappings": [
                    PromptMapping(target="6.text", source="prompt", template="{nmae}")
                ]
            },
            "{nmae}",
        ),
        (
            {
                "prompt_mappings": [
                    PROMPT,
                    PromptMapping(target="CLIPTextEncode.positive", source="name"),
                ]
            },
            "CLIPTextEncode.positive",
        ),
        ({"prompt_mappings": [PROMPT, PROMPT]}, "6.text"),
        ({"input_defaults": [InputDefault(target="3.stpes", value=1)]}, "3.stpes"),
        (
            {"input_defaults": [InputDefault(target=t, value=1) for t in (STEPS,) * 2]},
            STEPS,
        ),
        (
            {
                "locked_inputs": [
                    LockedInput(target="3.steps", value=1),
                    LockedInput(target=STEPS, value=1),
                ]
            },
            STEPS,
        ),
        (
            {"locked_inputs": [LockedInput(target="3.model", value=["99", 0])]},
            "3.model",
        ),
        ({"style_reference_mapping": Explicit(target="X.image")}, "X.image"),
        (
            {"style_reference_mapping": AutoDetect(strength=0.5)},
            "style_reference_mapping",
        ),
    ],
)
def test_what_does_not_fit_is_named(fields: dict[str, Any], at: str) -> None:
    """The error carries the address or template at fault."""
    with pytest.raises(MappingError) as caught:
        check_configuration(configuration(**fields))
    assert caught.value.address == at


def test_a_style_strength_may_not_be_locked_away() -> None:
    """With the image locked there is nothing left to weigh."""
    fields: dict[str, Any] = {"style_reference_mapping": AutoDetect(strength=0.5)}
    check_configuration(configuration(with_ip_adapter(), **fields))
    lock = LockedInput(target="22.image", value="ours.png")
    with pytest.raises(MappingError, match="strength"):
        check_configuration(
            configuration(with_ip_adapter(), locked_inputs=[lock], **fields)
        )


def test_addresses_are_resolved_in_order() -> None:
    """The result keeps the spelling of each."""
    workflow = Workflow.from_api(text_to_image())
    refs = resolve_all(workflow, [STEPS, "6.text"])
    expected = {InputRef("3", "steps"): STEPS, InputRef("6", "text"): "6.text"}
    assert list(refs.items()) == list(expected.items())


def test_a_value_that_cannot_be_written_names_its_address() -> None:
    """Not the node: the caller knows the address only."""
    workflow = Workflow.from_api(text_to_image())
    ref = InputRef("3", "steps")
    with pytest.raises(MappingError, match="finite") as caught:
        write(workflow, ref, float("inf"), address=STEPS)
    assert caught.value.address == STEPS
    assert write(workflow, ref, 5, address=STEPS).nodes["3"].literal("steps") == 5
