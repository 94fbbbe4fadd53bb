"""The surface of the command line: which commands and options there are, where they may stand, and their variables."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from countenance.cli import COMMANDS, door
from terminal import Terminal

SHARED = {"--library", "--json", "--key-file", "--key-command", "--keyring", "--mirror", "--account"}
# As promised to scripts: none of these may go, or change its meaning.
PROMISED = {
    "init": {"--controller", "--contact", "--notice", "--language", "--staff-search", "--no-recognition", "--policy"},
    "enrol": {
        "--photo",
        "--no-face",
        "--release",
        "--purpose",
        "--expires",
        "--guardian",
        "--language",
        "--receipt",
        "--later",
    },
    "renew": {"--photo", "--release", "--purpose", "--expires", "--guardian", "--language", "--receipt", "--later"},
    "approve": {"--photo"},
    "open-link": {"--code-file", "--withdraw"},
    "sweep": set(),
    "index": {"--workers", "--again"},
    "search": {"--reason", "--reason-class", "--face"},
    "photos": {"--reason", "--reason-class", "--for-person"},
    "tag": {"--box", "--face"},
    "confirm": set(),
    "reject": set(),
    "people": set(),
    "receipts": {"--to", "--format"},
    "publish": {"--to", "--dry-run", "--style", "--thorough", "--reviewed-by"},
    "republish": {"--dry-run"},
    "withdraw": {"--purpose"},
    "export": {"--to"},
    "jobs": set(),
    "jobs run": {"--workers"},
    "policy show": {"--to", "--language"},
    "policy set": set(),
    "policy record": {"--to"},
    "ledger show": set(),
    "ledger report": {"--from", "--to", "--output", "--language"},
    "ledger verify": {"--without-key", "--against"},
    "ledger checkpoint": {"--to"},
    "ledger prove": {"--to", "--for", "--open", "--since"},
    "ledger copy": {"--to"},
    "ledger anchor request": set(),
    "ledger anchor add": {"--authority"},
    "ledger anchor check": {"--at", "--authority"},
    "verify": set(),
    "backup": {"--keep"},
    "restore": {"--to"},
    "reembed": set(),
    "rekey": {"--to-key-file", "--to-key-command", "--to-keyring", "--keep-old-key"},
    "evaluate": {"--to", "--from", "--references", "--gallery", "--sizes", "--people", "--blends", "--seed"},
    "calibrate": {"--fpir", "--later", "--show"},
    "doctor": set(),
    "models": set(),
}
SECRETS = {"key", "password", "passphrase", "secret", "token"}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Give each command that does something, by its words."""
    return _commands_below(door, "")


def _commands_below(group: click.Group, words: str) -> Iterator[tuple[str, click.Command]]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{words} {name}".strip(), command
        if isinstance(command, click.Group):
            yield from _commands_below(command, f"{words} {name}".strip())


def options(command: click.Command) -> set[str]:
    """Give the options of a command by their long names."""
    return {parameter.opts[-1] for parameter in command.params if isinstance(parameter, click.Option)}


def test_the_commands_and_options_are_those_promised() -> None:
    """Every command has exactly the options promised to scripts, and the shared ones."""
    assert {name: options(command) for name, command in commands()} == {
        name: promised | SHARED for name, promised in PROMISED.items()
    }


def test_every_command_is_explained() -> None:
    """Each command, argument and option says what it is for; each command's sentence in the list is a short one."""
    ctx = click.Context(door)
    for name, command in commands():
        assert command.help, name
        unexplained = [one.opts for one in command.params if isinstance(one, click.Option) and not one.help]
        assert not unexplained, name
    assert all(len(sentence) <= 50 and sentence.endswith(".") for sentence in COMMANDS.values())
    assert door.list_commands(ctx) == list(COMMANDS)


def test_no_secret_is_an_argument() -> None:
    """Secrets come from a file, a command or a variable: no option takes one."""
    named = {option.strip("-") for _, command in commands() for option in options(command)}
    assert not named & SECRETS


