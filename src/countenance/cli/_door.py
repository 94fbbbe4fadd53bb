"""The program: which commands there are, and what becomes of every way in which one can end."""

import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType, MappingProxyType
from typing import Any, Self

import click

from countenance.cli._boxes import places
from countenance.cli._exit_codes import DONE, ERROR, INTERRUPTED, USAGE, exit_code
from countenance.cli._options import NOTHING_LOST, Group, asked_of, wants_json
from countenance.cli._speaking import clean, tell_error, use_safe_streams
from countenance.errors import CountenanceError, FaceTooPoor, PersonAmbiguous, PolicyRefused, SeveralFaces

# In the order of a library's life. The sentences stand here so that --help need not load the commands.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "init": "Make a library.",
        "policy": "Show or change what is promised.",
        "enrol": "Take up a person who signed a form.",
        "approve": "Say yes as the second steward.",
        "open-link": "Open a person's private link, for them.",
        "people": "List the people of the library.",
        "receipts": "Show the receipts of a person's consent.",
        "index": "Look through photos, or go on with it.",
        "jobs": "Show or do the work left for later.",
        "tag": "Say where a person is in a photo.",
        "confirm": "Say that a possible match is right.",
        "reject": "Say that a person is not in a photo.",
        "search": "Find a person by a photo, with a reason.",
        "photos": "List the photos that a person is in.",
        "publish": "Make covered copies of photos.",
        "renew": "Take another signed form of a person.",
        "withdraw": "End a person's consent.",
        "republish": "Cover published copies again.",
        "sweep": "Erase what is due, say what comes due.",
        "export": "Write down all that is kept about a person.",
        "ledger": "Show or verify the ledger of deeds.",
        "verify": "Check that everything stored is right.",
        "backup": "Make a backup, and see that it restores.",
        "restore": "Make a library out of a backup.",
        "rekey": "Change the library's master key.",
        "reembed": "Make face templates anew for a new model.",
        "evaluate": "Measure how often recognition errs.",
        "calibrate": "Decide by thresholds that were measured.",
        "doctor": "Say what is installed and what is wrong.",
        "models": "Say which models look at photos.",
    }
)
DEBUG = "COUNTENANCE_DEBUG"


class Interrupts:
    """Remember Ctrl-C while a command runs: one that meets an extension being imported comes out as another error."""

    def __init__(self) -> None:
        """Begin with none seen."""
        self.seen = False

    def __enter__(self) -> Self:
        """Listen, if interrupts are Python's own business here."""
        unheard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if unheard and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        """Put back what was there."""
        if signal.getsignal(signal.SIGINT) == self._interrupt:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.seen = True
        signal.default_int_handler(number, frame)


