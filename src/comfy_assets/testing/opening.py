"""How the repository suites get at a database, and what Hypothesis needs to know."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, Final, TypeAlias

import pytest
from hypothesis import HealthCheck, settings

from comfy_assets.ports.repository import AssetRepository

#: Opens the database of the given name and closes it in the end. A name that is new
#: in a test stands for an empty database; the same name opens the same one again, also
#: while it is open, unless the repository is not `durable`: then each call may open an
#: empty one. No suite has two databases of different names open at once.
OpenRepository: TypeAlias = Callable[
    [str], AbstractAsyncContextManager[AssetRepository]
]

#: For tests that draw examples: each opens a database of a name of its own, so nothing
#: is shared by the examples although they share the fixture and the suite's object.
drawing: Final = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
    ],
)


class OpensRepository:
    """What every repository suite has: its mark, and the fixture to override."""

    pytestmark: ClassVar[pytest.MarkDecorator] = pytest.mark.anyio

    @pytest.fixture
    def open_repository(self) -> OpenRepository:
        """Override: return what opens a database by name, as `OpenRepository` says."""
        raise NotImplementedError
