"""The simulator answers as a real ComfyUI of today does: both are asked the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from comfy_assets.testing.small_png import small_png
from tests.integration.simulator import recordings
from tests.integration.simulator.conversation import (
    image_graph,
    kinds,
    open_socket,
    post,
    read_run,
)
from tests.loopback import NO_CERTIFICATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.simulator import ComfyUISimulator
    from tests.servers.comfyui import RealComfyUI


def _graph_with(**inputs: Any) -> dict[str, Any]:
    graph = image_graph()
    graph["1"]["inputs"] |= inputs
    return graph


def _posted(graph: object) -> Callable[[httpx.Client], httpx.Response]:
    return lambda http: http.post("/prompt", json={"prompt": graph})


def _form(**fields: str) -> dict[str, Any]:
    return {"files": {"image": ("a.png", small_png("a"))}, "data": fields}


#: Requests whose answers must agree in status, type of content and form.
REQUESTS: dict[str, Callable[[httpx.Client], httpx.Response]] = {
    "queue": lambda http: http.get("/queue"),
    "queue by /api": lambda http: http.get("/api/queue"),
    "prompt": lambda http: http.get("/prompt"),
    "unknown history": lambda http: http.get(f"/history/{uuid4()}"),
    "unknown class": lambda http: http.get("/object_info/NoSuchNode"),
    "known class": lambda http: http.get("/object_info/EmptyImage"),
    "features": lambda http: http.get("/features"),
    "unknown path": lambda http: http.get("/no/such/path"),
    "trailing slash": lambda http: http.get("/queue/"),
    "wrong method": lambda http: http.get("/interrupt"),
    "post to nowhere": lambda http: http.post("/no/such/path"),
    "options": lambda http: http.request("OPTIONS", "/prompt"),
    "no JSON": lambda http: http.post("/prompt", content=b"{"),
    "no prompt": lambda http: http.post("/prompt", json={}),
    "no nodes": _posted({}),
    "missing input": _posted(
        image_graph() | {"1": {"class_type": "EmptyImage", "inputs": {}}}
    ),
    "too small": _posted(_graph_with(width=0)),
    "too large": _posted(_graph_with(width=10**9)),
    "no number": _posted(_graph_with(width="wide")),
    "bad link": _posted(_graph_with(width=["2"])),
    "no such file": _posted(
        image_graph() | {"1": {"class_type": "LoadImage", "inputs": {"image": "-"}}}
    ),
    "delete nothing": lambda http: http.post("/queue", json={"delete": ["x"]}),
    "clear": lambda http: http.post("/queue", json={"clear": True}),
    "interrupt nothing": lambda http: http.post("/interrupt", json={}),
    "free": lambda http: http.post("/free", json={"unload_models": True}),
    "view without a name": lambda http: http.get("/view"),
    "view of nothing": lambda http: http.get("/view?filename=nothing.png"),
    "view outside": lambda http: http.get("/view?filename=../a.png"),
    "view of a strange type": lambda http: http.get("/view?filename=a.png&type=x"),
    "upload": lambda http: http.post("/upload/image", **_form(overwrite="true")),
    "upload outside": lambda http: http.post("/upload/image", **_form(subfolder="..")),
    "upload of nothing": lambda http: http.post(
        "/upload/image", data={"type": "input"}
    ),
}


#: The simulator is as 0.33, which tells more here than 0.3.75 does.
TELLS_MORE = {"known class", "features"}


@pytest.mark.parametrize("request_name", list(REQUESTS))
def test_both_answer_alike(
    http: httpx.Client, comfyui_0_3_75: RealComfyUI, request_name: str
) -> None:
    """Status, content type, and keys and types of the content agree."""
    ask = REQUESTS[request_name]
    with httpx.Client(
        verify=NO_CERTIFICATES, base_url=comfyui_0_3_75.url, trust_env=False
    ) as real:
        wanted, answer = ask(real), ask(http)
    assert answer.status_code == wanted.status_code
    kind = wanted.headers.get("content-type")
    assert answer.headers.get("content-type") == kind
    if kind is not None and kind.startswith("application/json"):
        found = recordings.differences(wanted.json(), answer.json())
        if request_name in TELLS_MORE:
            found = (each for each in found if "is not in the recording" not in each)
        assert list(found) == []


@pytest.mark.parametrize("is_cached", [False, True], ids=["fresh", "cached"])
def test_both_tell_a_run_alike(
    server: ComfyUISimulator, comfyui_0_3_75: RealComfyUI, is_cached: bool
) -> None:
    """The same frames, in the same order, with the same keys and types."""
    graph = image_graph(color=int(uuid4()) % 2**24, prefix=str(uuid4()))
    told = []
    for place in (comfyui_0_3_75, server):
        client_id = str(uuid4())
        with (
            httpx.Client(
                verify=NO_CERTIFICATES, base_url=place.url, trust_env=False
            ) as http,
            open_socket(place, client_id) as socket,
        ):
            if is_cached:
                post(http, graph, client_id=client_id)
                read_run(socket)
            post(http, graph, client_id=client_id)
            told.append(read_run(socket))
    wanted, frames = told
    assert kinds(frames) == kinds(wanted)
    for real, simulated in zip(wanted, frames, strict=True):
        if real["type"] != "progress_state":
            assert list(recordings.differences(real, simulated)) == []


def test_both_remember_a_run_alike(
    http: httpx.Client, comfyui_0_3_75: RealComfyUI
) -> None:
    """The entry in the history has the same keys and types, and leads to a picture."""
    graph = image_graph(color=7, prefix=str(uuid4()))
    entries, pictures = [], []
    with httpx.Client(
        verify=NO_CERTIFICATES, base_url=comfyui_0_3_75.url, trust_env=False
    ) as real:
        for each in (real, http):
            prompt_id = post(each, graph, client_id="conformance")["prompt_id"]
            while not (history := each.get(f"/history/{prompt_id}").json()):
                pass
            entries.append(history[prompt_id])
            (file,) = history[prompt_id]["outputs"]["3"]["images"]
            pictures.append(each.get("/view", params=file))
    assert list(recordings.differences(*entries)) == []
    wanted, picture = pictures
    assert picture.headers["content-type"] == wanted.headers["content-type"]
    assert picture.status_code == wanted.status_code == 200
