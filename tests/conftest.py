"""What every test gets: both event loops, and one way for Hypothesis to behave."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

# What a shell runs in the background ignores Ctrl-C, and hands that on to the programs
# that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run: a red build can be repeated, and a run that was
# slow for a moment on a busy machine is no failure.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
# A quarter of them, where another session tries them all.
settings.register_profile("fewer", settings.get_profile("ci"), max_examples=25)
# Fresh examples in every run, so that the daily work looks in new corners.
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="module", params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Name the event loop that an async test runs on; each runs on both.

    Module scope is needed: Hypothesis refuses fixtures that would be shared by all
    the examples of one test although they look fresh to each.
    """
    backend: str = request.param
    return backend
