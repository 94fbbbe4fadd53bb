"""The pages of the reference say what the command line does: its help, variables, errors and exit codes.

Run as a script with `--write`, this brings docs/reference/cli.md and errors.md up to date.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from countenance.cli import EXIT_CODES, MEANINGS, door
from countenance.errors import CountenanceError

REFERENCE = Path(__file__).resolve().parent.parent.parent / "docs/reference"
BLOCK = re.compile(r"<!-- (?P<what>\w+)(?P<rest>:.*?)? -->\n.*?<!-- end -->", re.DOTALL)
SHARED = {
    "--library": "COUNTENANCE_LIBRARY",
    "--json": "COUNTENANCE_JSON",
    "--key-file": "COUNTENANCE_KEY_FILE",
    "--key-command": "COUNTENANCE_KEY_COMMAND",
    "--keyring": "COUNTENANCE_KEYRING",
    "--mirror": "COUNTENANCE_MIRROR",
    "--account": "COUNTENANCE_ACCOUNT",
}


@pytest.mark.parametrize("page", ["cli.md", "errors.md"])
def test_the_page_is_current(page: str) -> None:
    """What a page says of the command line is what the command line says of itself."""
    text = (REFERENCE / page).read_text(encoding="utf-8")
    assert text == brought_up_to_date(text), "run: .venv/bin/python tests/doors/test_cli_pages.py --write"


def test_help_fits_the_terminal() -> None:
    """No line of any help page is wider than 80 columns."""
    assert not [line for words in _pages() for line in _help(words).splitlines() if len(line) > 80]


def test_a_variable_bears_the_name_of_its_option() -> None:
    """Whoever reads `countenance --help` can tell the variable of any option without looking it up."""
    named = [(option.opts[-1].lstrip("-").replace("-", "_"), option.name) for _, option in _own_options()]
    assert len(named) > 20
    assert [pair for pair in named if pair[0] != pair[1]] == []


def test_every_kind_of_error_has_a_line() -> None:
    """Each class of the tree, and each exit code, stands in errors.md."""
    text = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    assert all(f"| `{kind.__name__}` |" in text for kind in EXIT_CODES)
    assert all(f"| {code} |" in text for code in {*EXIT_CODES.values(), 0, 3, 130})


def brought_up_to_date(text: str) -> str:
    """Give a page with its written parts written anew."""
    parts: dict[str, Callable[[], str]] = {
        "codes": _codes,
        "kinds": _kinds,
        "variables": _variables,
        "help": _helps,
    }
    return BLOCK.sub(lambda block: f"<!-- {block['what']} -->\n\n{parts[block['what']]()}\n\n<!-- end -->", text)


def _codes() -> str:
    rows = [f"| {code} | {meaning} |" for code, meaning in MEANINGS.items()]
    return "\n".join(["| exit code | meaning |", "|---|---|", *rows])


def _kinds() -> str:
    rows = [f"| `{kind.__name__}` | {code} | {_sentence(kind)} |" for kind, code in EXIT_CODES.items()]
    return "\n".join(["| kind | exit code | what happened |", "|---|---|---|", *rows])


def _sentence(kind: type[CountenanceError]) -> str:
    if kind is CountenanceError:
        return "All of the following."
    return (kind.__doc__ or "").splitlines()[0]


def _variables() -> str:
    rows = [f"| every command | `{option}` | `{variable}` |" for option, variable in SHARED.items()]
    for words, option in _own_options():
        prefix = "_".join(["COUNTENANCE", *words.upper().replace("-", "_").split()])
        rows.append(f"| `{words}` | `{option.opts[-1]}` | `{prefix}_{str(option.name).upper()}` |")
    rows.append("| `index`, `enrol` | | `COUNTENANCE_WORKERS`: as `--workers` of `index`, for both |")
    return "\n".join(["| command | option | variable |", "|---|---|---|", *rows])


def _own_options() -> Iterator[tuple[str, click.Option]]:
    """Give each command's own options, with the command's words."""
    for words in filter(None, _pages()):
        for option in _command(words).params:
            if isinstance(option, click.Option) and option.opts[-1] not in SHARED:
                yield words, option


def _helps() -> str:
    return "\n\n".join(f"### `{('countenance ' + words).strip()}`\n\n```text\n{_help(words)}```" for words in _pages())


def _help(words: str) -> str:
    # In a terminal of 80 columns click leaves two free.
    told = CliRunner().invoke(door, [*words.split(), "--help"], terminal_width=78)
    assert told.exit_code == 0
    return told.stdout


def _pages() -> Iterator[str]:
    yield ""
    yield from _pages_below(door, "")


def _pages_below(group: click.Group, words: str) -> Iterator[str]:
    ctx = click.Context(group, **group.context_settings)
    for name in group.list_commands(ctx):
        yield f"{words} {name}".strip()
        command = group.get_command(ctx, name)
        if isinstance(command, click.Group):
            yield from _pages_below(command, f"{words} {name}".strip())


def _command(words: str) -> click.Command:
    command: click.Command = door
    for word in words.split():
        assert isinstance(command, click.Group)
        inner = command.get_command(click.Context(command), word)
        assert inner is not None
        command = inner
    return command


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    for file in ("cli.md", "errors.md"):
        (REFERENCE / file).write_text(
            brought_up_to_date((REFERENCE / file).read_text(encoding="utf-8")), encoding="utf-8"
        )
