"""Converters: every value comes back equal, and every fault is told with its path."""

from __future__ import annotations

import json
from datetime import UTC, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comfy_assets.converters import (
    event_from_wire,
    event_to_wire,
    structure,
    unstructure,
)
from comfy_assets.domain.assets import GalleryAsset, StoredImage
from comfy_assets.domain.batches import BatchFailure, BatchStatus, GenerationBatch
from comfy_assets.domain.events import (
    AnyEvent,
    AssetActivated,
    AssetDeleted,
    ComfyUIState,
    ComfyUIStateChanged,
    Event,
    GenerationCancelled,
    GenerationComplete,
    GenerationFailed,
    GenerationPreview,
    GenerationProgress,
    GenerationQueued,
)
from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.json_values import MAX_DEPTH
from comfy_assets.domain.requests import (
    MAX_SEED,
    AssetType,
    EntityRef,
    GenerationRequest,
)
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    PromptInjection,
    WorkflowConfiguration,
)
from comfy_assets.errors import PayloadError
from comfy_assets.testing.samples import (
    MARCUS,
    NOON,
    make_asset,
    make_batch,
    make_configuration,
    make_request,
)
from comfy_assets.testing.strategies import (
    assets,
    batches,
    configurations,
    json_values,
    requests,
    texts,
    times,
)

# Values with every field filled take long to draw where the machine is busy.
patiently = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)

BATCH = BatchId("3f2a5b1c-0000-4000-8000-000000000001")
ASSET = AssetId("3f2a5b1c-0000-4000-8000-000000000002")

batch_ids = st.uuids().map(lambda uuid: BatchId(str(uuid)))
counts = st.integers(0, 2**31)
numbers = st.floats(allow_nan=False)


def events() -> dict[type[Event], st.SearchStrategy[Any]]:
    """Return a strategy for every kind of event, with every field filled."""
    of_batch = {"batch_id": batch_ids}
    subject = {
        "entity": st.builds(EntityRef, texts(min_size=1), texts(min_size=1)),
        "asset_type": st.sampled_from(AssetType),
    }
    of_asset = {"asset_id": batch_ids.map(AssetId), **subject}
    fields: dict[type[Event], dict[str, st.SearchStrategy[Any]]] = {
        GenerationQueued: {**of_batch, **subject, "position": counts},
        GenerationProgress: {
            **of_batch,
            "completed": counts,
            "total": counts,
            "fraction": numbers,
            "step": st.none() | counts,
            "steps": st.none() | counts,
            "eta_seconds": st.none() | numbers,
        },
        GenerationPreview: {
            **of_batch,
            "index": counts,
            "data": st.binary(max_size=99),
            "media_type": texts(),
        },
        GenerationComplete: {
            **of_batch,
            "assets": st.lists(assets(), max_size=2).map(tuple),
        },
        GenerationFailed: {
            **of_batch,
            "error": texts(),
            "error_type": texts(),
            "details": st.dictionaries(texts(), json_values(), max_size=3),
            "attempts": counts,
        },
        GenerationCancelled: of_batch,
        AssetActivated: of_asset,
        AssetDeleted: of_asset,
        ComfyUIStateChanged: {
            "server": texts(),
            "state": st.sampled_from(ComfyUIState),
            "message": texts(),
            "retry_in": st.none() | numbers,
        },
    }
    return {
        kind: st.builds(kind, occurred_at=times(), **of_kind)
        for kind, of_kind in fields.items()
    }


def through_json(data: object) -> object:
    """Return what a reader gets of plain data that went over a wire."""
    return json.loads(json.dumps(data))


def is_plain(data: object) -> bool:
    """Whether data is made of JSON's own types and nothing else."""
    if type(data) is dict:
        return all(type(key) is str and is_plain(item) for key, item in data.items())
    if type(data) is list:
        return all(map(is_plain, data))
    return data is None or type(data) in {str, int, float, bool}


