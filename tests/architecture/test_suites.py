"""The contract suites that are shipped tell what they saw when an assert fails."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from importlib import import_module

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook

from comfy_assets import testing

NAMES = [
    found.name
    for found in pkgutil.iter_modules(testing.__path__, "comfy_assets.testing.")
]


@pytest.mark.parametrize("name", NAMES)
def test_every_module_that_asserts_is_rewritten_by_pytest(name: str) -> None:
    """A bare assert of a module that pytest does not rewrite shows no values."""
    module = import_module(name)
    tree = ast.parse(inspect.getsource(module))
    asserts = any(isinstance(node, ast.Assert) for node in ast.walk(tree))
    assert not asserts or isinstance(module.__loader__, AssertionRewritingHook)