class Door(Group):
    """The group of all commands; each is loaded when it is called."""

    interrupts = Interrupts()

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Give the commands in the order of a library's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (the same)
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"countenance.cli._{module}"), module)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (the same)
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(  # type: ignore[override]  # it always ends the process, so there is nothing for a caller to choose
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> None:
        """Run a command and end the process with its exit code."""
        use_safe_streams()
        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            with Interrupts() as self.interrupts:
                code = super().main(words, prog_name or "countenance", **extra)
        except click.exceptions.Abort:  # Ctrl-C before a command was chosen
            _interrupted(None, words)
            code = INTERRUPTED
        except click.ClickException as problem:
            code = _misused(problem, words)
        sys.exit(code if isinstance(code, int) else DONE)

    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen command; an error becomes its sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _interrupted(ctx, ())
            return INTERRUPTED
        except CountenanceError as problem:
            tell_error(_shape(problem), _lines(problem), as_json=wants_json(ctx))
            if os.environ.get(DEBUG):
                traceback.print_exc()
            return exit_code(problem)
        except (click.ClickException, click.exceptions.Exit, click.exceptions.Abort, BrokenPipeError):
            raise
        except Exception as problem:  # noqa: BLE001  (the last one to catch it; it is told, and the exit code says so)
            if self.interrupts.seen:
                _interrupted(ctx, ())
                return INTERRUPTED
            return _defect(problem, ctx)


def _lines(problem: CountenanceError) -> list[str]:
    """Say what happened in the first line, which stands by itself, and below it what there is to choose from."""
    what = clean(problem.what)
    remedy = clean(problem.remedy)
    lines = [f"countenance: {what}{'; ' + remedy if remedy else ''}"]
    if isinstance(problem, SeveralFaces):
        rows = zip(problem.boxes, places(problem.boxes), strict=True)
        for number, ((x, y, w, h), place) in enumerate(rows, start=1):
            lines.append(
                f"  {number}  {place + ': ' if place else ''}{w} x {h} pixels, {x} from the left, {y} from the top"
            )
    if isinstance(problem, PersonAmbiguous):
        lines += [f"  {person}" for person in problem.ids]
    if isinstance(problem, PolicyRefused):
        lines += [f"  - {clean(sentence)}" for sentence in problem.wrong]
    return lines


def _shape(problem: CountenanceError) -> dict[str, object]:
    shape: dict[str, object] = {"kind": type(problem).__name__, "what": problem.what, "remedy": problem.remedy}
    if isinstance(problem, SeveralFaces):
        shape["boxes"] = [list(box) for box in problem.boxes]
    if isinstance(problem, FaceTooPoor):
        shape["troubles"] = list(problem.troubles)
    if isinstance(problem, PersonAmbiguous):
        shape["ids"] = list(problem.ids)
    if isinstance(problem, PolicyRefused):
        shape["wrong"] = list(problem.wrong)
    return shape


def _misused(problem: click.ClickException, words: Sequence[str]) -> int:
    """Tell of arguments that click could not make sense of."""
    ctx = getattr(problem, "ctx", None)
    what = " ".join(problem.format_message().split())
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        click.echo(problem.format_message(), err=True)
        return USAGE
    remedy = f"see {ctx.command_path if isinstance(ctx, click.Context) else 'countenance'} --help"
    shape = {"kind": "UsageWrong", "what": what, "remedy": remedy}
    line = f"countenance: {clean(what.removesuffix('.'))}; {remedy}"
    tell_error(shape, [line], as_json=_asked_for_json(ctx, words))
    return USAGE


def _interrupted(ctx: click.Context | None, words: Sequence[str]) -> None:
    what = asked_of(ctx).when_interrupted if ctx else NOTHING_LOST
    if sys.stderr.isatty():
        click.echo(err=True)  # the line that ^C was written on
    shape = {"kind": "Interrupted", "what": what, "remedy": ""}
    tell_error(shape, [f"countenance: {what}"], as_json=_asked_for_json(ctx, words))


def _defect(problem: Exception, ctx: click.Context) -> int:
    """Tell of what nobody foresaw: the kind of error and where to look, but no word of it that may name a person."""
    kind = type(problem).__name__
    if isinstance(problem, OSError) and problem.strerror:
        kind = problem.strerror
    what = f"something unforeseen went wrong ({kind})"
    remedy = f"set {DEBUG}=1 and run it again to see where, or try `countenance doctor` and `countenance verify`"
    shape = {"kind": "Defect", "what": what, "remedy": remedy}
    tell_error(shape, [f"countenance: {what}; {remedy}"], as_json=wants_json(ctx))
    if os.environ.get(DEBUG):
        traceback.print_exception(problem)
    return ERROR


def _asked_for_json(ctx: click.Context | None, words: Sequence[str]) -> bool:
    """Tell whether JSON is asked for, also when the arguments were not understood to their end."""
    said = words[: words.index("--")] if "--" in words else words
    return "--json" in said or (ctx is not None and wants_json(ctx))


@click.command(
    "countenance",
    cls=Door,
    context_settings={"auto_envvar_prefix": "COUNTENANCE", "help_option_names": ["-h", "--help"]},
    epilog="Each option has a variable: COUNTENANCE_LIBRARY for --library, COUNTENANCE_ENROL_EXPIRES for --expires of "
    "enrol. `countenance COMMAND --help` tells more about a command.",
)
@click.version_option(package_name="countenance", message="%(prog)s %(version)s")
def door() -> None:
    """Find the people who asked to be found in a photo library, and nobody else."""


def main() -> None:
    """Run the command line and end the process."""
    _leave_no_core()
    try:
        door.main()
    finally:
        # All is said: another Ctrl-C on the way out, while workers finish their photo, would only make a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _leave_no_core() -> None:
    """Keep a crash, ours or a worker's, from leaving memory in a file: templates and keys are in it (POSIX)."""
    with suppress(ImportError, OSError, ValueError):
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