def problems_of(data: object, kind: type[Any]) -> list[str]:
    """Return the faults that are found in the data."""
    with pytest.raises(PayloadError) as caught:
        structure(data, kind)
    assert caught.value.what == kind.__name__
    return list(caught.value.problems)


@patiently
@given(requests() | batches() | assets() | configurations())
def test_every_value_comes_back_equal(value: object) -> None:
    """Requests, batches, assets and configurations survive the way through JSON."""
    plain = unstructure(value)

    assert is_plain(plain)
    assert structure(through_json(plain), type(value)) == value


@patiently
@given(st.one_of(*events().values()))
def test_every_event_comes_back_equal(event: AnyEvent) -> None:
    """Events survive the wire, and bear their class name under ``type``."""
    wire = event_to_wire(event)

    assert is_plain(wire)
    assert wire["type"] == type(event).__name__
    assert event_from_wire(through_json(wire)) == event


def test_the_round_trip_leaves_no_event_out() -> None:
    """Every kind of event goes through the test above."""
    assert set(events()) == set(get_args(AnyEvent))


@given(json_values(), st.sampled_from([GenerationRequest, GenerationBatch]))
def test_any_json_is_read_or_refused(data: object, kind: type[Any]) -> None:
    """Whatever a client sends, nothing but `PayloadError` comes of it."""
    try:
        structure(data, kind)
    except PayloadError as error:
        assert error.problems  # noqa: PT017 - both outcomes are fine


@patiently
@given(st.data())
def test_a_value_with_one_field_replaced_is_read_or_refused(
    data: st.DataObject,
) -> None:
    """A fault in one field never shows as anything but a `PayloadError`."""
    value = data.draw(requests() | batches() | assets() | configurations())
    plain = unstructure(value)
    key = data.draw(st.sampled_from(sorted(plain)))
    plain[key] = data.draw(json_values())

    try:
        structure(plain, type(value))
    except PayloadError as error:
        assert error.problems  # noqa: PT017 - both outcomes are fine


def test_what_is_returned_is_the_callers_own() -> None:
    """Changing plain data changes neither the value nor the data of the next call."""
    configuration = make_configuration()
    before = unstructure(configuration)
    changed = unstructure(configuration)
    changed["workflow_json"]["3"]["inputs"]["steps"] = 99
    changed["prompt_mappings"].clear()

    assert unstructure(configuration) == before

    overrides = {"3.x": [1, 2]}
    request = structure(
        {**unstructure(make_request()), "overrides": overrides}, GenerationRequest
    )
    overrides["3.x"].append(3)
    assert request.overrides == {"3.x": (1, 2)}


def test_the_plain_form_is_the_one_that_is_stored() -> None:
    """Stored requests of older releases stay readable: this form does not change."""
    request = make_request(
        seed=MAX_SEED,
        slot="custom:tarot",
        overrides={"3.steps": 20},
        context={"name": "Marcus"},
        style_reference_id=ASSET,
    )

    assert unstructure(request) == {
        "world_id": "vale",
        "entity": {"entity_type": "Character", "entity_id": "marcus"},
        "asset_type": "portrait",
        "prompt": "a grizzled bartender with grey hair",
        "negative_prompt": "",
        "count": 1,
        "slot": "custom:tarot",
        "seed": 2**64 - 1,
        "style_reference_id": ASSET,
        "overrides": {"3.steps": 20},
        "context": {"name": "Marcus"},
        "priority": 0,
    }


def test_what_has_a_default_may_be_left_out() -> None:
    """A client writes only what it wants otherwise than by default."""
    data = {
        "world_id": "vale",
        "entity": {"entity_type": "Character", "entity_id": "marcus"},
        "asset_type": "portrait",
        "prompt": "a grizzled bartender with grey hair",
    }

    assert structure(data, GenerationRequest) == make_request()


