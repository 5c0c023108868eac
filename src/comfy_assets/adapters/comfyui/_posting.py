"""Posts a workflow, once, over a connection that may fail in the middle of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import anyio
from attrs import define, field

from comfy_assets.adapters.comfyui._endings import EndedWell, Place, extra_data_for
from comfy_assets.adapters.comfyui._messages import parse_json
from comfy_assets.adapters.comfyui._rejections import (
    node_problems,
    read_rejection,
    unknown_classes,
)
from comfy_assets.adapters.comfyui._stopping import take_back
from comfy_assets.errors import (
    ComfyUIError,
    ComfyUIUnavailableError,
    WorkflowRejectedError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comfy_assets.adapters.comfyui._answers import Answer
    from comfy_assets.adapters.comfyui._followers import Follower
    from comfy_assets.adapters.comfyui._link import Link
    from comfy_assets.domain.workflows.graph import Workflow

_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500
#: After so many the fault is taken for the graph's or the server's, not the moment's.
_MOST_SERVER_ERRORS: Final = 3
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 1.0


@define(eq=False)
class Posting:
    """One ``POST /prompt`` under way; its caller may be gone when it is answered."""

    done: anyio.Event = field(factory=anyio.Event)
    answer: Answer | None = None
    error: ComfyUIError | None = None

    async def send(self, link: Link, body: Mapping[str, Any]) -> None:
        """Send it and keep what comes of it; runs in the client's own tasks."""
        try:
            self.answer = await link.routes.post_prompt(body)
        except ComfyUIError as e:
            self.error = e
        finally:
            self.done.set()

    def outcome(self, server: str) -> Answer:
        """Return the answer.

        Raises:
            ComfyUIError: What the request ended with.
        """
        if self.answer is None:
            raise self.error or ComfyUIUnavailableError(
                server, "its client was closed."
            )
        return self.answer

    @property
    def server_id(self) -> str | None:
        """The id under which the server took the run, if it did."""
        content = None if self.answer is None else parse_json(self.answer.body)
        server_id = content.get("prompt_id") if isinstance(content, dict) else None
        return server_id if isinstance(server_id, str) else None


class Poster:
    """Brings one run onto the server, exactly once."""

    def __init__(self, link: Link, workflow: Workflow, prompt_id: str) -> None:
        #: The newest request; ``None`` before the first.
        self.posting: Posting | None = None
        self._link = link
        self._workflow = workflow
        self._prompt_id = prompt_id

    async def post(self, follower: Follower) -> Place:
        """Post the workflow; says where the run then is, by the id the server knows.

        Raises:
            WorkflowRejectedError: When the server refuses it, or would drop an output.
            ComfyUIUnavailableError: When the server stays away or fails by itself.
            ComfyUIError: When something else than ComfyUI answers.
        """
        started = anyio.current_time()
        pause = _FIRST_PAUSE_SECONDS
        server_errors = 0
        while True:
            try:
                answer = await self._send(follower)
                if answer.status < _SERVER_ERROR:
                    return await self._accepted(answer)
                server_errors += answer.status == _SERVER_ERROR
                if server_errors >= _MOST_SERVER_ERRORS:
                    await self._explain_server_error()
                answer.require_ok()
            except ComfyUIUnavailableError:
                waited = anyio.current_time() + pause - started
                is_failing = server_errors >= _MOST_SERVER_ERRORS
                if is_failing or waited > self._link.timeouts.unreachable_seconds:
                    raise
            # The request may have arrived all the same: posting blindly would queue
            # the run twice.
            place = await self._link.ask(
                lambda: self._link.whereabouts.find(self._prompt_id)
            )
            if place.where in {"waiting", "working"} or isinstance(
                place.end, EndedWell
            ):
                return place
            await anyio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _send(self, follower: Follower) -> Answer:
        link = self._link
        follower.client_id = await link.keeper.ready(link.timeouts.socket_seconds)
        body = {
            "prompt": self._workflow.to_api(),
            "prompt_id": self._prompt_id,
            # Sent also where nobody listens: without one, 0.3.75 keeps no outputs of a
            # cached run.
            "client_id": follower.client_id or str(uuid4()),
            "extra_data": extra_data_for(self._prompt_id),
        }
        self.posting = Posting()
        link.tasks.start_soon(self.posting.send, link, body)
        await self.posting.done.wait()
        return self.posting.outcome(link.server)

    async def _accepted(self, answer: Answer) -> Place:
        """Read an answer below 500."""
        link, workflow = self._link, self._workflow
        if answer.status == _BAD_REQUEST:
            problems, node_errors = read_rejection(parse_json(answer.body), workflow)
            raise WorkflowRejectedError(link.server, problems, node_errors)
        content = answer.mapping()
        server_id = content.get("prompt_id")
        if not isinstance(server_id, str) or not server_id:
            problem = f"{answer.asked} was answered without a prompt_id."
            raise ComfyUIError(link.server, problem)
        link.whereabouts.note_id(self._prompt_id, server_id)
        dropped = content.get("node_errors")
        if isinstance(dropped, dict) and dropped:
            # It took the run, but without the branches that these nodes belong to.
            await take_back(link, self._prompt_id, server_id)
            problems = node_problems(dropped, workflow)
            raise WorkflowRejectedError(
                link.server,
                problems or [f"errors in the nodes {', '.join(map(str, dropped))}."],
                dropped,
            )
        return Place(where="waiting", server_id=server_id)

    async def _explain_server_error(self) -> None:
        """Name the unknown node classes, which servers before May 2024 answer with 500.

        Raises:
            WorkflowRejectedError: When there are any.
            ComfyUIError: When the catalogue cannot be had.
        """
        catalogue = await self._link.routes.object_info()
        problems = unknown_classes(self._workflow, catalogue)
        if problems:
            raise WorkflowRejectedError(self._link.server, problems)
