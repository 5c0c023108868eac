"""The line, interrupting and cancelling, over the wire."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx
import pytest

from comfy_assets.simulator import ComfyUISimulator
from tests.integration.simulator.conversation import (
    image_graph,
    kinds,
    open_socket,
    post,
    read,
    read_run,
    sampler_graph,
    wait_until,
    wait_until_idle,
)
from tests.loopback import NO_CERTIFICATES

#: Long enough that a test can act while a run goes on; no test waits for its end.
_LONG = 60.0


@pytest.fixture
def slow() -> Iterator[ComfyUISimulator]:
    """Give a simulator whose steps take a while each."""
    with ComfyUISimulator(run_seconds=_LONG, steps=600) as simulator:
        yield simulator


@pytest.fixture
def http(slow: ComfyUISimulator) -> Iterator[httpx.Client]:
    """Give a client of the slow simulator."""
    with httpx.Client(verify=NO_CERTIFICATES, base_url=slow.url, timeout=10) as client:
        yield client


def _start(http: httpx.Client, slow: ComfyUISimulator, **more: object) -> str:
    """Queue a long run and wait until it runs."""
    prompt_id = str(post(http, sampler_graph(steps=600), **more)["prompt_id"])
    wait_until(lambda: any(run.prompt_id == prompt_id for run in slow.executed))
    return prompt_id


def test_runs_wait_in_order_of_their_numbers(
    slow: ComfyUISimulator, http: httpx.Client
) -> None:
    """Explicit numbers and `front` decide the order in which runs are taken."""
    blocker = _start(http, slow)
    labels = {
        post(http, image_graph(1))["prompt_id"]: "plain",
        post(http, image_graph(2), front=True)["prompt_id"]: "front",
        post(http, image_graph(3), number=0.5)["prompt_id"]: "half",
        post(http, image_graph(4), number="7")["prompt_id"]: "seven",
    }
    pending = http.get("/queue").json()["queue_pending"]
    assert [labels[item[1]] for item in sorted(pending, key=lambda item: item[0])] == [
        "front",
        "half",
        "plain",
        "seven",
    ]
    assert http.get("/queue").json()["queue_running"][0][1] == blocker


def test_an_explicit_number_comes_back_as_a_float(
    slow: ComfyUISimulator, http: httpx.Client
) -> None:
    """`number` wins over `front` and is answered as a float."""
    answer = http.post(
        "/prompt", json={"prompt": image_graph(), "number": 500, "front": True}
    )
    assert answer.text.find('"number": 500.0') > 0


def test_the_same_ticket_twice_is_trouble(
    slow: ComfyUISimulator, http: httpx.Client
) -> None:
    """Same id and number while waiting is a 500; another number is fine."""
    _start(http, slow)
    own = str(uuid.uuid4())
    request = {"prompt": image_graph(), "prompt_id": own, "number": 5}
    assert http.post("/prompt", json=request).status_code == 200
    assert http.post("/prompt", json=request | {"number": 6}).status_code == 200
    assert http.post("/prompt", json=request).status_code == 500


def test_an_interrupt_stops_only_the_run_it_names(
    slow: ComfyUISimulator, http: httpx.Client
) -> None:
    """A targeted interrupt of another run has no effect; of this one, it stops it."""
    with open_socket(slow, "me") as socket:
        running = _start(http, slow, client_id="me")
        other = {"prompt_id": str(uuid.uuid4())}
        assert http.post("/interrupt", json=other).status_code == 200
        # Two more steps: it goes on.
        for _ in range(2):
            while kinds([read(socket)]) != ["progress"]:
                pass
        http.post("/interrupt", json={"prompt_id": running})
        frames = read_run(socket)
    assert kinds(frames)[-3:] == ["execution_interrupted", "status", "executing"]
    assert frames[-3]["data"]["node_type"] == "KSampler"
    entry = http.get(f"/history/{running}").json()[running]
    assert entry["status"]["status_str"] == "error"
    assert entry["status"]["messages"][-1][0] == "execution_interrupted"


@pytest.mark.parametrize("body", [b"", b"{bad", b"{}"])
def test_an_empty_or_broken_interrupt_stops_whatever_runs(
    slow: ComfyUISimulator, http: httpx.Client, body: bytes
) -> None:
    """Without a readable id, the running run is interrupted."""
    running = _start(http, slow)
    assert http.post("/interrupt", content=body).status_code == 200
    wait_until_idle(http)
    assert slow.executed[-1].prompt_id == running
    assert slow.executed[-1].outcome == "interrupted"


def test_an_interrupt_on_an_idle_server_is_forgotten(
    server: ComfyUISimulator,
) -> None:
    """Interrupting nothing does not stop the next run."""
    with httpx.Client(verify=NO_CERTIFICATES, base_url=server.url) as http:
        http.post("/interrupt")
        post(http, image_graph())
        wait_until_idle(http)
        assert server.executed[-1].outcome == "success"


def test_a_list_as_interrupt_is_trouble(http: httpx.Client) -> None:
    """A JSON list is no body for `/interrupt`."""
    assert http.post("/interrupt", json=[]).status_code == 500


def test_deleted_runs_vanish_without_a_trace(
    slow: ComfyUISimulator, http: httpx.Client
) -> None:
    """A waiting run that is deleted leaves the line and never reaches the history."""
    running = _start(http, slow)
    waiting = post(http, image_graph())["prompt_id"]
    http.post("/queue", json={"delete": [waiting, "unknown", running]})
    content = http.get("/queue").json()
    assert content["queue_pending"] == []
    assert [item[1] for item in content["queue_running"]] == [running]
    assert http.get(f"/history/{waiting}").json() == {}
    assert http.get(f"/api/jobs/{waiting}").status_code == 404


def test_clearing_the_line_keeps_the_running_run(
    slow: ComfyUISimulator, http: httpx.Client
) -> None:
    """`clear` removes only what waits, and tells sockets the new count."""
    _start(http, slow)
    post(http, image_graph())
    with open_socket(slow, "me") as socket:
        http.post("/queue", json={"clear": True})
        assert read(socket)["data"]["status"]["exec_info"]["queue_remaining"] == 1


def test_jobs_are_cancelled_running_or_waiting(
    slow: ComfyUISimulator, http: httpx.Client
) -> None:
    """Cancelling says whether there was something to cancel."""
    running = _start(http, slow)
    waiting = post(http, image_graph())["prompt_id"]
    assert http.post(f"/api/jobs/{waiting}/cancel").json() == {"cancelled": True}
    assert http.post(f"/api/jobs/{waiting}/cancel").json() == {"cancelled": False}
    assert http.get(f"/api/jobs/{running}").json()["status"] == "in_progress"
    many = {"job_ids": [running, str(uuid.uuid4())]}
    assert http.post("/api/jobs/cancel", json=many).json() == {"cancelled": True}
    wait_until_idle(http)
    assert http.get(f"/api/jobs/{running}").json()["status"] == "cancelled"


@pytest.mark.parametrize("route", ["/prompt", "/queue", "/history", "/free"])
@pytest.mark.parametrize("body", [b"", b"{"])
def test_broken_json_is_trouble(http: httpx.Client, route: str, body: bytes) -> None:
    """An empty or broken body is answered with 500 in plain text."""
    answer = http.post(route, content=body)
    assert answer.status_code == 500
    assert answer.text.startswith("500 Internal Server Error")


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/interrupt", 404),
        ("GET", "/upload/image", 404),
        ("GET", "/nope", 404),
        ("GET", "/queue/", 404),
        ("GET", "/jobs", 404),
        ("POST", "/nope", 405),
        ("PUT", "/prompt", 405),
        ("DELETE", "/queue", 405),
        ("POST", "/view", 405),
        ("OPTIONS", "/anything", 200),
        ("HEAD", "/system_stats", 200),
        ("GET", "/ws", 400),
        ("GET", "/api/prompt", 200),
        ("GET", "/models/nope", 404),
        ("GET", "/models/checkpoints", 200),
        ("GET", "/object_info/Nope", 200),
        ("GET", "/embeddings", 200),
        ("GET", "/features", 200),
    ],
)
def test_routes_answer_with_the_odd_status_codes(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    """A missing route and a wrong method look as on a real server."""
    assert http.request(method, path).status_code == status