def test_shared_options_stand_before_or_after_the_command(terminal: Terminal) -> None:
    """--library and the other shared options mean the same on both sides of the command; the later one counts."""
    terminal.make()
    elsewhere = terminal.folder / "elsewhere"
    for words in (
        ("--library", terminal.library, "--json", "people"),
        ("people", "--library", terminal.library, "--json"),
        ("--library", elsewhere, "people", "--json", "--library", terminal.library),
        ("--json", "ledger", "--library", terminal.library, "show"),
        ("ledger", "show", "--json", "--library", terminal.library),
    ):
        told = terminal.run(*words, COUNTENANCE_LIBRARY="")
        assert told.code == 0, words
        assert told.json
    assert terminal.run("--library", terminal.library, "people", "--library", elsewhere).code == 10


def test_options_have_variables(terminal: Terminal) -> None:
    """Each option may be given by its variable; an argument wins over it."""
    given = terminal.do(
        "init", terminal.library,
        COUNTENANCE_INIT_CONTROLLER="Hill School", COUNTENANCE_INIT_CONTACT="x@y.example",
        COUNTENANCE_INIT_STAFF_SEARCH="1",
    )  # fmt: skip
    photos = f"{terminal.photo('p/1.png', 1, side=160)}:{terminal.photo('p/2.png', 1, side=170)}"
    enrolled = terminal.run(
        "enrol", "Ada",
        COUNTENANCE_ENROL_PHOTO=photos, COUNTENANCE_ENROL_RELEASE=str(terminal.form()),
        COUNTENANCE_ENROL_PURPOSE="find-me be-shown", COUNTENANCE_JSON="1",
    )  # fmt: skip
    assert given["controller"] == "Hill School"
    assert given["staff_search"] is True
    assert enrolled.code == 0, enrolled.err
    assert enrolled.json["purposes"] == ["find-me", "be-shown"]
    assert terminal.run("people", COUNTENANCE_LIBRARY=str(terminal.folder)).code == 10
    assert terminal.run("people", "--library", terminal.library, COUNTENANCE_LIBRARY=str(terminal.folder)).code == 0
    assert terminal.run("people", COUNTENANCE_JSON="0").out.startswith("Name")
    assert terminal.run("people", COUNTENANCE_WORKERS="none").code == 2
    assert terminal.run("withdraw", "Ada", COUNTENANCE_ACCOUNT="b.lee").code == 0
    assert terminal.do("ledger", "show")["entries"][-1]["account"] == "b.lee"


@pytest.mark.parametrize("address", ["http://a.example/b.jpg", "https://a.example", "file:///etc/passwd", "FTP://a/b"])
def test_nothing_is_ever_fetched(address: str, terminal: Terminal) -> None:
    """R10: an address is refused wherever a path may stand: exit 2, said in words, and nothing is looked up."""
    terminal.make("--staff-search")
    portrait, form = terminal.photo("p/1.png", 1, side=160), terminal.form()
    allowed = ("--purpose", "find-me")
    for words in (
        ("init", address, "--controller", "C", "--contact", "D"),
        ("init", terminal.folder / "new", "--controller", "C", "--contact", "D", "--notice", address),
        ("enrol", "Ada", "--photo", address, "--release", form, *allowed),
        ("enrol", "Ada", "--photo", portrait, "--release", address, *allowed),
        ("index", address),
        ("search", address, "--reason", "r"),
        ("publish", address, "--to", terminal.folder / "out"),
        ("publish", portrait, "--to", address),
        ("people", "--library", address),
        ("people", "--key-file", address),
    ):
        told = terminal.run(*words)
        assert told.code == 2, words
        assert "nothing is ever fetched" in told.err
    assert terminal.run("people", COUNTENANCE_LIBRARY=address).code == 2


def test_help_loads_nothing_heavy() -> None:
    """The list of commands comes without the library: no database, model runtime, image library or table of colours."""
    spy = (
        "import json, sys\n"
        "from countenance.cli import main\n"
        "sys.argv = ['countenance', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", spy], check=True, capture_output=True, text=True)  # noqa: S603  (our own interpreter)
    loaded = set(json.loads(done.stderr))
    assert "Commands:" in done.stdout
    assert not loaded & {"onnxruntime", "sqlalchemy", "alembic", "PIL", "numpy", "rich", "cryptography"}


def test_the_version_is_the_packages(terminal: Terminal, request: pytest.FixtureRequest) -> None:
    """--version gives the version that the project states."""
    stated = (Path(request.config.rootpath) / "pyproject.toml").read_text(encoding="utf-8")
    version = terminal.run("--version").out.split()[-1]
    assert f'version = "{version}"' in stated
