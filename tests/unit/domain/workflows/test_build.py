"""Tests of `comfy_assets.domain.workflows.build`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.requests import MAX_SEED, GenerationRequest
from comfy_assets.domain.workflows.build import (
    BuiltRun,
    StyleReference,
    build,
    check_request,
)
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    InputDefault,
    LockedInput,
    PromptMapping,
    WorkflowConfiguration,
)
from comfy_assets.errors import LockedInputError, MappingError
from tests.unit.domain.workflows.graphs import (
    configuration,
    node,
    request,
    text_to_image,
    with_ip_adapter,
)

BATCH = BatchId("3f2a0000-0000-4000-8000-000000000000")
REFERENCE = AssetId("00000000-0000-4000-8000-000000000009")
PROMPT = PromptMapping(target="6.text", source="prompt")
NEGATIVE = PromptMapping(target="7.text", source="negative_prompt")
STEPS_SPELLINGS = ["3.steps", "KSampler.steps"]


def run(
    mine: WorkflowConfiguration,
    asked: GenerationRequest | None = None,
    *,
    index: int = 0,
    seed: int = 100,
    style: StyleReference | None = None,
) -> BuiltRun:
    """Build one image of a batch."""
    asked = request() if asked is None else asked
    return build(mine, asked, batch_id=BATCH, index=index, seed=seed, style=style)


def value(built: BuiltRun, node_id: str, name: str) -> object:
    """The value of an input in the run, in API format."""
    return built.workflow.to_api()[node_id]["inputs"][name]


def test_a_run_without_any_mapping_has_its_own_seed_size_and_file_name() -> None:
    """Nothing else differs from the configuration's graph."""
    expected = text_to_image()
    expected["3"]["inputs"]["seed"] = 102
    expected["5"]["inputs"]["batch_size"] = 1
    expected["9"]["inputs"]["filename_prefix"] = f"comfy_assets/portrait/{BATCH}/02"
    built = run(configuration(), index=2)
    assert built.workflow.to_api() == expected
    assert built.seed == 102


def test_what_comes_later_wins() -> None:
    """Default, mapping, override, lock: each is stronger than the one before."""
    default = InputDefault(target="6.text", value="default")
    lock = LockedInput(target="6.text", value="locked")
    plain = configuration(input_defaults=[default])
    mapped = configuration(input_defaults=[default], prompt_mappings=[PROMPT])
    locked = configuration(prompt_mappings=[PROMPT], locked_inputs=[lock])
    override = request("prompt", overrides={"6.text": "override"})
    assert value(run(plain), "6", "text") == "default"
    assert value(run(mapped, request("prompt")), "6", "text") == "prompt"
    assert value(run(mapped, override), "6", "text") == "override"
    assert value(run(locked, request("prompt")), "6", "text") == "locked"


def test_texts_of_the_request_are_mapped() -> None:
    """With templates and context keys."""
    greeting = PromptMapping(
        target="7.text", source="armour", template="{name} in {armour}"
    )
    mine = configuration(prompt_mappings=[PROMPT, greeting])
    asked = request("a man", context={"name": "Marcus", "armour": "plate"})
    built = run(mine, asked)
    assert value(built, "6", "text") == "a man"
    assert value(built, "7", "text") == "Marcus in plate"


def test_a_request_without_negative_prompt_keeps_the_workflows_own() -> None:
    """What its author never wants to see need not be said by every host."""
    mine = configuration(prompt_mappings=[PROMPT, NEGATIVE])
    assert value(run(mine), "7", "text") == "blurry"
    assert value(run(mine, request(negative_prompt="hat")), "7", "text") == "hat"


def test_an_address_means_the_same_before_and_after_an_override() -> None:
    """A link that is replaced does not move a role to another node."""
    asked = request(
        overrides={"3.positive": ["7", 0], "CLIPTextEncode.positive": "still 6"}
    )
    assert value(run(configuration(), asked), "6", "text") == "still 6"


