"""Mapping, default, lock and override after conversion, and the same change before."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from comfy_assets.domain.identity import BatchId
from comfy_assets.domain.workflows.build import build
from comfy_assets.domain.workflows.configuration import (
    Disabled,
    InputDefault,
    LockedInput,
    PromptMapping,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.conversion import convert
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.testing.samples import make_configuration, make_request
from tests.unit.domain.workflows.described import recorded, recorded_catalogue

_BATCH: Final = BatchId(str(UUID(int=7)))
#: What a person writes as it stands: no comment, choice or name to be replaced.
_TEXTS: Final = st.text("abcdefghij XYZ,.()0123456789", min_size=1, max_size=40)
#: Written anew for each run, whatever the file says.
_ALWAYS_WRITTEN: Final = {"seed", "noise_seed", "batch_size", "filename_prefix"}


@frozen
class Place:
    """A value of a recorded file that shows as one input of the graph."""

    case: str
    node_id: str
    input_name: str
    #: Where it stands in the node's ``widgets_values``.
    widget: int
    value: Any

    @property
    def address(self) -> str:
        """How mappings name it."""
        return f"{self.node_id}.{self.input_name}"


@cache
def places() -> list[Place]:
    """All of them that can be told for certain."""
    found = []
    for case, recording in recorded("cases.json.gz").items():
        graph = converted(case).to_api()
        for node in recording["ui"]["nodes"]:
            values, node_id = node.get("widgets_values"), str(node["id"])
            if not isinstance(values, list) or node_id not in graph:
                continue
            inputs = graph[node_id]["inputs"]
            linked = {it["name"] for it in node.get("inputs", ()) if it.get("link")}
            found += [
                Place(case, node_id, name, values.index(value), value)
                for name, value in inputs.items()
                if isinstance(value, str | float)
                and value
                and name not in _ALWAYS_WRITTEN | linked
                and is_plain(graph[node_id]["class_type"], name)
                and values.count(value) == list(inputs.values()).count(value) == 1
            ]
    return found


def is_plain(class_type: str, input_name: str) -> bool:
    """Whether an input takes any text or number: a choice may bring other inputs."""
    description = recorded_catalogue().nodes[class_type].input(input_name)
    return description is not None and description.type in {"STRING", "FLOAT"}


@cache
def converted(case: str) -> Workflow:
    """A recorded file, as it is."""
    return convert(recorded("cases.json.gz")[case]["ui"], recorded_catalogue())


def changed_by_hand(place: Place, value: Any) -> Workflow:
    """A recorded file in which a person wrote another value."""
    document = copy.deepcopy(recorded("cases.json.gz")[place.case]["ui"])
    (node,) = (it for it in document["nodes"] if str(it["id"]) == place.node_id)
    node["widgets_values"][place.widget] = value
    return convert(document, recorded_catalogue())


def run(workflow: Workflow, overrides: Any = None, **parts: Any) -> Any:
    """The graph that a configuration of this workflow runs."""
    configuration: WorkflowConfiguration = make_configuration(
        workflow_json=workflow.to_api(),
        **{
            "prompt_mappings": (),
            "input_defaults": (),
            "locked_inputs": (),
            "style_reference_mapping": Disabled(),
            **parts,
        },
    )
    request = make_request(overrides=overrides or {}, context={"words": "words"})
    built = build(configuration, request, batch_id=_BATCH, index=0, seed=1, style=None)
    return json.loads(json.dumps(built.workflow.to_api()))


def some_places(kind: type) -> st.SearchStrategy[Place]:
    """Places that hold values of a kind."""
    return st.deferred(
        lambda: st.sampled_from([it for it in places() if isinstance(it.value, kind)])
    )


def test_there_are_many_places() -> None:
    """Else the properties below would say little."""
    assert len([it for it in places() if isinstance(it.value, str)]) > 150
    assert len([it for it in places() if isinstance(it.value, float)]) > 30
    assert len({it.case for it in places()}) > 100


@settings(max_examples=60, deadline=None)
@given(place=some_places(str), text=_TEXTS)
def test_a_mapping_does_what_a_person_would_have_done(place: Place, text: str) -> None:
    """The text of a mapping is the text that was written into the file."""
    mapping = PromptMapping(target=place.address, source="static_text", template=text)
    by_hand = run(changed_by_hand(place, text))
    assert run(converted(place.case), prompt_mappings=[mapping]) == by_hand


@settings(max_examples=60, deadline=None)
@given(
    place=some_places(float),
    value=st.floats(0.25, 8, width=16).filter(lambda it: it != int(it)),
)
def test_values_do_what_a_person_would_have_done(place: Place, value: float) -> None:
    """A default, a lock and an override give the same run as the changed file."""
    workflow, address = converted(place.case), place.address
    by_hand = run(changed_by_hand(place, value))
    default = InputDefault(target=address, value=value)
    lock = LockedInput(target=address, value=value)
    assert run(workflow, input_defaults=[default]) == by_hand
    assert run(workflow, locked_inputs=[lock]) == by_hand
    assert run(workflow, overrides={address: value}) == by_hand
