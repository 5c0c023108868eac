"""Tests of `comfy_assets.domain.workflows.validation.suggestions`."""

from __future__ import annotations

from comfy_assets.domain.workflows.validation.suggestions import Suggester


def test_the_nearest_names_come_first() -> None:
    """Case does not matter; what is not like it is left out."""
    found = Suggester().nearest("ksampler", ["KSamplerAdvanced", "KSampler", "Load"])
    assert found == ("KSampler", "KSamplerAdvanced")


def test_the_same_file_comes_before_a_like_name() -> None:
    """Wherever it lies, with either slash, with or without its ending."""
    choices = ["inc.safetensors", "styles\\ink.safetensors"]
    suggester = Suggester()
    for name in ("ink.safetensors", "other/Ink.safetensors", "ink"):
        assert suggester.nearest(name, choices)[0] == choices[1]


def test_what_is_no_text_is_near_to_nothing() -> None:
    """Neither as a question nor among the names."""
    suggester = Suggester()
    assert suggester.nearest(7, ["7"]) == ()
    assert suggester.nearest("", ["a"]) == ()
    assert suggester.nearest("ab", [None, 7, "abc"]) == ("abc",)


def test_a_question_is_worked_out_once() -> None:
    """And after some forty no more: nobody reads so many hints."""
    suggester = Suggester(1)
    assert suggester.nearest("ab", ["abc"]) == ("abc",)
    assert suggester.nearest("ab", ["abc"]) == ("abc",)
    assert suggester.nearest("ac", ["acd"]) == ()
