"""What commands print: on a terminal, elsewhere, and on old code pages."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.cli._output import (
    Column,
    complain,
    prepare_streams,
    printable,
    say,
    show_fields,
    show_json,
    show_table,
)

_COLUMNS = (
    Column("ID", is_id=True),
    Column("COUNT", is_number=True),
    Column("PROMPT", is_extra=True),
)
_ROWS = [("0123456789abcdef", 5, "grey hair"), ("fedcba9876543210", 12, "red")]


class _Screen(io.TextIOWrapper):
    """A stream that says it is a terminal of this code page."""

    def __init__(self, encoding: str, *, is_terminal: bool = True) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    @property
    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)  # type: ignore[attr-defined]


@pytest.fixture
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every terminal a plain one of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")


def _on(monkeypatch: pytest.MonkeyPatch, screen: _Screen) -> _Screen:
    monkeypatch.setattr(sys, "stdout", screen)
    prepare_streams()
    return screen


def test_a_table_is_plain_where_nobody_looks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Aligned columns and whole values; no frames, no colours."""
    show_table(_COLUMNS, _ROWS)
    assert capsys.readouterr().out == (
        "ID                COUNT  PROMPT\n"
        "0123456789abcdef      5  grey hair\n"
        "fedcba9876543210     12  red\n"
    )


@pytest.mark.usefixtures("width")
def test_a_narrow_terminal_gets_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids are shortened and columns that are not essential left out."""
    screen = _on(monkeypatch, _Screen("utf-8"))
    show_table(_COLUMNS, _ROWS)
    assert "01234567 " in screen.text
    assert "0123456789" not in screen.text
    assert "grey hair" not in screen.text
    assert "\x1b[" in screen.text  # headings are bold


def test_a_wide_terminal_gets_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for the prompt."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("TERM", "xterm")
    screen = _on(monkeypatch, _Screen("utf-8"))
    show_table(_COLUMNS, _ROWS)
    assert "grey hair" in screen.text


@pytest.mark.usefixtures("width")
@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252"])
def test_no_code_page_ends_the_program(
    monkeypatch: pytest.MonkeyPatch, encoding: str, is_terminal: bool
) -> None:
    """What it lacks becomes a question mark."""
    screen = _on(monkeypatch, _Screen(encoding, is_terminal=is_terminal))
    show_table([Column("NAME")], [["Zoë \u2603"]])
    say("\u2603 caf\xe9")
    show_fields([("name", "\u2603")])
    show_json({"name": "\u2603"})
    assert "Zo" in screen.text
    assert r"\u2603" in screen.text


@pytest.mark.usefixtures("width")
def test_a_long_path_is_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or nobody could copy it out of the terminal."""
    screen = _on(monkeypatch, _Screen("utf-8"))
    path = "/games/" + "x" * 200
    say(path)
    assert path in screen.text


@pytest.mark.parametrize("is_terminal", [True, False])
def test_nothing_foreign_steers_the_terminal(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    """A prompt can neither clear the screen nor speak rich's language."""
    monkeypatch.setenv("NO_COLOR", "1")
    screen = _on(monkeypatch, _Screen("utf-8", is_terminal=is_terminal))
    say("\x1b[2Jcleared [bold]x[/bold] :smile:")
    show_table([Column("[red]NAME")], [["a\x1b]0;title\x07b\nc [bold]y"]])
    assert "\x1b[2J" not in screen.text
    assert "\x1b]0" not in screen.text
    assert "[bold]x[/bold] :smile:" in screen.text
    assert "b c [bold]y" in screen.text


@given(st.text())
def test_every_text_is_made_one_printable_line(text: str) -> None:
    """Whatever a server or a person wrote."""
    assert printable(text).isprintable()
    assert len(printable(text)) == len(text)


def test_printable_keeps_what_is_printable() -> None:
    """Letters of all languages stay."""
    assert printable("Zoë \u5c71 123") == "Zoë \u5c71 123"


def test_fields_without_a_value_are_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """But 0 is a value."""
    show_fields([("a", None), ("bcd", 0), ("e", ""), ("f", "x")])
    assert capsys.readouterr().out == "bcd  0\nf    x\n"


def test_complaints_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """So that they never mix with what a script reads."""
    complain("it broke")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "comfy-assets: it broke\n")
