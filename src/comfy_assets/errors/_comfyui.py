"""Errors that come out of a ComfyUI server, or out of its absence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from comfy_assets.errors._sentences import listed
from comfy_assets.errors._tree import ComfyAssetsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ComfyUIError(ComfyAssetsError):
    """ComfyUI answered something that ends the run or the call."""

    def __init__(self, server: str, problem: str) -> None:
        super().__init__(server, problem)
        #: The server's address without credentials, such as
        #: ``"http://127.0.0.1:8188"``.
        self.server = server
        #: What happened and what to do about it.
        self.problem = problem

    def __str__(self) -> str:
        return f"ComfyUI at {self.server}: {self.problem}"


class ComfyUIUnavailableError(ComfyUIError):
    """ComfyUI cannot be reached, fails by itself (5xx), or forgot the run."""

    transient: ClassVar[bool] = True


class ComfyUITimeoutError(ComfyUIUnavailableError):
    """ComfyUI did not answer, or did not get on with a run, within the limit."""

    def __init__(self, server: str, operation: str, seconds: float) -> None:
        super().__init__(server, f"{operation} took longer than {seconds:g} s")
        #: What was waited for.
        self.operation = operation
        #: The limit that ran out, in seconds.
        self.seconds = seconds

    def __str__(self) -> str:
        return (
            f"ComfyUI at {self.server}: {self.operation} took longer than "
            f"{self.seconds:g} s. Look at the server's console, or raise the limit."
        )


class CircuitOpenError(ComfyUIUnavailableError):
    """The circuit breaker keeps calls away from a server that failed repeatedly."""

    def __init__(self, server: str, retry_in: float) -> None:
        super().__init__(server, f"the circuit is open for {retry_in:.1f} s")
        #: Seconds until the next probe is let through.
        self.retry_in = retry_in

    def __str__(self) -> str:
        return (
            f"ComfyUI at {self.server} failed repeatedly and is left alone for "
            f"{self.retry_in:.1f} s. Start it, then call health.retry_now()."
        )


class WorkflowRejectedError(ComfyUIError):
    """ComfyUI refused the workflow, or would drop some of its outputs."""

    def __init__(
        self,
        server: str,
        problems: Sequence[str],
        node_errors: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(server, "; ".join(problems))
        #: One sentence a fault, each naming node and input.
        self.problems: tuple[str, ...] = tuple(problems)
        #: ComfyUI's own ``node_errors``, by node id; empty where it sent none.
        self.node_errors: Mapping[str, Any] = dict(node_errors or {})

    def __str__(self) -> str:
        return (
            f"ComfyUI at {self.server} refused the workflow: "
            f"{listed(self.problems, '; ')}"
        )


class ExecutionError(ComfyUIError):
    """A node raised while ComfyUI ran the workflow."""

    def __init__(
        self,
        server: str,
        *,
        node_id: str,
        class_type: str,
        message: str,
        exception_type: str = "",
    ) -> None:
        super().__init__(server, message)
        #: The node that raised.
        self.node_id = node_id
        #: Its class, such as ``"KSampler"``.
        self.class_type = class_type
        #: The node's own message.
        self.message = message
        #: The Python class of the node's exception; may be empty.
        self.exception_type = exception_type

    def __str__(self) -> str:
        kind = f"{self.exception_type}: " if self.exception_type else ""
        return (
            f"ComfyUI at {self.server}: node {self.node_id} ({self.class_type}) "
            f"failed: {kind}{self.message.strip()}"
        )


class ExecutionInterruptedError(ComfyUIError):
    """Somebody else interrupted the run at the server."""

    def __init__(self, server: str, prompt_id: str) -> None:
        super().__init__(server, "the run was interrupted")
        #: The run that was interrupted.
        self.prompt_id = prompt_id

    def __str__(self) -> str:
        return (
            f"ComfyUI at {self.server}: run {self.prompt_id} was interrupted at the "
            "server, not by this host. Retry the batch to paint what is missing."
        )


class NoImagesError(ComfyUIError):
    """A run succeeded but left no image."""

    def __init__(self, server: str, other_outputs: Sequence[str] = ()) -> None:
        super().__init__(server, "the run left no image")
        #: Kinds of output that came instead, such as ``"audio"``; may be empty.
        self.other_outputs: tuple[str, ...] = tuple(other_outputs)

    def __str__(self) -> str:
        came = (
            f" It left {listed(self.other_outputs)} instead."
            if self.other_outputs
            else ""
        )
        return (
            f"ComfyUI at {self.server}: the run ended well but left no image.{came} "
            "Give the workflow a SaveImage node."
        )
