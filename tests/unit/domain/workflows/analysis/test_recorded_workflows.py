"""Roles in workflows that people use: the recorded ones that sample.

They are those of `tests/data/conversions`, as the editor would send them.
"""

from __future__ import annotations

from functools import cache

import pytest

from comfy_assets.domain.workflows.analysis import WorkflowAnalysis, analyze
from comfy_assets.domain.workflows.conversion import convert
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.roles import Role
from tests.unit.domain.workflows.described import recorded, recorded_catalogue

_SAMPLERS = {"KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced"}

# What is not found, and why; nothing else may be missing, and nothing of it found.
_NO_PROMPT = {
    "3d_triposplat_image_to_gaussian_splat": "paints by a picture, without any text",
}
_NO_NEGATIVE = {
    **_NO_PROMPT,
    # The positive text without its meaning stands in the negative's place.
    **dict.fromkeys(
        (
            "audio_ace_step_1_5_checkpoint",
            "audio_ace_step_1_5_split_4b",
            "audio_ace_step_1_5_split_llm",
            "embedded_audio_ace_step_1_m2m_editing_1",
            "embedded_audio_ace_step_1_t2a_instrumentals_1",
            "flux_fill_inpaint_example",
            "image_boogu_image_0_1_turbo_t2i",
            "image_flux2_klein_9b_kv_image_edit",
            "image_ideogram4_t2i_int8",
            "image_krea2_turbo_t2i",
            "image_krea2_turbo_t2i_int8",
            "sd3.5_large_canny_controlnet_example",
            "video_wan2_1_infinitetalk",
        ),
        "ConditioningZeroOut",
    ),
    **dict.fromkeys(
        ("image_flux2", "image_ming_image_01_design_t2i", "video_minimax_h3_t2v"),
        "BasicGuider takes one conditioning",
    ),
    "video_ltx2_t2v_distilled": "one text stands in both roles",
}
_NO_SEED = {
    "edge_values_6": "the file gives the seed a text",
}
_NO_OUTPUT = {
    "3d_triposplat_image_to_gaussian_splat": "saves a figure and a film of it",
    "edge_bypass_13": "its SaveImage does not take part",
    "image_qwen_image_instantx_inpainting_controlnet": "holds two workflows",
    "templates-1_click_multiple_character_angles-v1.0": "saves one picture an angle",
    "templates-all_in_one-image_edit_models": "holds seven workflows",
}


@cache
def workflow(name: str) -> Workflow:
    """A recorded workflow in API format."""
    return convert(recorded("cases.json.gz")[name]["ui"], recorded_catalogue())


@cache
def analyzed(name: str, *, with_catalogue: bool = True) -> WorkflowAnalysis:
    """A recorded workflow's analysis."""
    catalogue = recorded_catalogue() if with_catalogue else None
    return analyze(workflow(name), catalogue)


@cache
def sampling() -> list[str]:
    """The workflows in which a sampler works."""
    return [
        name
        for name in sorted(recorded("cases.json.gz"))
        if any(n.is_used and n.class_type in _SAMPLERS for n in analyzed(name).nodes)
    ]


def addresses(name: str, role: Role) -> list[str]:
    """The inputs of a role."""
    return [entry.address for entry in analyzed(name).roles.get(role, ())]


def test_there_are_workflows_that_sample() -> None:
    """The rules below are not about nothing."""
    assert len(sampling()) >= 80


@pytest.mark.parametrize(
    "role, missing",
    [
        (Role.POSITIVE, _NO_PROMPT),
        (Role.NEGATIVE, _NO_NEGATIVE),
        (Role.SEED, _NO_SEED),
    ],
)
def test_roles_are_found_wherever_they_are(role: Role, missing: dict[str, str]) -> None:
    """All that sample have prompt, negative prompt and seed, but for what is said."""
    assert {n for n in sampling() if role not in analyzed(n).roles} == set(missing)


def test_the_output_is_found_wherever_there_is_one() -> None:
    """Those that save several pictures say so."""
    missing = {name for name in sampling() if analyzed(name).output is None}
    assert missing == set(_NO_OUTPUT)
    assert all(analyzed(name).notes for name in missing)


def test_titles_agree_with_the_links() -> None:
    """What a person titled positive is not negative, and the other way round."""
    for name in sampling():
        titles = {node.node_id: node.title.casefold() for node in analyzed(name).nodes}
        for role, other in [("positive", "negative"), ("negative", "positive")]:
            for entry in analyzed(name).roles.get(Role(role), ()):
                assert other not in titles[entry.ref.node_id], (name, entry.address)


@pytest.mark.parametrize("name", sampling())
def test_roles_are_the_same_without_a_server(name: str) -> None:
    """Names tell what types would, in all that people use."""
    known, unknown = analyzed(name), analyzed(name, with_catalogue=False)
    for role in (Role.POSITIVE, Role.NEGATIVE, Role.SEED, Role.STEPS, Role.MODEL):
        with_it = [entry.ref for entry in known.roles.get(role, ())]
        without = [entry.ref for entry in unknown.roles.get(role, ())]
        assert with_it == without
    assert known.suggested_mappings == unknown.suggested_mappings
    assert known.output == unknown.output


@pytest.mark.parametrize("name", sorted(recorded("cases.json.gz")))
def test_a_workflow_of_people_is_analyzed_or_told(name: str) -> None:
    """Where nothing is mapped, a note says why."""
    analysis = analyzed(name)
    assert analysis.suggested_mappings or analysis.notes


@pytest.mark.parametrize(
    "name, role, expected",
    [
        # Flux: guider, noise and schedule are nodes of their own; a switch chooses
        # between two numbers of steps.
        ("image_flux2", Role.POSITIVE, ["68:6.text"]),
        ("image_flux2", Role.SEED, ["68:25.noise_seed"]),
        ("image_flux2", Role.STEPS, ["68:91.value"]),
        ("image_flux2", Role.GUIDANCE, ["68:26.guidance"]),
        ("image_flux2", Role.SAMPLER, ["68:16.sampler_name"]),
        ("image_flux2", Role.MODEL, ["68:12.unet_name"]),
        # SDXL: base and refiner.
        ("sdxl_simple_example", Role.MODEL, ["4.ckpt_name", "12.ckpt_name"]),
        # Inpainting: both conditionings through one node, one of them emptied.
        ("flux_fill_inpaint_example", Role.POSITIVE, ["47:23.text"]),
        # Film with sound: width and height come from primitives.
        ("video_wan2_1_infinitetalk", Role.WIDTH, ["149.value"]),
        # Music.
        ("audio_ace_step_1_5_checkpoint", Role.POSITIVE, ["94.tags"]),
        # A service.
        ("api_bria_genfill", Role.POSITIVE, ["1.prompt"]),
        ("api_bria_genfill", Role.NEGATIVE, ["1.negative_prompt"]),
        ("api_bria_genfill", Role.SEED, ["1.seed"]),
        ("api_kling2_6_t2v", Role.MODEL, ["8.model_name"]),
    ],
)
def test_roles_lead_to_the_very_inputs(
    name: str, role: Role, expected: list[str]
) -> None:
    """Looked up by hand."""
    assert addresses(name, role) == expected
