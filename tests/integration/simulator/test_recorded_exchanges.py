"""What a real ComfyUI answered, the simulator answers too: status, form, headers."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from comfy_assets.simulator import ComfyUISimulator
from tests.integration.simulator import recordings
from tests.integration.simulator.conversation import wait_until_idle
from tests.loopback import NO_CERTIFICATES

_OWN_ID = "5cf0a3c5-6f6b-4f0a-9a43-1b8a6d8e0f11"


def _send(http: httpx.Client, request: dict[str, Any]) -> httpx.Response:
    content = request.get("raw_body")
    return http.request(
        request["method"],
        request["path"],
        headers=request["headers"],
        json=request.get("json"),
        content=content.encode() if content is not None else None,
    )


def _media_type(headers: httpx.Headers | dict[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0]


@pytest.mark.parametrize("number", ["02", "03", "04", "05", "06", "09", "10"])
def test_prompts_are_answered_as_recorded(http: httpx.Client, number: str) -> None:
    """Answers to the recorded requests have the recorded status and form."""
    ids: dict[str, str] = {}
    problems: list[str] = []
    for event in recordings.exchanges(number):
        request, recorded = event["request"], event["response"]
        if "/api/jobs" in request["path"] or "/queue" in request["path"]:
            # They tell of runs with private nodes, which are left out here.
            continue
        if "/history" in request["path"] and not any(i in request["path"] for i in ids):
            continue
        if "/view" in request["path"]:
            # The recording server had other files.
            continue
        if recorded["status"] == 500 and "prompt_id" in str(request):
            # Trouble only while an earlier run waits: see test_queue_and_interrupt.
            continue
        request = recordings.replace_ids(request, ids)
        answer = _send(http, request)
        where = f"{request['method']} {request['path']} {str(request.get('json'))[:90]}"
        if answer.status_code != recorded["status"]:
            problems.append(
                f"{where}: {answer.status_code} instead of {recorded['status']}"
            )
            continue
        if _media_type(answer.headers) != _media_type(recorded["headers"]):
            problems.append(f"{where}: {answer.headers}")
        if "json" in recorded:
            found = recordings.differences(recorded["json"], answer.json())
            problems += [f"{where}: {one}" for one in found]
        if request["method"] == "POST" and answer.status_code == 200:
            ids[recorded["json"]["prompt_id"]] = answer.json()["prompt_id"]
            wait_until_idle(http)
    assert problems == []


@pytest.mark.parametrize(
    "name", ["error.type", "error.message", "error.details", "error.extra_info"]
)
def test_refusals_say_the_recorded_words(http: httpx.Client, name: str) -> None:
    """A refused graph gets the very error of a real server."""
    part = name.removeprefix("error.")
    for event in recordings.exchanges("09"):
        recorded = event["response"]
        if recorded["status"] == 400:
            answer = _send(http, event["request"])
            assert answer.json()["error"][part] == recorded["json"]["error"][part]


def test_node_errors_have_the_recorded_types(http: httpx.Client) -> None:
    """Each node of a refused graph is charged with the recorded mistakes."""
    for event in recordings.exchanges("09"):
        recorded = event["response"]
        if recorded["status"] != 400:
            continue
        answer = _send(http, event["request"]).json()
        assert _mistakes(answer) == _mistakes(recorded["json"])


def _mistakes(body: dict[str, Any]) -> dict[str, Any]:
    return {
        node_id: (
            [error["type"] for error in report["errors"]],
            report["dependent_outputs"],
            report["class_type"],
        )
        for node_id, report in body["node_errors"].items()
    }


def test_files_are_served_as_recorded(tmp_path: Path) -> None:
    """`/view` gives the recorded status, type and name for each recorded request."""
    with (
        ComfyUISimulator(run_seconds=0, output_directory=tmp_path) as server,
        httpx.Client(verify=NO_CERTIFICATES, base_url=server.url) as http,
    ):
        _lay_out_files(http, tmp_path)
        for event in recordings.exchanges("19"):
            request, recorded = event["request"], event["response"]
            if "view?" not in request["path"] or recorded["status"] == 304:
                continue
            answer = _send(http, request)
            what = f"{request['method']} {request['path']}"
            assert answer.status_code == recorded["status"], what
            if answer.status_code < 300:
                wanted = recorded["headers"]["content-disposition"]
                got = answer.headers.raw
                disposition = dict(got)[b"content-disposition"].decode()
                assert disposition == wanted, what
                assert answer.headers["content-type"] == _media_type(
                    recorded["headers"]
                ), what


def _lay_out_files(http: httpx.Client, output: Path) -> None:
    http.post(
        "/prompt",
        json={
            "prompt": {
                "1": {
                    "class_type": "EmptyImage",
                    "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 5},
                },
                "2": {
                    "class_type": "SaveImage",
                    "inputs": {"images": ["1", 0], "filename_prefix": "made"},
                },
            }
        },
    )
    wait_until_idle(http)
    png = (output / "made_00001_.png").read_bytes()
    folder = output / "viewtest"
    (folder / "deep").mkdir(parents=True)
    for name in ("rgba.png", "deep/rgb.png", "sp ace & ünï.png"):
        (folder / name).write_bytes(png)
    (folder / "x.html").write_text("<script>1</script>")
    (folder / "x.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "data.latent").write_bytes(bytes(10))
    (folder / "x.mp4").write_bytes(bytes(100))
    (folder / "t.txt").write_text("hello")
    (folder / "broken.png").write_bytes(b"not a png")
    jpeg = http.get(
        "/view", params={"filename": "made_00001_.png", "preview": "jpeg;80"}
    )
    http.post("/upload/image", files={"image": ("viewin.jpg", jpeg.content)})


def test_origins_are_judged_as_recorded(
    http: httpx.Client, server: ComfyUISimulator
) -> None:
    """Foreign origins are refused on loopback hosts, and only there."""
    port = server.url.rsplit(":", 1)[1]
    for event in recordings.exchanges("23"):
        request, recorded = event["request"], event["response"]
        request["headers"] = {
            key: value.replace("8188", port)
            for key, value in request["headers"].items()
        }
        answer = _send(http, request)
        assert answer.status_code == recorded["status"], request


def test_jobs_have_the_recorded_form(http: httpx.Client) -> None:
    """Jobs, pages and mistakes of `/api/jobs` look as recorded."""
    graph = recordings.exchanges("13")[0]["request"]["json"]["prompt"]
    pnginfo = {"workflow": {"id": "wf-42"}}
    http.post(
        "/prompt",
        json={
            "prompt": graph,
            "prompt_id": _OWN_ID,
            "extra_data": {"extra_pnginfo": pnginfo},
        },
    )
    wait_until_idle(http)
    problems: list[str] = []
    for event in recordings.exchanges("13"):
        request, recorded = event["request"], event["response"]
        path = request["path"]
        if not path.startswith("/api/jobs") or request["method"] == "DELETE":
            continue
        answer = _send(http, request)
        if recorded["status"] == 400:
            assert answer.status_code == 400, path
            assert answer.json() == recorded["json"]
        elif "pagination" in recorded.get("json", {}) and not recorded["json"]["jobs"]:
            problems += recordings.differences(recorded["json"], answer.json())
    finished = [
        event["response"]["json"]
        for event in recordings.exchanges("13")
        if event["response"].get("json", {}).get("status") == "completed"
    ]
    job = http.get(f"/api/jobs/{_OWN_ID}").json()
    assert job.pop("workflow_id") == "wf-42"
    problems += [
        one
        for one in recordings.differences(finished[0], job)
        # The recorded request carried no workflow.
        if "extra_data" not in one
    ]
    assert problems == []


def test_an_unknown_job_is_not_found(http: httpx.Client) -> None:
    """A job nobody queued is answered with 404 and a text."""
    answer = http.get(f"/api/jobs/{uuid.uuid4()}")
    assert (answer.status_code, answer.json()) == (404, {"error": "Job not found"})


def test_the_history_is_cut_as_recorded(http: httpx.Client) -> None:
    """`max_items` counts from the newest, `offset` from the oldest."""
    graph = recordings.exchanges("02")[0]["request"]["json"]["prompt"]
    for color in range(5):
        graph["1"]["inputs"]["color"] = color
        http.post("/prompt", json={"prompt": graph})
    wait_until_idle(http)

    def numbers(query: str) -> list[int]:
        entries = http.get(f"/history{query}").json().values()
        return [entry["prompt"][0] for entry in entries]

    assert numbers("") == [0, 1, 2, 3, 4]
    assert numbers("?max_items=2") == [3, 4]
    assert numbers("?max_items=2&offset=0") == [0, 1]
    assert numbers("?max_items=2&offset=1") == [1, 2]
    assert numbers("?offset=3") == [3, 4]
    assert numbers("?max_items=0") == []
    assert numbers("?max_items=-1") == []
    assert numbers("?max_items=1&offset=-5") == [4]
    assert numbers("?offset=99999") == []
    assert http.get("/history?max_items=abc").status_code == 500
