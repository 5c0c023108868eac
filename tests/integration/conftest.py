"""Let failed checks that tests share show their values, too."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.sharing_the_line")
