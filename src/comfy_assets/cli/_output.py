"""What commands print: tables on a terminal, plain lines elsewhere, or JSON.

Nothing that a server, a database or a person wrote reaches the terminal as it is:
letters that steer a terminal are taken out.
"""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Final, TextIO

from attrs import frozen
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

# A terminal of this width has room for the columns that are not essential.
_WIDE: Final = 130
# So many letters tell the ids of one gallery apart; commands take them as they are.
_SHORT_ID: Final = 8


@frozen
class Column:
    """A column of a table."""

    #: What stands above it.
    name: str
    #: Whether its cells are numbers, aligned at their ends.
    is_number: bool = False
    #: Whether its cells are ids, of which a person is shown the first letters.
    is_id: bool = False
    #: Whether a narrow terminal may go without it.
    is_extra: bool = False


def prepare_streams() -> None:
    """Let no letter end the program that the terminal's code page lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def printable(text: object) -> str:
    """Return a text in one line, without letters that steer a terminal."""
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "?"
        for letter in str(text)
    )


def is_terminal(stream: TextIO) -> bool:
    """Say whether a person looks at the stream, on a screen that can be redrawn."""
    return stream.isatty() and not console_of(stream).is_dumb_terminal


def console_of(stream: TextIO) -> Console:
    """Return rich's view of a stream; it marks nothing up by itself."""
    return Console(file=stream, highlight=False, markup=False, emoji=False)


def say(text: str, *, style: str = "", stream: TextIO | None = None) -> None:
    """Print one line, whole: paths are not broken.

    Args:
        text: The line.
        style: How rich shows it on a terminal.
        stream: Where to; standard output by default.
    """
    target = stream or sys.stdout
    line = printable(text)
    if target.isatty():
        console_of(target).print(Text(line, style), soft_wrap=True)
    else:
        target.write(f"{line}\n")
        target.flush()


def complain(sentence: str) -> None:
    """Print why a command failed, to standard error."""
    line = f"comfy-assets: {printable(sentence)}"
    if sys.stderr.isatty():
        console_of(sys.stderr).print(Text(line))
    else:
        sys.stderr.write(f"{line}\n")


def minute_of(time: datetime) -> str:
    """Return a time for the cell of a table, to the minute."""
    return f"{time:%Y-%m-%d %H:%M}"


def second_of(time: datetime) -> str:
    """Return a time for a page about one thing, to the second and with its zone."""
    return f"{time:%Y-%m-%d %H:%M:%S %Z}"


def show_json(document: object) -> None:
    """Print one JSON document, in ASCII so that it survives every pipe."""
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def show_table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns' names."""
    cells = [[printable(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        _show_plain(columns, cells)
        return
    console = console_of(sys.stdout)
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    shown = [
        place
        for place, column in enumerate(columns)
        if console.width >= _WIDE or not column.is_extra
    ]
    for place in shown:
        column = columns[place]
        table.add_column(
            column.name,
            justify="right" if column.is_number else "left",
            overflow="fold",
        )
    for row in cells:
        table.add_row(
            *(
                Text(row[place][:_SHORT_ID] if columns[place].is_id else row[place])
                for place in shown
            )
        )
    console.print(table)


def show_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair a line, without those that are empty."""
    pairs = [
        (name, printable(value)) for name, value in fields if value not in (None, "")
    ]
    width = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        say(f"{name:<{width}}  {value}")


def _show_plain(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> None:
    rows = [[column.name for column in columns], *cells]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    for row in rows:
        line = "  ".join(
            cell.rjust(width) if column.is_number else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        sys.stdout.write(line.rstrip() + "\n")
