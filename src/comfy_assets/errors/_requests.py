"""Errors for values that a caller gave and that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.errors._sentences import listed
from comfy_assets.errors._tree import ComfyAssetsError

if TYPE_CHECKING:
    from collections.abc import Sequence


class InvalidRequestError(ComfyAssetsError, ValueError):
    """A value that the caller gave cannot be used."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        #: The name of the argument or field at fault.
        self.field = field
        #: What is wrong with it and what would be right.
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}"


class WorkflowFormatError(InvalidRequestError):
    """A workflow is not a graph that ComfyUI could run."""

    def __init__(self, problem: str, *, node_id: str | None = None) -> None:
        super().__init__("workflow", problem)
        #: The node at fault, or ``None`` where the whole is.
        self.node_id = node_id

    def __str__(self) -> str:
        where = "Workflow" if self.node_id is None else f"Workflow node {self.node_id}"
        return f"{where}: {self.problem}"


class MappingError(InvalidRequestError):
    """An address names no input of the workflow, or more than one."""

    def __init__(
        self, address: str, problem: str, *, candidates: Sequence[str] = ()
    ) -> None:
        super().__init__("address", problem)
        #: The address, mapping target or template at fault.
        self.address = address
        #: Addresses that would fit, best first; empty where none comes near.
        self.candidates: tuple[str, ...] = tuple(candidates)

    def __str__(self) -> str:
        hint = f" Candidates: {listed(self.candidates)}." if self.candidates else ""
        return f"{self.address!r}: {self.problem}{hint}"


class LockedInputError(InvalidRequestError):
    """A request tries to override an input that the workflow's owner locked."""

    def __init__(self, address: str) -> None:
        super().__init__("overrides", "the input is locked")
        #: The address of the locked input, as the request wrote it.
        self.address = address

    def __str__(self) -> str:
        return (
            f"The input {self.address!r} is locked in this workflow configuration: "
            "leave it out of the overrides, or unlock it in the configuration."
        )


class BatchStatusError(InvalidRequestError):
    """A batch cannot take this step in its present status."""

    def __init__(self, batch_id: str, status: str, step: str, hint: str = "") -> None:
        super().__init__("status", f"cannot {step} a batch that is {status}")
        #: The batch that was asked.
        self.batch_id = batch_id
        #: Its status, a `BatchStatus` value such as ``"complete"``.
        self.status = status
        #: The step that was refused, such as ``"cancel"``.
        self.step = step
        #: What to do instead; may be empty.
        self.hint = hint

    def __str__(self) -> str:
        tail = f" {self.hint}" if self.hint else ""
        return f"Batch {self.batch_id} is {self.status}: cannot {self.step} it.{tail}"


class PayloadError(InvalidRequestError):
    """Plain data (JSON, a cursor, a stored row) does not have the expected form."""

    def __init__(self, what: str, problems: Sequence[str]) -> None:
        super().__init__(what, "; ".join(problems))
        #: What was read, such as ``"GenerationRequest"`` or ``"cursor"``.
        self.what = what
        #: Every fault found, each with the path to it.
        self.problems: tuple[str, ...] = tuple(problems)

    def __str__(self) -> str:
        return f"This is no valid {self.what}: {listed(self.problems, '; ')}."
