"""Batches as a person watches them."""

from __future__ import annotations

import io

import pytest
from attrs import evolve

from comfy_assets.cli._progress import duration, progress_display
from comfy_assets.domain.batches import BatchStatus, GenerationBatch
from comfy_assets.domain.events import GenerationProgress
from comfy_assets.testing.samples import make_batch


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _progress(
    batch: GenerationBatch, completed: int, fraction: float, eta: float | None = None
) -> GenerationProgress:
    return GenerationProgress(
        batch_id=batch.id,
        completed=completed,
        total=batch.request.count,
        fraction=fraction,
        eta_seconds=eta,
    )


def _ended(batch: GenerationBatch, status: BatchStatus) -> GenerationBatch:
    return evolve(batch, status=status, completed_count=batch.request.count)


def test_lines_tell_of_images_not_of_steps() -> None:
    """A log of a thousand steps would be no use to anybody."""
    stream = io.StringIO()
    batch = make_batch(count=2)
    with progress_display(stream) as display:
        display.add(batch, "Marcus")
        display.waits(batch.id, 3)
        display.waits(batch.id, 0)
        display.goes_on(_progress(batch, 0, 0.1, eta=70))
        display.goes_on(_progress(batch, 0, 0.2, eta=68))
        display.goes_on(_progress(batch, 1, 0.5, eta=65.2))
        display.goes_on(_progress(batch, 1, 0.7))
        display.note("ComfyUI is away")
        display.goes_on(_progress(batch, 2, 1.0, eta=0.0))
        display.ends(_ended(batch, BatchStatus.COMPLETE))
    assert stream.getvalue().splitlines() == [
        "Marcus: 0 of 2",
        "Marcus: waits in line, 3 before it",
        "Marcus: 1 of 2, about 1:05 left",
        "ComfyUI is away",
        "Marcus: 2 of 2",
        "Marcus: complete",
    ]


def test_a_resumed_batch_begins_where_it_was() -> None:
    """What an earlier run painted is not told as news."""
    stream = io.StringIO()
    batch = evolve(make_batch(count=4), completed_count=3)
    with progress_display(stream) as display:
        display.add(batch, "Marcus")
        display.goes_on(_progress(batch, 3, 0.8))
    assert stream.getvalue() == "Marcus: 3 of 4\n"


@pytest.mark.parametrize("status", [s for s in BatchStatus if s.is_final])
def test_a_terminal_gets_a_bar_a_batch(
    monkeypatch: pytest.MonkeyPatch, status: BatchStatus
) -> None:
    """With images, percent, the time left, and in the end how it ended."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    stream = _Terminal()
    batches = [make_batch(count=4), make_batch()]
    with progress_display(stream) as display:
        for number, batch in enumerate(batches):
            display.add(batch, f"[b]Marcus {number}")
            display.waits(batch.id, number)
        display.goes_on(_progress(batches[0], 2, 0.55, eta=12.4))
        display.note("ComfyUI is away")
        # What is drawn at the end of the block, whatever was drawn before it.
        stream.seek(0)
        stream.truncate()
    screen = stream.getvalue()
    assert "[b]Marcus 0" in screen
    assert "[b]Marcus 1" in screen
    assert "55%" in screen
    assert "2/4" in screen
    assert "12 s left" in screen

    stream = _Terminal()
    with progress_display(stream) as display:
        display.add(batches[0], "Marcus")
        display.ends(_ended(batches[0], status))
    assert status.value in stream.getvalue()
    assert "4/4" in stream.getvalue()


def test_a_terminal_that_cannot_redraw_gets_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Such as the one within an editor."""
    monkeypatch.setenv("TERM", "dumb")
    stream = _Terminal()
    with progress_display(stream) as display:
        display.add(make_batch(), "Marcus")
    assert "Marcus: 0 of 1" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(
    "seconds, text",
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (65, "1:05"), (3725, "62:05")],
)
def test_durations_are_rough(seconds: float, text: str) -> None:
    """Seconds below a minute, minutes and seconds above."""
    assert duration(seconds) == text
