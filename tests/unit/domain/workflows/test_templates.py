"""Tests of `comfy_assets.domain.workflows.templates`."""

from __future__ import annotations

from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.templates import Template, parse_template
from comfy_assets.errors import MappingError


class Untouchable(str):
    """A text that tells when somebody reaches for what is inside it."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> NoReturn:
        raise AssertionError(name)

    def __format__(self, spec: str) -> NoReturn:
        raise AssertionError(spec)


@given(st.text() | st.text("{}a.[0]!:_ "))
def test_any_text_is_a_template_or_a_mapping_error(text: str) -> None:
    """No text makes parser or rendering raise anything else."""
    try:
        template = parse_template(text)
    except MappingError:
        return
    rendered = template.render(dict.fromkeys(template.names, ""))
    assert template.names or rendered == text.replace("{{", "{").replace("}}", "}")


@given(st.text("{}a.[0]!:_ ", max_size=12))
def test_a_template_never_reaches_attributes(text: str) -> None:
    """Whatever a template says, a value is only ever put in whole."""
    try:
        template = parse_template(text)
    except MappingError:
        return
    template.render(dict.fromkeys(template.names, Untouchable("v")))


@given(st.text())
def test_any_text_can_be_escaped(text: str) -> None:
    """With its braces doubled, every text is a template for itself."""
    escaped = text.replace("{", "{{").replace("}", "}}")
    assert parse_template(escaped).render({}) == text


@given(st.text())
def test_a_value_is_put_in_as_it_is(value: str) -> None:
    """Braces in a value have no meaning."""
    assert parse_template("<{prompt}>").render({"prompt": value}) == f"<{value}>"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "{}",
        "{0}",
        "{a.b}",
        "{a[0]}",
        "{a!r}",
        "{a:>10}",
        "{a b}",
        "{ a}",
        "{a{b}}",
        "{-a}",
        "{{a}",
    ],
)
def test_more_than_a_plain_name_is_refused(text: str) -> None:
    """The error says what may stand there."""
    with pytest.raises(MappingError, match="no plain name"):
        parse_template(text)


def test_names_and_escapes_stand_side_by_side() -> None:
    """Each brace and each name is read for itself, from left to right."""
    template = parse_template("{{{a}}} {eye-color}{a}, {größe}")
    assert template.names == {"a", "eye-color", "größe"}
    values = {"a": "1", "eye-color": "2", "größe": "3"}
    assert template.render(values) == "{1} 21, 3"


def test_a_missing_value_is_named() -> None:
    """The error says where the host must put it."""
    with pytest.raises(MappingError, match=r"'armour'.*context"):
        parse_template("{armour}").render({"armor": "plate"})


def test_a_bare_name_need_not_be_plain() -> None:
    """`Template.of_name` takes any key."""
    template = Template.of_name("a key.with {everything}")
    assert template.names == {"a key.with {everything}"}
    assert template.render({"a key.with {everything}": "x"}) == "x"
