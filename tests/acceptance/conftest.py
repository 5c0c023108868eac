"""Let failed checks that stories share show their values, too."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "tests.acceptance.host",
    "tests.acceptance.killing",
    "tests.acceptance.main_job",
)
