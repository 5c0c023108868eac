"""Every error's sentence, and what stands in its attributes."""

from __future__ import annotations

import inspect

import pytest

from comfy_assets import errors
from comfy_assets.errors import (
    AssetNotFoundError,
    BatchNotFoundError,
    BatchStatusError,
    CircuitOpenError,
    ComfyAssetsError,
    ComfyUIError,
    ComfyUITimeoutError,
    ComfyUIUnavailableError,
    ExecutionError,
    ExecutionInterruptedError,
    ImageNotFoundError,
    ImageStoreError,
    InvalidImageError,
    InvalidRequestError,
    LockedInputError,
    MappingError,
    NoImagesError,
    NotFoundError,
    PayloadError,
    RepositoryError,
    StaleBatchError,
    StaleWorkflowError,
    StorageError,
    SubscriptionOverflowError,
    SystemClosedError,
    WorkflowFormatError,
    WorkflowNotFoundError,
    WorkflowRejectedError,
)

SERVER = "http://127.0.0.1:8188"
MANY = [f"{number}.text" for number in range(1, 11)]

SENTENCES: list[tuple[ComfyAssetsError, str]] = [
    (
        AssetNotFoundError("3f2a"),
        (
            "No asset has the id '3f2a': it was deleted, or the id belongs to another "
            "repository."
        ),
    ),
    (
        BatchNotFoundError("3f2a"),
        (
            "No generation batch has the id '3f2a': it was cleared, or the id belongs "
            "to another repository."
        ),
    ),
    (
        WorkflowNotFoundError("sprite"),
        (
            "No workflow is configured for the slot 'sprite': store one with "
            "workflows.put(slot, source)."
        ),
    ),
    (
        ImageNotFoundError("item/3f/sword.png"),
        (
            "The image store holds no image 'item/3f/sword.png': the file was removed "
            "by hand, or the store points to another folder."
        ),
    ),
    (
        InvalidRequestError("count", "must be a whole number"),
        "count: must be a whole number",
    ),
    (WorkflowFormatError("it holds no node"), "Workflow: it holds no node"),
    (
        WorkflowFormatError("it has no class_type", node_id="6"),
        "Workflow node 6: it has no class_type",
    ),
    (
        MappingError("6.txt", "node 6 has no input 'txt'."),
        "'6.txt': node 6 has no input 'txt'.",
    ),
    (
        MappingError("6.txt", "no such input.", candidates=["6.text", "7.text"]),
        "'6.txt': no such input. Candidates: 6.text, 7.text.",
    ),
    (
        MappingError("text", "several fit.", candidates=MANY),
        (
            "'text': several fit. Candidates: 1.text, 2.text, 3.text, 4.text, 5.text, "
            "6.text, 7.text, 8.text (and 2 more)."
        ),
    ),
    (
        LockedInputError("3.steps"),
        (
            "The input '3.steps' is locked in this workflow configuration: leave it "
            "out of the overrides, or unlock it in the configuration."
        ),
    ),
    (
        BatchStatusError("3f2a", "complete", "retry"),
        "Batch 3f2a is complete: cannot retry it.",
    ),
    (
        BatchStatusError("3f2a", "complete", "retry", "Submit it anew."),
        "Batch 3f2a is complete: cannot retry it. Submit it anew.",
    ),
    (
        PayloadError("cursor", ["it is empty", "it is old"]),
        "This is no valid cursor: it is empty; it is old.",
    ),
    (
        ComfyUIError(SERVER, "it answered 404"),
        f"ComfyUI at {SERVER}: it answered 404",
    ),
    (
        ComfyUIUnavailableError(SERVER, "connection refused"),
        f"ComfyUI at {SERVER}: connection refused",
    ),
    (
        ComfyUITimeoutError(SERVER, "reading the history", 10.0),
        (
            f"ComfyUI at {SERVER}: reading the history took longer than 10 s. Look at "
            "the server's console, or raise the limit."
        ),
    ),
    (
        CircuitOpenError(SERVER, 12.34),
        (
            f"ComfyUI at {SERVER} failed repeatedly and is left alone for 12.3 s. "
            "Start it, then call health.retry_now()."
        ),
    ),
    (
        WorkflowRejectedError(SERVER, ["node 4: no such checkpoint", "node 9: none"]),
        (
            f"ComfyUI at {SERVER} refused the workflow: node 4: no such checkpoint; "
            "node 9: none"
        ),
    ),
    (
        ExecutionError(
            SERVER,
            node_id="3",
            class_type="KSampler",
            message="out of memory\n",
            exception_type="OutOfMemoryError",
        ),
        (
            f"ComfyUI at {SERVER}: node 3 (KSampler) failed: OutOfMemoryError: out of "
            "memory"
        ),
    ),
    (
        ExecutionError(SERVER, node_id="3", class_type="KSampler", message="oops"),
        f"ComfyUI at {SERVER}: node 3 (KSampler) failed: oops",
    ),
    (
        ExecutionInterruptedError(SERVER, "77aa"),
        (
            f"ComfyUI at {SERVER}: run 77aa was interrupted at the server, not by this "
            "host. Retry the batch to paint what is missing."
        ),
    ),
    (
        NoImagesError(SERVER),
        (
            f"ComfyUI at {SERVER}: the run ended well but left no image. Give the "
            "workflow a SaveImage node."
        ),
    ),
    (
        NoImagesError(SERVER, ["audio", "text"]),
        (
            f"ComfyUI at {SERVER}: the run ended well but left no image. It left "
            "audio, text instead. Give the workflow a SaveImage node."
        ),
    ),
    (
        RepositoryError("open game.db", "the disk is full"),
        "The repository could not open game.db: the disk is full",
    ),
    (
        StaleBatchError("3f2a"),
        (
            "Batch 3f2a was changed by someone else since it was read: read it again "
            "and repeat the step."
        ),
    ),
    (
        StaleWorkflowError("portrait"),
        (
            "The workflow of the slot 'portrait' was changed or deleted by someone "
            "else since it was read: open it anew and repeat the changes."
        ),
    ),
    (
        ImageStoreError("save item/3f/sword", "the disk is full"),
        "The image store could not save item/3f/sword: the disk is full",
    ),
    (
        InvalidImageError("it has no pixels"),
        "This is no image that can be kept: it has no pixels",
    ),
    (
        SystemClosedError(),
        (
            "The asset system is not running: use it inside 'async with "
            "AssetSystem(...) as system'."
        ),
    ),
    (
        SubscriptionOverflowError(1000),
        (
            "More than 1000 events were left unread and the subscription ended: read "
            "faster, or subscribe to fewer kinds."
        ),
    ),
]