@pytest.mark.parametrize("lock", STEPS_SPELLINGS)
@pytest.mark.parametrize("override", STEPS_SPELLINGS)
def test_an_override_of_a_locked_input_is_refused(lock: str, override: str) -> None:
    """In whatever spelling either is written."""
    mine = configuration(locked_inputs=[LockedInput(target=lock, value=20)])
    asked = request(overrides={override: 20})
    with pytest.raises(LockedInputError) as caught:
        check_request(mine, asked)
    assert caught.value.address == override
    with pytest.raises(LockedInputError):
        run(mine, asked)


@pytest.mark.parametrize(
    "overrides, at",
    [
        ({"3.stpes": 5}, "3.stpes"),
        ({"3.steps": 5, "KSampler.steps": 6}, "KSampler.steps"),
        ({"3.steps": ["99", 0]}, "3.steps"),
    ],
)
def test_an_override_that_cannot_be_written_is_refused(
    overrides: dict[str, Any], at: str
) -> None:
    """Before anything is queued, with its address."""
    with pytest.raises(MappingError) as caught:
        check_request(configuration(), request(overrides=overrides))
    assert caught.value.address == at


def test_a_context_key_that_is_missing_is_named() -> None:
    """Before anything is queued."""
    name = PromptMapping(target="6.text", source="prompt", template="{name}")
    mine = configuration(prompt_mappings=[name])
    check_request(mine, request(context={"name": "Marcus"}))
    with pytest.raises(MappingError, match="'name'"):
        check_request(mine, request())


def test_a_style_reference_must_be_able_to_show() -> None:
    """A request with one is refused where nothing could take it."""
    asked = request(style_reference_id=REFERENCE)
    check_request(configuration(prompt_mappings=[PROMPT]), asked)
    check_request(configuration(), request())
    with pytest.raises(MappingError, match="style node"):
        check_request(configuration(), asked)


def test_an_uploaded_style_image_goes_to_its_loader() -> None:
    """The prompt then stays as it was written; the loader's override gives way."""
    mine = configuration(with_ip_adapter(), prompt_mappings=[PROMPT])
    style = StyleReference(image_name="comfy_assets/ref.png", keywords="ink")
    asked = request("a man", overrides={"LoadImage.image": "mine.png"})
    built = run(mine, asked, style=style)
    assert value(built, "22", "image") == "comfy_assets/ref.png"
    assert value(built, "6", "text") == "a man"


def test_the_strength_of_a_style_gives_way_to_an_override() -> None:
    """Like an input default: what one request asks for counts more."""
    mine = configuration(
        with_ip_adapter(), style_reference_mapping=AutoDetect(strength=0.3)
    )
    style = StyleReference(image_name="ref.png", keywords="")
    assert value(run(mine, style=style), "20", "weight") == 0.3
    asked = request(overrides={"20.weight": 0.9})
    assert value(run(mine, asked, style=style), "20", "weight") == 0.9
    assert value(run(mine), "20", "weight") == 1.0


def test_a_free_image_input_gets_a_loader() -> None:
    """In the run alone; the configuration's own graph stays as it is."""
    graph = with_ip_adapter()
    del graph["20"]["inputs"]["image"]
    mine = configuration(graph)
    style = StyleReference(image_name="ref.png", keywords="")
    built = run(mine, style=style)
    assert value(built, "style_reference", "image") == "ref.png"
    assert value(built, "20", "image") == ["style_reference", 0]
    assert "style_reference" not in mine.workflow.nodes
    assert "style_reference" not in run(mine).workflow.nodes


def test_a_style_without_an_image_goes_into_the_prompt() -> None:
    """The loader keeps its own."""
    mine = configuration(with_ip_adapter(), prompt_mappings=[PROMPT])
    built = run(
        mine, request("a man"), style=StyleReference(image_name=None, keywords="ink")
    )
    assert value(built, "22", "image") == "example.png"
    assert value(built, "6", "text") == "a man, in the style of: ink"


def test_a_disabled_style_does_nothing() -> None:
    """Neither image nor words."""
    mine = configuration(
        with_ip_adapter(),
        prompt_mappings=[PROMPT],
        style_reference_mapping=Disabled(),
    )
    style = StyleReference(image_name="ref.png", keywords="ink")
    assert run(mine, style=style) == run(mine)


