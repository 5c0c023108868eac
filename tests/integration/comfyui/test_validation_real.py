"""Validation says what a real server says, of graphs that were damaged at random."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
from attrs import frozen

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.validation import Severity, validate_document
from comfy_assets.testing.small_png import small_png
from tests.integration.comfyui.damage import UPLOADED, damaged
from tests.loopback import NO_CERTIFICATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.comfyui import RealComfyUI

_COUNT: Final = 500
_SEED: Final = 2026


@frozen(kw_only=True)
class Verdict:
    """What the server made of a graph."""

    #: Whether it was refused, or lost an output.
    is_bad: bool
    #: The inputs that it named.
    places: set[tuple[str, str]]
    #: The answer, for the message of a failing test.
    told: str


class Server:
    """Posts graphs and finds out what becomes of them."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def catalogue(self) -> Catalogue:
        """Return what the server can do, with one picture to load."""
        picture = {"image": (UPLOADED, small_png(UPLOADED), "image/png")}
        self._http.post("/upload/image", files=picture).raise_for_status()
        return Catalogue.from_object_info(self._http.get("/object_info").json())

    def judge(self, graph: dict[str, Any], catalogue: Catalogue) -> Verdict:
        """Post a graph; its run tells which outputs were kept."""
        # httpx writes no NaN; servers read it.
        content = json.dumps({"prompt": graph}).encode()
        headers = {"Content-Type": "application/json"}
        answer = self._http.post("/prompt", content=content, headers=headers)
        body = answer.json() if answer.status_code in {200, 400} else {}
        node_errors = dict(body.get("node_errors") or {})
        is_bad = answer.status_code != 200 or bool(node_errors)
        if answer.status_code == 200:
            kept = self._kept_outputs(body["prompt_id"])
            wanted = {
                node_id
                for node_id, node in graph.items()
                if catalogue.nodes[node["class_type"]].is_output_node
            }
            is_bad = is_bad or kept != wanted
        return Verdict(is_bad=is_bad, places=_places(node_errors), told=answer.text)

    def _kept_outputs(self, prompt_id: str) -> set[str]:
        """Find the run in the queue, or else among the ended ones.

        Some graphs that are taken end the server's only worker: then runs wait.
        """
        # Bare NaN, where a graph had one: only Python's own parser takes it.
        queue = json.loads(self._http.get("/queue").text)
        history = json.loads(self._http.get(f"/history/{prompt_id}").text)
        runs = [*queue["queue_running"], *queue["queue_pending"]]
        runs += [entry["prompt"] for entry in history.values()]
        (kept,) = {frozenset(run[4]) for run in runs if run[1] == prompt_id}
        self._http.post("/queue", json={"delete": [prompt_id]})
        return set(kept)


def _places(node_errors: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (node_id, error["extra_info"]["input_name"])
        for node_id, entry in node_errors.items()
        for error in entry["errors"]
        if "input_name" in error["extra_info"]
        # The server names the input of whoever asked for the node.
        and not error["type"].startswith("exception_during")
    }


@pytest.fixture(scope="module")
def server(comfyui_0_3_75: RealComfyUI) -> Iterator[Server]:
    """Reach the real server; its version has no choices of the newest kinds."""
    with httpx.Client(
        verify=NO_CERTIFICATES,
        base_url=comfyui_0_3_75.url,
        trust_env=False,
        timeout=30.0,
    ) as http:
        yield Server(http)
    # Its worker may have died of a graph; other tests get a fresh server.
    comfyui_0_3_75.kill()


@pytest.mark.timeout(300)
def test_damaged_graphs_are_judged_as_by_the_server(server: Server) -> None:
    """An error stands exactly where the server refuses or drops, at the same inputs.

    No exception is known: whatever this finds is a fault of ours.
    """
    catalogue = server.catalogue()
    wrong: list[str] = []
    refused = 0
    for told, graph in damaged(_COUNT, seed=_SEED):
        faults = validate_document(graph, catalogue, server_version="0.3.75")
        errors = [fault for fault in faults if fault.severity is Severity.ERROR]
        verdict = server.judge(graph, catalogue)
        refused += verdict.is_bad
        places = {(fault.node_id, fault.input_name) for fault in errors}
        if bool(errors) != verdict.is_bad or not verdict.places <= places:
            sentences = [str(fault) for fault in errors]
            wrong.append(f"{told}\n  server: {verdict.told}\n  ours: {sentences}")
    assert not wrong, "\n".join(wrong)
    # Damage that breaks everything, or nothing, would prove little.
    assert 0.3 * _COUNT < refused < 0.8 * _COUNT
