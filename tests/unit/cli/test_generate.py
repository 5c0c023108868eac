"""``comfy-assets generate``: what its options and endings mean."""

from __future__ import annotations

import pytest

from comfy_assets.cli._stores import Stores
from comfy_assets.cli.generate import _exit_code, _report
from comfy_assets.domain.batches import BatchFailure, BatchStatus, GenerationBatch
from comfy_assets.testing.samples import NOON, make_batch


def _failed(error_type: str) -> GenerationBatch:
    failure = BatchFailure(message="It is so.", error_type=error_type)
    return make_batch(status=BatchStatus.FAILED, finished_at=NOON, failure=failure)


@pytest.mark.parametrize(
    "batch, code",
    [
        (make_batch(status=BatchStatus.COMPLETE), 0),
        (make_batch(status=BatchStatus.CANCELLED), 1),
        (_failed("WorkflowRejectedError"), 1),
        (_failed("ComfyUIUnavailableError"), 3),
        (_failed("ComfyUITimeoutError"), 3),
        (_failed("CircuitOpenError"), 3),
    ],
)
def test_each_end_has_its_exit_code(batch: GenerationBatch, code: int) -> None:
    """A server that went away may be there again later: a script can tell."""
    assert _exit_code(batch) == code


@pytest.mark.parametrize(
    "batch, sentence",
    [
        (make_batch(status=BatchStatus.COMPLETE), ""),
        (_failed("ExecutionError"), "comfy-assets: It is so.\n"),
        (
            make_batch(status=BatchStatus.CANCELLED),
            "comfy-assets: somebody cancelled the batch\n",
        ),
    ],
    ids=["complete", "failed", "cancelled"],
)
def test_an_end_without_images_says_why(
    capsys: pytest.CaptureFixture[str], batch: GenerationBatch, sentence: str
) -> None:
    """On standard error, as nothing was painted."""
    _report(batch, [], Stores(), as_json=False)
    assert capsys.readouterr() == ("", sentence)
