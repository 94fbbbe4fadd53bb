"""The options that every command takes, before its name or after it; what was asked is kept for the one who opens."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

# What COUNTENANCE_JSON says when it says no.
NO = frozenset({"", "0", "false", "no", "off"})

NOTHING_LOST = "Interrupted. Nothing was half done."


@dataclass(slots=True)
class Asked:
    """What was asked by the options of every command (None: not said), and what to say when interrupted."""

    library: str | None = None
    key_file: str | None = None
    key_command: str | None = None
    keyring: bool = False
    mirror: str | None = None
    account: str | None = None
    as_json: bool = False
    when_interrupted: str = NOTHING_LOST


def asked_of(ctx: click.Context) -> Asked:
    """Give what was asked so far; a command shares it with the program."""
    asked: Asked = ctx.find_root().ensure_object(Asked)
    return asked


def wants_json(ctx: click.Context) -> bool:
    """Tell whether the result is to be JSON, by option or by variable."""
    return asked_of(ctx).as_json or os.environ.get("COUNTENANCE_JSON", "").strip().lower() not in NO


def _keep(ctx: click.Context, parameter: click.Parameter, value: str | bool | None) -> None:  # noqa: FBT001  (click calls it)
    asked = asked_of(ctx)
    if value is not None and parameter.name is not None:
        setattr(asked, parameter.name, value)


def shared_options() -> list[click.Option]:
    """Make the options anew for one command; said twice, the later one counts. Their variables are read by Settings."""
    return [
        _option("--library", metavar="DIR", help="The library's folder.  [default: the current folder]"),
        _option("--json", "as_json", is_flag=True, default=None, is_eager=True, help="Give the result as JSON."),
        _option("--key-file", metavar="FILE", help="The file with the library's master key."),
        _option("--key-command", metavar="COMMAND", help="A command that prints the master key."),
        _option("--keyring", is_flag=True, default=None, help="The master key is in the operating system's keyring."),
        _option(
            "--mirror", metavar="DIR", help="The folder of mirrors, which backups need.  [default: beside the keys]"
        ),
        _option("--account", metavar="NAME", help="Who works; it goes into the ledger.  [default: your login name]"),
    ]


def _option(*names: str, **attributes: Any) -> click.Option:  # noqa: ANN401  (whatever click.Option takes)
    return click.Option(names, expose_value=False, callback=_keep, allow_from_autoenv=False, **attributes)


class Command(click.Command):
    """A command with the options of every command, listed after its own."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:  # noqa: ANN401  (whatever click.Command takes)
        """Take what click's own takes."""
        super().__init__(*arguments, **attributes)
        self._shared = shared_options()
        self.params.extend(self._shared)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the command's own options apart from those of every command."""
        shared = [*self._shared, self.get_help_option(ctx)]
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        own = [option for option in options if option not in shared]
        _section(ctx, formatter, "Options", own)
        _section(ctx, formatter, "Options of every command", shared)


class Group(click.Group):
    """A command of several words, with the options of every command."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:  # noqa: ANN401  (whatever click.Group takes)
        """Take what click's own takes."""
        super().__init__(*arguments, **attributes)
        self.params.extend(shared_options())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Give the commands in the order in which they were written down."""
        return list(self.commands)


def _section(
    ctx: click.Context, formatter: click.HelpFormatter, title: str, parameters: Sequence[click.Parameter | None]
) -> None:
    records = [parameter.get_help_record(ctx) for parameter in parameters if parameter]
    rows = [record for record in records if record]
    if rows:
        with formatter.section(title):
            formatter.write_dl(rows)