def test_all_faults_are_told_at_once_each_with_its_path() -> None:
    """A reader learns in one answer everything that is wrong, and where."""
    data = unstructure(make_batch())
    del data["seed"]
    data |= {
        "status": "lost",
        "created_at": "2026-11-22T12:00:00",
        "asset_ids": ["a", 3],
        "failure": [],
        "color": "red",
    }
    data["request"] |= {
        "overrides": {"3.cfg": float("nan")},
        "context": {"name": None},
        1: 2,
    }

    assert sorted(problems_of(data, GenerationBatch)) == [
        "asset_ids[1]: must be a text, not a int",
        "created_at: must be an ISO time with its offset, not '2026-11-22T12:00:00'",
        "failure: must be an object, not a list",
        "request.context['name']: must be a text, not null",
        "request.overrides['3.cfg']: nan is no JSON number: use a finite one",
        "request: unknown keys 1",
        "seed: is missing",
        (
            "status: must be one of queued, processing, complete, failed, cancelled, "
            "not 'lost'"
        ),
        "unknown keys 'color'",
    ]


@pytest.mark.parametrize(
    "change, problem",
    [
        (
            {"count": 99},
            "request.count: must be a whole number from 1 to 64, not 99",
        ),
        ({"world_id": ""}, "request.world_id: must not be empty"),
        (
            {"entity": {"entity_type": "", "entity_id": "x"}},
            "request.entity.entity_type: must not be empty",
        ),
    ],
)
def test_what_a_class_refuses_is_told_with_its_path(
    change: dict[str, Any], problem: str
) -> None:
    """A value outside a field's range is a fault of that field."""
    data = unstructure(make_batch())
    data["request"] |= change

    assert problems_of(data, GenerationBatch) == [problem]


def test_an_error_of_a_class_that_names_no_field_is_told_as_it_is() -> None:
    """A workflow that is none is told by the node at fault, or as a whole."""
    data = unstructure(make_configuration())

    assert problems_of({**data, "workflow_json": {}}, WorkflowConfiguration) == [
        "it holds no node: export the workflow with 'Export (API)'"
    ]
    assert problems_of({**data, "workflow_json": {"6": {}}}, WorkflowConfiguration) == [
        "node 6: it has no class_type: export the workflow with 'Export (API)'"
    ]


@pytest.mark.parametrize(
    "value, problem",
    [
        ("7", "must be a whole number, not a str"),
        (7.0, "must be a whole number, not a float"),
        (True, "must be a whole number, not a bool"),
        (None, "must be a whole number, not null"),
    ],
)
def test_nothing_is_turned_into_a_whole_number(value: object, problem: str) -> None:
    """A count that comes as text, fraction or truth value is refused."""
    data = {**unstructure(make_request()), "count": value}

    assert problems_of(data, GenerationRequest) == [f"count: {problem}"]


@pytest.mark.parametrize("value", [1, "true", None])
def test_nothing_is_turned_into_a_truth_value(value: object) -> None:
    """Only true and false are truth values."""
    data = {**unstructure(make_asset()), "is_active": value}

    assert problems_of(data, GalleryAsset)[0].startswith("is_active: must be true or")


def test_a_whole_number_is_a_number_and_a_truth_value_is_none() -> None:
    """JavaScript writes 1.0 as 1; nobody writes it as true."""
    event = GenerationProgress(
        batch_id=BATCH, completed=1, total=1, fraction=1.0, occurred_at=NOON
    )
    wire = event_to_wire(event)

    assert event_from_wire({**wire, "fraction": 1}) == event
    with pytest.raises(PayloadError, match="fraction: must be a number, not a bool"):
        event_from_wire({**wire, "fraction": True})


@pytest.mark.parametrize("value", ["ab", {"a": 1}, 7, None])
def test_only_a_list_is_a_list(value: object) -> None:
    """A text is not taken for the list of its letters."""
    data = {**unstructure(make_batch()), "asset_ids": value}

    assert problems_of(data, GenerationBatch)[0].startswith("asset_ids: must be a list")