@pytest.mark.parametrize(
    "error, sentence", SENTENCES, ids=lambda value: type(value).__name__
)
def test_an_error_says_what_happened_and_what_to_do(
    error: ComfyAssetsError, sentence: str
) -> None:
    """The text of each error is the sentence of this table."""
    assert str(error) == sentence


def test_the_table_has_every_error_that_is_raised() -> None:
    """No error is without its sentence; the bases are never raised themselves."""
    defined = {
        kind
        for kind in vars(errors).values()
        if inspect.isclass(kind) and issubclass(kind, ComfyAssetsError)
    }

    told = {type(error) for error, _ in SENTENCES}
    assert defined - told == {ComfyAssetsError, NotFoundError, StorageError}


@pytest.mark.parametrize(
    "error, sentence", SENTENCES, ids=lambda value: type(value).__name__
)
def test_an_errors_attributes_are_plain_values(
    error: ComfyAssetsError, sentence: str
) -> None:
    """Whatever an error knows survives being written as JSON."""
    assert all(
        isinstance(value, (str, int, float, tuple, dict, type(None)))
        for value in vars(error).values()
    )
    assert error.args or isinstance(error, SystemClosedError)


def test_only_a_server_that_is_away_is_worth_another_try() -> None:
    """``transient`` is set for an unavailable server and what belongs to it."""
    transient = {type(error) for error, _ in SENTENCES if error.transient}

    assert transient == {
        ComfyUIUnavailableError,
        ComfyUITimeoutError,
        CircuitOpenError,
    }


def test_a_rejection_keeps_what_comfyui_said() -> None:
    """``node_errors`` are ComfyUI's own, copied; empty where it sent none."""
    node_errors: dict[str, object] = {"4": {"errors": []}}
    error = WorkflowRejectedError(SERVER, ["node 4"], node_errors)
    node_errors.clear()

    assert error.node_errors == {"4": {"errors": []}}
    assert WorkflowRejectedError(SERVER, ["node 4"]).node_errors == {}


def test_lists_in_errors_cannot_be_changed_from_outside() -> None:
    """Candidates and problems are copied into tuples."""
    texts = ["a", "b"]
    mapping = MappingError("x", "p", candidates=texts)
    payload = PayloadError("cursor", texts)
    rejected = WorkflowRejectedError(SERVER, texts)
    silent = NoImagesError(SERVER, texts)
    texts.clear()

    assert mapping.candidates == ("a", "b")
    assert payload.problems == ("a", "b")
    assert rejected.problems == ("a", "b")
    assert silent.other_outputs == ("a", "b")


def test_errors_can_be_caught_as_pythons_own() -> None:
    """Hosts that know nothing of us catch by the built-in class."""
    assert issubclass(NotFoundError, LookupError)
    assert issubclass(InvalidRequestError, ValueError)
    assert issubclass(SystemClosedError, RuntimeError)
