"""`error_of`: an error from the plain values that a failed batch kept."""

from __future__ import annotations

import pytest
from attrs import evolve

import comfy_assets as ca
from comfy_assets.converters import structure, unstructure
from comfy_assets.services.failures import failure_of
from comfy_assets.services.restoring import error_of

_SERVER = "http://127.0.0.1:8188"


@pytest.mark.parametrize(
    "error",
    [
        ca.AssetNotFoundError("a"),
        ca.CircuitOpenError(_SERVER, 3.5),
        ca.ComfyUITimeoutError(_SERVER, "the run", 60),
        ca.ComfyUIUnavailableError(_SERVER, "it is away"),
        ca.ExecutionError(
            _SERVER,
            node_id="3",
            class_type="KSampler",
            message="out of memory",
            exception_type="OutOfMemoryError",
        ),
        ca.ExecutionInterruptedError(_SERVER, "p"),
        ca.ImageStoreError("save x", "the disk is full"),
        ca.InvalidImageError("it is a film"),
        ca.MappingError("3.stps", "no such input.", candidates=["3.steps"]),
        ca.NoImagesError(_SERVER, ["audio"]),
        ca.SystemClosedError(),
        ca.WorkflowNotFoundError("portrait"),
        ca.WorkflowRejectedError(_SERVER, ["no", "never"], {"4": {"errors": []}}),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_back_as_it_was(error: ca.ComfyAssetsError) -> None:
    """Its class, its sentence and its attributes, also after the database had it."""
    failure = structure(unstructure(failure_of(error)), ca.BatchFailure)
    again = error_of(failure)
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_what_is_none_of_our_errors_has_none() -> None:
    """A bug is told by its sentence alone, as is an error of another release."""
    assert error_of(failure_of(KeyError("x"))) is None
    failure = failure_of(ca.WorkflowNotFoundError("portrait"))
    assert error_of(evolve(failure, details={})) is None