@pytest.mark.parametrize("value", ["ab", [["a", 1]], 7, None])
def test_only_an_object_is_an_object(value: object) -> None:
    """Pairs are not taken for a mapping, nor anything for a value of ours."""
    data = {**unstructure(make_request()), "overrides": value}

    assert problems_of(data, GenerationRequest)[0].startswith("overrides: must be an")
    assert problems_of(value, GenerationRequest)[0].startswith("must be an object")
    assert problems_of(value, WorkflowConfiguration)[0].startswith("must be an object")


@pytest.mark.parametrize("value", ["Portrait", 1, None, [], {}])
def test_only_a_members_value_is_a_member(value: object) -> None:
    """Enums are read by value, letter by letter."""
    assert structure("portrait", AssetType) is AssetType.PORTRAIT
    assert problems_of(value, AssetType)[0].startswith(
        "must be one of portrait, sprite, backdrop, item, custom, not "
    )


@pytest.mark.parametrize(
    "text",
    ["2026-03-01T14:00:00.123456+02:00", "2026-03-01T12:00:00.123456Z"],
)
def test_times_are_read_with_any_offset_and_kept_in_utc(text: str) -> None:
    """An instant is the same instant however its zone is written."""
    data = {**unstructure(make_asset()), "created_at": text}
    asset = structure(data, GalleryAsset)

    assert asset.created_at == NOON
    assert asset.created_at.tzinfo is UTC


def test_times_are_written_in_utc() -> None:
    """All written times have one offset, so that their texts can be compared."""
    local = NOON.astimezone(timezone(timedelta(hours=-7)))

    assert unstructure(make_asset(created_at=local))["created_at"] == (
        "2026-03-01T12:00:00.123456+00:00"
    )


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T12:00:00",
        "noon",
        "",
        None,
        1772366400,
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_what_is_no_time_with_offset_is_refused(value: object) -> None:
    """A time that could mean several instants, or none, is a fault."""
    data = {**unstructure(make_asset()), "created_at": value}

    assert problems_of(data, GalleryAsset)[0].startswith(
        "created_at: must be an ISO time with its offset, not "
    )


@pytest.mark.parametrize("value", ["*", "YQ", "YQ==\n", "ü", None, 7, ["YQ=="]])
def test_what_is_no_base64_is_refused(value: object) -> None:
    """A preview whose picture is damaged is a fault."""
    event = GenerationPreview(
        batch_id=BATCH, index=0, data=b"a", media_type="image/png"
    )
    wire = event_to_wire(event)
    assert wire["data"] == "YQ=="

    with pytest.raises(PayloadError, match="data: must be base64 text"):
        event_from_wire({**wire, "data": value})


@pytest.mark.parametrize(
    "wire", [{}, {"type": "GenerationLost"}, {"type": 7}, {"type": None}, {"type": []}]
)
def test_an_event_of_no_known_kind_is_refused(wire: object) -> None:
    """The answer names the kinds that there are."""
    with pytest.raises(PayloadError, match=r"type must be one of .*AssetDeleted") as e:
        event_from_wire(wire)

    assert e.value.what == "event"


@pytest.mark.parametrize("wire", [None, [], "GenerationQueued", 7])
def test_what_is_no_object_is_no_event(wire: object) -> None:
    """An event is an object and nothing else."""
    with pytest.raises(PayloadError, match="must be an object"):
        event_from_wire(wire)


def test_an_event_with_an_unknown_key_is_refused() -> None:
    """What we do not know is told, not dropped."""
    wire = event_to_wire(GenerationCancelled(batch_id=BATCH))

    with pytest.raises(PayloadError, match="unknown keys 'colour'"):
        event_from_wire({**wire, "colour": "red"})


