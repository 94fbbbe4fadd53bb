"""Saying things: sentences that fit the terminal, JSON for scripts; nothing that comes from a file moves the cursor."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence

import click

from countenance.cli._options import wants_json

# Lines longer than this are hard to read, however wide the terminal is.
WIDEST = 100


def answer(shape: Mapping[str, object], lines: Iterable[str]) -> None:
    """Give the result on stdout: `shape` if JSON is asked for, else the lines."""
    if wants_json(click.get_current_context()):
        click.echo(json.dumps(shape, indent=2))
    else:
        for line in lines:
            click.echo(line)


def tell_error(shape: Mapping[str, object], lines: Sequence[str], *, as_json: bool) -> None:
    """Say on stderr what went wrong; as JSON on stdout as well, if that is asked for, and then in one line."""
    if as_json:
        click.echo(json.dumps({"error": shape}, indent=2))
        lines = lines[:1]
    for line in lines:
        click.echo(wrapped(line, then="  ") if sys.stderr.isatty() else line, err=True)


def width() -> int:
    """Give how many columns a line may take."""
    return min(shutil.get_terminal_size((80, 24)).columns, WIDEST)


def wrapped(text: str, *, first: str = "", then: str = "") -> str:
    """Break a sentence into lines that fit; `first` and `then` go before the first and the following lines.

    Words are never broken: a path can be copied whole.
    """
    return textwrap.fill(
        text, width(), initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )


def clean(text: object) -> str:
    """Give text with everything that does not print spelt out: a file's name must not write on the terminal."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in str(text)
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, widest: int = 0) -> list[str]:
    """Give rows in columns; the first column takes what is left of `widest` (0: the terminal) and breaks its words."""
    rows = list(rows)
    rest = [max(len(row[column]) for row in [heads, *rows]) for column in range(1, len(heads))]
    room = max((widest or width()) - sum(rest) - 2 * len(rest), 12)
    first = min(room, max(len(row[0]) for row in [heads, *rows]))
    lines: list[str] = []
    for row in [heads, *rows]:
        name, *more = textwrap.wrap(row[0], first) or [""]
        cells = [cell.ljust(wide) for cell, wide in zip(row[1:], rest, strict=True)]
        lines.append("  ".join([name.ljust(first), *cells]).rstrip())
        lines += [f"  {line}" for line in more]
    return lines


def use_safe_streams() -> None:
    """Let what the terminal's alphabet lacks be spelt out on it instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
