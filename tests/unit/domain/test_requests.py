"""Requests: every field's range, and that nobody can change one afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.requests import (
    MAX_COUNT,
    MAX_SEED,
    AssetType,
    EntityRef,
    GenerationRequest,
    frozen_mapping,
    workflow_slot,
)
from comfy_assets.errors import InvalidRequestError


def make_request(**changes: Any) -> GenerationRequest:
    """Return a request for a portrait, with the given fields changed."""
    fields: dict[str, Any] = {
        "world_id": "vale",
        "entity": EntityRef("Character", "marcus"),
        "asset_type": AssetType.PORTRAIT,
        "prompt": "a grizzled bartender",
    }
    return GenerationRequest(**(fields | changes))


def test_a_request_asks_for_one_image_of_its_types_own_slot() -> None:
    """What a request leaves open has the documented defaults."""
    request = make_request()

    assert request.count == 1
    assert request.seed is None
    assert request.slot is None
    assert request.workflow_slot == "portrait"
    assert request.negative_prompt == ""
    assert request.style_reference_id is None
    assert request.overrides == {}
    assert request.context == {}
    assert request.priority == 0


def test_a_slot_of_its_own_wins_over_the_asset_types() -> None:
    """A request that names a slot is painted by that slot's workflow."""
    request = make_request(slot="custom:tarot")

    assert request.workflow_slot == "custom:tarot"


def test_an_asset_type_may_come_as_its_value() -> None:
    """A host may write the type as the plain text that it is stored as."""
    assert make_request(asset_type="sprite").asset_type is AssetType.SPRITE


@pytest.mark.parametrize(
    "field, value",
    [
        ("world_id", ""),
        ("world_id", None),
        ("world_id", 7),
        ("world_id", "\ud800"),
        ("entity", ("Character", "marcus")),
        ("entity", None),
        ("asset_type", "statue"),
        ("asset_type", None),
        ("prompt", None),
        ("prompt", b"bytes"),
        ("prompt", "half a pair \udc00"),
        ("negative_prompt", None),
        ("count", 0),
        ("count", MAX_COUNT + 1),
        ("count", -1),
        ("count", True),
        ("count", 1.0),
        ("count", "1"),
        ("count", None),
        ("slot", ""),
        ("slot", 3),
        ("slot", "portraits"),
        ("seed", -1),
        ("seed", MAX_SEED + 1),
        ("seed", True),
        ("seed", 0.5),
        ("style_reference_id", ""),
        ("style_reference_id", 5),
        ("overrides", {1: "steps"}),
        ("overrides", ["3.steps"]),
        ("overrides", {"3.steps": 2**64}),
        ("overrides", {"3.cfg": float("nan")}),
        ("overrides", {"\ud800": 1}),
        ("context", {1: "name"}),
        ("context", {"name": 1}),
        ("context", {"name": None}),
        ("context", {"name": "\ud800"}),
        ("priority", -1001),
        ("priority", 1001),
        ("priority", False),
        ("priority", None),
    ],
)
def test_a_value_outside_its_range_is_refused(field: str, value: object) -> None:
    """Each field refuses what its documentation excludes, and is named."""
    with pytest.raises(InvalidRequestError) as caught:
        make_request(**{field: value})

    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    "field, value",
    [
        ("count", 1),
        ("count", MAX_COUNT),
        ("seed", 0),
        ("seed", MAX_SEED),
        ("priority", -1000),
        ("priority", 1000),
        ("prompt", ""),
        ("negative_prompt", "𝄞 hands\0"),
        ("overrides", {"3.steps": (1, None, {"a": True})}),
        ("context", {"name": "", "": "x"}),
    ],
)
def test_the_ends_of_a_range_belong_to_it(field: str, value: object) -> None:
    """The documented limits themselves are accepted and kept as they are."""
    assert getattr(make_request(**{field: value}), field) == value


@pytest.mark.parametrize("position", ["entity_type", "entity_id"])
@pytest.mark.parametrize("value", ["", None, 3, "\ud8ff"])
def test_an_entity_needs_two_texts(position: str, value: object) -> None:
    """An entity without type or id is refused, and the field is named."""
    fields: dict[str, Any] = {"entity_type": "Character", "entity_id": "marcus"}

    with pytest.raises(InvalidRequestError) as caught:
        EntityRef(**(fields | {position: value}))

    assert caught.value.field == position


@given(st.text(min_size=1), st.text(min_size=1))
def test_an_entity_may_have_any_names(entity_type: str, entity_id: str) -> None:
    """The host's names are kept letter by letter."""
    entity = EntityRef(entity_type, entity_id)

    assert (entity.entity_type, entity.entity_id) == (entity_type, entity_id)


@pytest.mark.parametrize(
    "asset_type, entity_field",
    [
        (AssetType.PORTRAIT, "portrait_asset"),
        (AssetType.SPRITE, "sprite_asset"),
        (AssetType.BACKDROP, "backdrop_asset"),
        (AssetType.ITEM, "item_asset"),
        (AssetType.CUSTOM, None),
    ],
)
def test_the_type_names_the_hosts_field(
    asset_type: AssetType, entity_field: str | None
) -> None:
    """Each type but the custom one belongs to one field of the host's entity."""
    assert asset_type.entity_field == entity_field


@pytest.mark.parametrize(
    "name",
    [*AssetType, "custom:a", "custom:tarot-cards_2", "custom:" + "x" * 64, "custom:0"],
)
def test_a_slot_has_a_built_in_name_or_a_custom_one(name: str) -> None:
    """The documented names are slots, and come back as they are."""
    assert workflow_slot(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Portrait",
        "custom:",
        "custom:Tarot",
        "custom:_a",
        "custom:-a",
        "custom:a b",
        "custom:a/b",
        "custom:..",
        "custom:a:b",
        "custom:" + "x" * 65,
        "custom:tarot\n",
        "portrait:tarot",
        "tarot",
    ],
)
def test_any_other_name_is_no_slot(name: str) -> None:
    """A name that could not be part of a file name is refused with its cure."""
    with pytest.raises(InvalidRequestError, match="custom:<name>") as caught:
        workflow_slot(name)

    assert caught.value.field == "slot"


@given(st.text())
def test_a_slot_is_safe_in_a_file_name(name: str) -> None:
    """No text becomes a slot that holds a dot, a separator or a capital letter."""
    try:
        slot = workflow_slot(name)
    except InvalidRequestError:
        return
    assert set(slot.replace(":", "")) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-")


@pytest.mark.parametrize("field", ["overrides", "context"])
def test_nobody_can_change_a_requests_mappings(field: str) -> None:
    """A mapping is copied when the request is made, and read-only from then on."""
    given_by_host = {"name": "Marcus"}
    request = make_request(**{field: given_by_host})
    kept = getattr(request, field)

    given_by_host["name"] = "Mary"
    with pytest.raises(TypeError):
        kept["name"] = "Mary"

    assert kept == {"name": "Marcus"}


def test_nobody_can_change_a_requests_fields() -> None:
    """A request is a value: setting a field of it fails."""
    request = make_request()

    with pytest.raises(FrozenInstanceError):
        request.count = 2  # type: ignore[misc] # that is the point


def test_a_frozen_mapping_is_a_copy() -> None:
    """What is frozen no longer follows the mapping that it was made from."""
    source = {"a": 1}
    frozen = frozen_mapping(source)
    source["a"] = 2

    assert frozen == {"a": 1}
