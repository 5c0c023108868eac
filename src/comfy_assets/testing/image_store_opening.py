"""How the image suites get at a store, and what Hypothesis needs to know."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, Final, TypeAlias

import pytest
from hypothesis import HealthCheck, settings

from comfy_assets.ports.images import ImageStore

#: Opens the store under test; called twice in one test it opens the same place.
OpenImageStore: TypeAlias = Callable[[], AbstractAsyncContextManager[ImageStore]]

#: For tests that draw examples: these share one place, so each removes what it saved.
drawing_images: Final = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class OpensImageStore:
    """What every image suite has: its mark, and the fixture to override."""

    pytestmark: ClassVar[pytest.MarkDecorator] = pytest.mark.anyio

    @pytest.fixture
    def open_store(self) -> OpenImageStore:
        """Override: return what opens the store, as `OpenImageStore` says."""
        raise NotImplementedError