@pytest.mark.parametrize(
    "mapping, plain",
    [
        (AutoDetect(), {"type": "AutoDetect"}),
        (PromptInjection(), {"type": "PromptInjection"}),
        (Disabled(), {"type": "Disabled"}),
        (Explicit(target="12.image"), {"type": "Explicit", "target": "12.image"}),
        (AutoDetect(strength=0.5), {"type": "AutoDetect", "strength": 0.5}),
        (
            Explicit(target="12.image", strength=1),
            {"type": "Explicit", "target": "12.image", "strength": 1},
        ),
    ],
)
def test_a_style_reference_mapping_bears_its_kind(
    mapping: object, plain: dict[str, Any]
) -> None:
    """Each is told by ``type``; a strength that is not set leaves no trace."""
    configuration = make_configuration(style_reference_mapping=mapping)
    data = unstructure(configuration)

    assert data["style_reference_mapping"] == plain
    assert structure(data, WorkflowConfiguration) == configuration


@pytest.mark.parametrize(
    "strength, problem",
    [
        ("0.5", "style_reference_mapping.strength: must be a number, not a str"),
        (True, "style_reference_mapping.strength: must be a number, not a bool"),
        (10**400, "style_reference_mapping.strength: must be a finite number"),
    ],
)
def test_a_style_strength_is_read_as_a_number(strength: object, problem: str) -> None:
    """What is none is refused with the path to it."""
    data = unstructure(make_configuration(style_reference_mapping=AutoDetect()))
    data["style_reference_mapping"]["strength"] = strength

    with pytest.raises(PayloadError, match=problem):
        structure(data, WorkflowConfiguration)


def test_a_graph_with_the_deepest_values_is_kept() -> None:
    """What a workflow may hold can be stored, to the last level."""
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    graph = {"1": {"class_type": "Deep", "inputs": {"value": deep}}}
    configuration = make_configuration(workflow_json=graph)

    assert structure(unstructure(configuration), WorkflowConfiguration) == configuration


def test_a_stored_image_is_plain_data_too() -> None:
    """What an image store kept can be written and read."""
    image = StoredImage(
        file_path="item/3f/a.png",
        thumbnail_path="item/3f/a.thumb.webp",
        width=1,
        height=2,
        media_type="image/png",
        size_bytes=3,
        sha256="0" * 64,
    )

    assert structure(through_json(unstructure(image)), StoredImage) == image


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), b"a"])
def test_an_override_that_json_has_not_is_no_request(value: object) -> None:
    """A strange override in plain data is told with its place."""
    plain = unstructure(make_request()) | {"overrides": {"3.cfg": value}}
    with pytest.raises(PayloadError, match=r"'3\.cfg'\]: .*no JSON"):
        structure(plain, GenerationRequest)


def test_a_failure_can_be_written_whatever_its_details_hold() -> None:
    """A batch can always be stored as failed: odd details become short texts."""
    endless: list[object] = []
    endless.append(endless)
    details = {
        "node_id": "3",
        "limits": (1, 2),
        "loss": float("nan"),
        "devices": {"cpu"},
        "circle": endless,
        "text": "half a pair \ud800",
    }
    failure = BatchFailure(message="m", error_type="E", details=details)
    batch = make_batch(status=BatchStatus.FAILED, failure=failure)
    event = GenerationFailed(
        batch_id=BATCH, error="m", error_type="E", details=details, attempts=1
    )

    for written in (
        unstructure(batch)["failure"]["details"],
        event_to_wire(event)["details"],
    ):
        json.dumps(written).encode()
        assert is_plain(written)
        assert written["node_id"] == "3"
        assert written["limits"] == [1, 2]
        assert written["loss"] == "nan"
        assert written["devices"] == "{'cpu'}"
        assert written["text"] == r"'half a pair \ud800'"


def test_a_member_given_for_a_text_is_written_as_text() -> None:
    """Plain data holds exact texts, for drivers that look at the type."""
    data = unstructure(make_request(slot=AssetType.ITEM))

    assert type(data["slot"]) is str
    assert data["slot"] == "item"


def test_the_kind_of_entity_is_kept_apart_from_its_id() -> None:
    """Values inside values are read as their own classes."""
    request = structure(unstructure(make_request()), GenerationRequest)

    assert isinstance(request.entity, EntityRef)
    assert request.entity == MARCUS