@pytest.mark.parametrize(
    "seed, index, expected", [(0, 0, 0), (5, 3, 8), (MAX_SEED, 1, 0)]
)
def test_each_image_has_the_next_seed(seed: int, index: int, expected: int) -> None:
    """Behind the largest one, counting begins again."""
    built = run(configuration(), seed=seed, index=index)
    assert (built.seed, value(built, "3", "seed")) == (expected, expected)


def test_a_default_seed_gives_way() -> None:
    """A default is what a request may change, and its seed does."""
    default = InputDefault(target="3.seed", value=1)
    assert value(run(configuration(input_defaults=[default])), "3", "seed") == 100


def test_a_seed_that_was_set_by_hand_stays() -> None:
    """By override or by lock; the run tells it."""
    lock = LockedInput(target="3.seed", value=1)
    locked = run(configuration(locked_inputs=[lock]))
    overridden = run(configuration(), request(overrides={"3.seed": 2}))
    mapping = PromptMapping(target="3.seed", source="my seed")
    mapped = run(
        configuration(prompt_mappings=[mapping]), request(context={"my seed": "3"})
    )
    assert (locked.seed, value(locked, "3", "seed")) == (1, 1)
    assert (overridden.seed, value(overridden, "3", "seed")) == (2, 2)
    assert (mapped.seed, value(mapped, "3", "seed")) == (None, "3")


@pytest.mark.parametrize(
    "first, second, expected",
    [(1, 1, 1), (1, 2, None), (-1, -1, None), (-1, 1, None), (1, None, 100)],
)
def test_the_seed_of_a_run_is_told_where_there_is_one(
    first: int, second: int | None, expected: int | None
) -> None:
    """Two fixed seeds that differ, or a request for chance, tell none."""
    graph = {"1": node("KSampler", seed=0), "2": node("KSampler", seed=0)}
    locks = [LockedInput(target="1.seed", value=first)]
    if second is not None:
        locks.append(LockedInput(target="2.seed", value=second))
    assert run(configuration(graph, locked_inputs=locks)).seed == expected


def test_a_linked_seed_is_left_alone() -> None:
    """The node behind it has the seed; a graph without any tells none."""
    graph = text_to_image()
    graph["3"]["inputs"]["seed"] = ["10", 0]
    graph["10"] = node("PrimitiveInt", value=5)
    built = run(configuration(graph))
    assert value(built, "3", "seed") == ["10", 0]
    assert built.seed is None


def test_a_locked_batch_size_stays() -> None:
    """An override does not: the request's count asks for more images."""
    lock = LockedInput(target="5.batch_size", value=3)
    asked = request(overrides={"5.batch_size": 3})
    assert value(run(configuration(locked_inputs=[lock])), "5", "batch_size") == 3
    assert value(run(configuration(), asked), "5", "batch_size") == 1


def test_a_file_name_that_was_set_by_hand_stays() -> None:
    """By lock or by override; a link is no file name."""
    lock = LockedInput(target="9.filename_prefix", value="ours")
    asked = request(overrides={"9.filename_prefix": "theirs"})
    graph = text_to_image()
    graph["9"]["inputs"]["filename_prefix"] = ["4", 0]
    locked = run(configuration(locked_inputs=[lock]))
    assert value(locked, "9", "filename_prefix") == "ours"
    assert value(run(configuration(), asked), "9", "filename_prefix") == "theirs"
    assert value(run(configuration(graph)), "9", "filename_prefix") == ["4", 0]


def test_every_output_gets_the_file_name_of_its_slot() -> None:
    """No colon gets into a file's name."""
    graph = text_to_image()
    graph["10"] = node("SaveImage", filename_prefix="x", images=["8", 0])
    built = run(configuration(graph, slot="custom:tiles"), index=11)
    expected = f"comfy_assets/custom-tiles/{BATCH}/11"
    assert value(built, "9", "filename_prefix") == expected
    assert value(built, "10", "filename_prefix") == expected
