"""Each scripted fault looks to a client as the real mishap does, and ends."""

from __future__ import annotations

import threading

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from comfy_assets.simulator import ComfyUISimulator
from tests.integration.simulator.conversation import (
    image_graph,
    kinds,
    open_socket,
    post,
    read,
    read_run,
    sampler_graph,
    socket_url,
    wait_until,
    wait_until_idle,
)
from tests.loopback import NO_CERTIFICATES


def _is_answering(http: httpx.Client) -> bool:
    try:
        return http.get("/prompt").status_code == 200
    except httpx.TransportError:
        return False


def _drain(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=5)


def test_dropped_sockets_see_no_close_frame(server: ComfyUISimulator) -> None:
    """A cut socket ends with code 1006, and may come back."""
    with open_socket(server, "me") as socket:
        server.faults.drop_sockets()
        with pytest.raises(ConnectionClosedError) as caught:
            socket.recv(timeout=5)
        assert caught.value.rcvd is None
        assert socket.close_code == 1006
    with open_socket(server, "me"):
        pass


def test_dropping_sockets_leaves_http_alone(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """Only sockets are cut: the same HTTP connection goes on."""
    with open_socket(server, "me"):
        assert http.get("/prompt").status_code == 200
        server.faults.drop_sockets()
        assert http.get("/prompt").status_code == 200


def test_refused_sockets_fail_at_the_handshake(server: ComfyUISimulator) -> None:
    """New sockets are turned away while the fault lasts."""
    server.faults.refuse_sockets()
    with pytest.raises(InvalidStatus), connect(socket_url(server, "me")):
        pass
    server.faults.refuse_sockets(False)
    with open_socket(server, "me"):
        pass


def test_stalled_sockets_get_their_frames_later(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """No frame comes while HTTP goes on; afterwards all come in order."""
    with open_socket(server, "me") as socket:
        server.faults.stall_sockets()
        post(http, image_graph(), client_id="me")
        wait_until_idle(http)
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.05)
        server.faults.stall_sockets(False)
        assert "execution_success" in kinds(read_run(socket))


def test_stalled_http_answers_nobody_until_it_ends(server: ComfyUISimulator) -> None:
    """A request waits for its answer as long as HTTP is stalled."""
    server.faults.stall_http()
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{server.url}/prompt", timeout=0.2)
    answers = []
    waiting = threading.Thread(
        target=lambda: answers.append(httpx.get(f"{server.url}/prompt", timeout=10))
    )
    waiting.start()
    server.faults.stall_http(False)
    waiting.join()
    assert answers[0].status_code == 200


def test_a_delay_makes_answers_late(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """Every answer takes at least as long as asked."""
    server.faults.delay(0.2)
    assert http.get("/prompt").elapsed.total_seconds() >= 0.2
    server.faults.delay(0)
    assert http.get("/prompt").status_code == 200


def test_failures_are_counted_and_bound_to_a_route(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """Only the next requests to the route fail, with or without `/api`."""
    server.faults.fail(503, times=2, route="/prompt")
    assert http.get("/queue").status_code == 200
    assert http.get("/prompt").status_code == 503
    assert http.get("/api/prompt").status_code == 503
    assert http.get("/prompt").status_code == 200


def test_a_failing_prompt_queues_nothing(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """What fails on purpose is not done in secret."""
    server.faults.fail(route="/prompt")
    assert http.post("/prompt", json={"prompt": image_graph()}).status_code == 500
    wait_until_idle(http)
    assert server.executed == []


def test_a_truncated_picture_breaks_the_connection(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """The body ends before its announced length, once; then it comes whole."""
    post(http, image_graph(prefix="cut"))
    wait_until_idle(http)
    server.faults.truncate("/view")
    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/view?filename=cut_00001_.png")
    assert http.get("/view?filename=cut_00001_.png").content.endswith(b"IEND\xaeB`\x82")


def test_refused_connections_come_back_and_runs_live_on(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """During a blip connecting fails at once; line and history survive it."""
    run = post(http, image_graph())
    with open_socket(server, "me") as socket:
        server.faults.refuse_connections()
        with pytest.raises(ConnectionClosedError):
            _drain(socket)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/prompt")
    wait_until(lambda: bool(server.executed) and server.executed[0].seconds > 0)
    server.faults.refuse_connections(False)
    assert run["prompt_id"] in http.get("/history").json()


def test_a_blip_ends_by_itself(server: ComfyUISimulator, http: httpx.Client) -> None:
    """After a blip the server takes connections again."""
    server.faults.blip(0.5)
    assert not _is_answering(http)
    wait_until(lambda: _is_answering(http))


def test_a_forgotten_line_leaves_no_trace() -> None:
    """Waiting runs are gone without frame or history; the running one goes on."""
    with (
        ComfyUISimulator(run_seconds=60, steps=600) as slow,
        httpx.Client(verify=NO_CERTIFICATES, base_url=slow.url) as http,
    ):
        running = post(http, sampler_graph(steps=600))["prompt_id"]
        wait_until(lambda: len(slow.executed) == 1)
        waiting = post(http, image_graph())["prompt_id"]
        slow.faults.forget_queue()
        content = http.get("/queue").json()
        assert content["queue_pending"] == []
        assert content["queue_running"][0][1] == running
        assert http.get(f"/history/{waiting}").json() == {}


def test_a_planned_error_fails_one_run_in_its_sampler(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """The next run ends in `execution_error` of its sampler; the one after is fine."""
    server.faults.fail_next_run("out of memory", "torch.OutOfMemoryError")
    with open_socket(server, "me") as socket:
        run = post(http, sampler_graph(), client_id="me")
        frames = read_run(socket)
        error = frames[-3]
        assert error["type"] == "execution_error"
        assert error["data"]["node_type"] == "KSampler"
        assert error["data"]["exception_message"] == "out of memory\n"
        assert error["data"]["exception_type"] == "torch.OutOfMemoryError"
        job = http.get(f"/api/jobs/{run['prompt_id']}").json()
        assert job["status"] == "failed"
        post(http, sampler_graph(), client_id="me")
        assert "execution_success" in kinds(read_run(socket))


def test_a_restart_forgets_what_a_process_forgets(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """History and numbers start anew on the same port; saved pictures stay."""
    preview = image_graph() | {
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    }
    run = post(http, preview)["prompt_id"]
    wait_until_idle(http)
    outputs = http.get(f"/history/{run}").json()[run]["outputs"]
    url = server.url
    with open_socket(server, "me") as socket:
        server.restart()
        with pytest.raises(ConnectionClosedError):
            socket.recv(timeout=5)
        assert socket.close_code == 1006
    assert server.url == url
    with httpx.Client(verify=NO_CERTIFICATES, base_url=url) as fresh:
        assert fresh.get("/history").json() == {}
        assert fresh.get("/view", params=outputs["3"]["images"][0]).status_code == 200
        assert fresh.get("/view", params=outputs["4"]["images"][0]).status_code == 404
        assert post(fresh, image_graph())["number"] == 0
        wait_until_idle(fresh)
    assert [one.outcome for one in server.executed] == ["success", "success"]


def test_a_restart_loses_the_running_run() -> None:
    """The run that was running is noted as lost, and is not in the new history."""
    with ComfyUISimulator(run_seconds=60, steps=600) as slow:
        with httpx.Client(verify=NO_CERTIFICATES, base_url=slow.url) as http:
            post(http, sampler_graph(steps=600))
            wait_until(lambda: len(slow.executed) == 1)
        slow.restart()
        assert [one.outcome for one in slow.executed] == ["lost"]
        assert httpx.get(f"{slow.url}/history").json() == {}


def test_a_dead_server_refuses_for_good(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """After `die` connecting fails, and nothing brings the server back."""
    server.faults.die()
    with pytest.raises(httpx.ConnectError):
        http.get("/prompt")
    server.faults.clear()
    assert not _is_answering(http)
    with pytest.raises(RuntimeError, match="does not come back"):
        server.restart()


def test_clearing_ends_what_lasts(server: ComfyUISimulator, http: httpx.Client) -> None:
    """`clear` ends stalls, delays, refusals and planned failures at once."""
    server.faults.stall_sockets()
    server.faults.refuse_sockets()
    server.faults.fail(times=5)
    server.faults.delay(60)
    server.faults.refuse_connections()
    server.faults.clear()
    assert _is_answering(http)
    with connect(socket_url(server, "me")) as socket:
        assert read(socket)["type"] == "status"


def test_a_stalled_server_ends_quietly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Leaving while requests are held ends them without a word in the log."""
    errors: list[BaseException] = []

    def ask(http: httpx.Client) -> None:
        try:
            http.get("/prompt")
        except httpx.TransportError as error:
            errors.append(error)

    with httpx.Client(verify=NO_CERTIFICATES, timeout=10) as http:
        with ComfyUISimulator() as simulator:
            http.base_url = httpx.URL(simulator.url)
            http.get("/prompt")
            simulator.faults.stall_http()
            simulator.faults.delay(60)
            waiting = threading.Thread(target=ask, args=(http,))
            waiting.start()
            # Until the request has reached the server, which now shows nothing.
            with pytest.raises(httpx.ReadTimeout):
                httpx.get(f"{simulator.url}/prompt", timeout=0.3)
        waiting.join()
    assert len(errors) == 1
    assert "Exception in ASGI application" not in caplog.text
