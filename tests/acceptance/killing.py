"""Kill a host at a moment, start it again, and look at what is left of its work."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio
from attrs import field, frozen

import comfy_assets as ca
from tests.acceptance.host import assert_gallery
from tests.acceptance.host_to_kill import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
#: What a host may take for its whole job; only a broken one gets there.
LIMIT_SECONDS: Final = 60.0


@frozen(kw_only=True)
class Job:
    """One job of a host that is killed: where it paints, keeps, and how much."""

    #: The server's address.
    url: str
    #: Where the images lie, and the database unless it is elsewhere.
    folder: Path
    #: The URL of the database; ``None`` is a SQLite file in the folder.
    repository: str | None = field(default=None, repr=False)
    #: Images in the batch.
    count: int = 12
    #: The event loop.
    backend: str = "asyncio"

    def start(self, *, owner: str = "host") -> subprocess.Popen[str]:
        """Start the host; it prints a line as soon as the batch is stored."""
        words = [
            *(sys.executable, "-m", "tests.acceptance.host_to_kill"),
            *(self.url, str(self.folder), "--count", str(self.count)),
            *("--owner", owner, "--backend", self.backend),
        ]
        return subprocess.Popen(  # noqa: S603 - our own script
            words,
            cwd=ROOT,
            env=os.environ | {REPOSITORY: self._repository_url},
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def length(self) -> float:
        """Let a host do the job; return its seconds from when the batch is stored."""
        with self.start() as process:
            for _ in _first(process, 1):
                begun = time.perf_counter()
            process.communicate(timeout=LIMIT_SECONDS)
            return time.perf_counter() - begun

    def kill_at_line(self, line: int) -> bool:
        """Start the host and kill it when it has printed so many lines.

        Returns:
            Whether it was still alive then.
        """
        with self.start() as process:
            for _ in _first(process, line):
                pass
            return _kill(process)

    def kill_after(self, seconds: float) -> bool:
        """Start the host and kill it so many seconds after its batch is stored.

        Returns:
            Whether it was still alive then.
        """
        with self.start() as process:
            for _ in _first(process, 1):
                pass
            # The moment is what is being tried out: nothing is waited for.
            try:
                _, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                return _kill(process)
            return False

    def finish(self, *, owner: str = "host") -> None:
        """Start the host and let it end by itself.

        Raises:
            AssertionError: When it does not end well, or not at all.
        """
        with self.start(owner=owner) as process:
            try:
                process.communicate(timeout=LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                message = "the host did not come to an end"
                raise AssertionError(message) from None
        assert process.returncode == 0, "the host ended with an error"

    def check(self) -> None:
        """Check that the batch is complete, and each image there once.

        Raises:
            AssertionError: When it is not so.
        """
        anyio.run(self._check)

    @property
    def _repository_url(self) -> str:
        return self.repository or f"sqlite:///{(self.folder / 'game.db').as_posix()}"

    async def _check(self) -> None:
        async with aclosing(ca.open_repository(self._repository_url)) as repository:
            (batch,) = (await repository.batches.find(ca.BatchQuery(), limit=2)).items
            assert batch.status is ca.BatchStatus.COMPLETE
            assert batch.completed_count == self.count
            indexes = list(range(self.count))
            await assert_gallery(repository.assets, self.folder, indexes=indexes)


def _first(process: subprocess.Popen[str], lines: int) -> Iterator[str]:
    """Give the first lines that a process prints; an endless silence kills it."""
    assert process.stdout is not None
    watch = threading.Timer(LIMIT_SECONDS, process.kill)
    watch.start()
    try:
        for _, line in zip(range(lines), process.stdout, strict=False):
            yield line
    finally:
        watch.cancel()


def _kill(process: subprocess.Popen[str]) -> bool:
    was_alive = process.poll() is None
    process.kill()
    return was_alive
