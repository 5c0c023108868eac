"""The error tree in the docstring is the tree of the classes."""

from __future__ import annotations

import inspect
import re
from itertools import pairwise

from comfy_assets import errors
from comfy_assets.errors import ComfyAssetsError

LINE = re.compile(r"    (?P<indent>[│├└─ ]*)(?P<name>\w+Error)(?: \((?P<also>\w+)\))?")


def documented_tree() -> list[tuple[int, str, str | None]]:
    """Return depth, name and built-in base of each line of the docstring's tree."""
    matches = [LINE.fullmatch(line) for line in (errors.__doc__ or "").splitlines()]
    return [
        (len(match["indent"]) // 4, match["name"], match["also"])
        for match in matches
        if match
    ]


def defined_tree(
    kind: type[Exception] = ComfyAssetsError, depth: int = 0
) -> list[tuple[int, str, str | None]]:
    """Return the same of the classes, in the order of their definition."""
    also = [base.__name__ for base in kind.__bases__ if base.__module__ == "builtins"]
    line = (depth, kind.__name__, also[0] if also and depth else None)
    below = kind.__subclasses__()
    return [line, *(each for sub in below for each in defined_tree(sub, depth + 1))]


def test_the_documented_tree_is_the_tree_of_the_classes() -> None:
    """Every class stands in the docstring under its parent, and nothing else does."""
    assert sorted(documented_tree()) == sorted(defined_tree())
    documented = {name: depth for depth, name, _ in documented_tree()}
    for (above, parent, _), (depth, name, _) in pairwise(documented_tree()):
        if depth == above + 1:
            assert getattr(errors, name).__bases__[0].__name__ == parent
    assert documented["ComfyAssetsError"] == 0


def test_every_error_is_exported() -> None:
    """`comfy_assets.errors` is the one place to import errors from."""
    names = {name for _, name, _ in defined_tree()}

    assert set(errors.__all__) == names
    assert errors.__all__ == sorted(errors.__all__)


def test_the_tree_has_four_levels_at_most() -> None:
    """The root, a family, a kind, and a special case of it."""
    assert max(depth for depth, _, _ in defined_tree()) <= 3


def test_every_error_is_documented_and_says_its_sentence() -> None:
    """Each class has a docstring, and one with attributes its own sentence."""
    for _, name, _ in defined_tree():
        kind = getattr(errors, name)
        assert inspect.getdoc(kind)
        if "__init__" in vars(kind):
            inherits = any("__str__" in vars(base) for base in kind.__mro__[:-3])
            assert inherits, f"{name} has attributes and no sentence"
