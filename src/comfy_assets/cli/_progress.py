"""Batches as a person watches them: live bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from attrs import define, field
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn
from rich.text import Text

from comfy_assets.cli._output import console_of, is_terminal, printable, say
from comfy_assets.domain.batches import BatchStatus, GenerationBatch

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, TextIO

    from rich.progress import Task

    from comfy_assets.domain.events import GenerationProgress
    from comfy_assets.domain.identity import BatchId

_MINUTE: Final = 60
_BAR_WIDTH: Final = 24
_STYLES: Final = {
    BatchStatus.COMPLETE: "green",
    BatchStatus.FAILED: "red",
    BatchStatus.CANCELLED: "yellow",
}


class ProgressDisplay(ABC):
    """Shows how far some batches are; used as a context manager."""

    @abstractmethod
    def __enter__(self) -> Self:
        """Begin to show."""

    @abstractmethod
    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave what is shown as it is."""

    @abstractmethod
    def add(self, batch: GenerationBatch, label: str) -> None:
        """Show one more batch."""

    @abstractmethod
    def waits(self, batch_id: BatchId, position: int) -> None:
        """Show that so many batches run before it."""

    @abstractmethod
    def goes_on(self, event: GenerationProgress) -> None:
        """Show how far it is."""

    @abstractmethod
    def ends(self, batch: GenerationBatch) -> None:
        """Show how it ended."""

    @abstractmethod
    def note(self, sentence: str) -> None:
        """Show what else happened, such as a server that came back."""


def progress_display(stream: TextIO) -> ProgressDisplay:
    """Return what fits the stream: bars where they can be redrawn, else lines."""
    return _Bars(stream) if is_terminal(stream) else _Lines(stream)


def duration(seconds: float) -> str:
    """Return a rough time for a person, such as ``1:05`` or ``12 s``."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    return f"{whole // _MINUTE}:{whole % _MINUTE:02d}"


class _TimeLeft(ProgressColumn):
    """The library's own estimate: it knows of images, rich only of percents."""

    def render(self, task: Task) -> Text:
        """Return the state, or the time that is left."""
        status: BatchStatus | None = task.fields["status"]
        if status is not None:
            return Text(status.value, _STYLES[status])
        eta: float | None = task.fields["eta"]
        return Text("" if eta is None else f"{duration(eta)} left", "cyan")


class _Bars(ProgressDisplay):
    """One bar a batch, redrawn in place."""

    def __init__(self, stream: TextIO) -> None:
        self._tasks: dict[BatchId, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=_BAR_WIDTH),
            TextColumn("{task.percentage:>3.0f}%", markup=False),
            TextColumn("{task.fields[images]}", markup=False, style="bold"),
            _TimeLeft(),
            console=console_of(stream),
        )

    def __enter__(self) -> Self:
        self._progress.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.__exit__(exc_type, exc, traceback)

    def add(self, batch: GenerationBatch, label: str) -> None:
        """Draw a new bar."""
        count = batch.request.count
        self._tasks[batch.id] = self._progress.add_task(
            printable(label),
            total=count,
            completed=batch.completed_count,
            images=f"{batch.completed_count}/{count}",
            eta=None,
            status=None,
        )

    def waits(self, batch_id: BatchId, position: int) -> None:
        """Nothing: an empty bar says that it waits."""

    def goes_on(self, event: GenerationProgress) -> None:
        """Fill the bar."""
        self._progress.update(
            self._tasks[event.batch_id],
            completed=event.fraction * event.total,
            images=f"{event.completed}/{event.total}",
            eta=event.eta_seconds,
        )

    def ends(self, batch: GenerationBatch) -> None:
        """Write the end behind the bar."""
        self._progress.update(
            self._tasks[batch.id],
            completed=batch.completed_count,
            images=f"{batch.completed_count}/{batch.request.count}",
            status=batch.status,
        )

    def note(self, sentence: str) -> None:
        """Write a line above the bars."""
        self._progress.console.print(Text(printable(sentence), "yellow"))


@define
class _Lines(ProgressDisplay):
    """A line whenever something is worth one: a start, a stored image, an end."""

    _stream: TextIO
    _labels: dict[BatchId, str] = field(factory=dict, init=False)
    _completed: dict[BatchId, int] = field(factory=dict, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing: each line is out already."""

    def add(self, batch: GenerationBatch, label: str) -> None:
        """Tell how many images there will be."""
        self._labels[batch.id] = label
        self._completed[batch.id] = batch.completed_count
        self._tell(batch.id, f"{batch.completed_count} of {batch.request.count}")

    def waits(self, batch_id: BatchId, position: int) -> None:
        """Tell the place in line, unless it is the first."""
        if position:
            self._tell(batch_id, f"waits in line, {position} before it")

    def goes_on(self, event: GenerationProgress) -> None:
        """Tell of each stored image, not of each step."""
        if event.completed <= self._completed[event.batch_id]:
            return
        self._completed[event.batch_id] = event.completed
        left = ""
        if event.eta_seconds is not None and event.completed < event.total:
            left = f", about {duration(event.eta_seconds)} left"
        self._tell(event.batch_id, f"{event.completed} of {event.total}{left}")

    def ends(self, batch: GenerationBatch) -> None:
        """Tell the end."""
        self._tell(batch.id, batch.status.value)

    def note(self, sentence: str) -> None:
        """Tell it."""
        say(sentence, stream=self._stream)

    def _tell(self, batch_id: BatchId, what: str) -> None:
        say(f"{self._labels[batch_id]}: {what}", stream=self._stream)
