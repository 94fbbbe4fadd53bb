"""`ledger report`: what was done in a period, as counts for everybody."""

import re
from datetime import date, timedelta
from pathlib import Path

import click

from countenance.cli._arguments import LocalPath
from countenance.cli._documents import document_lines
from countenance.cli._exit_codes import DONE
from countenance.cli._opening import open_library
from countenance.cli._options import Command
from countenance.cli._speaking import answer, clean, wrapped
from countenance.library import Period, give_report, report_object, report_page

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_DAY = timedelta(days=1)


class MonthBound(click.ParamType[str]):
    """A month, or the day at one end of it: reports are of whole months, so that none is about a few days."""

    name = "date"

    def __init__(self, *, last: bool) -> None:
        """Take the last day of a month, or the first."""
        self._last = last

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the month: `2026-03`."""
        if _MONTH.fullmatch(value):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return self.fail(f"{value} is no month; write it like 2026-03", param, ctx)
        end = day + _DAY if self._last else day
        if end.day != 1:
            which = "last" if self._last else "first"
            return self.fail(f"a report is of whole months, and {value} is not the {which} day of one", param, ctx)
        return f"{day:%Y-%m}"


@click.command("report", cls=Command, short_help="Count what was done, for everybody to read.")
@click.option("--from", metavar="DATE", type=MonthBound(last=False), required=True, help="The first month: 2026-01.")
@click.option("--to", metavar="DATE", type=MonthBound(last=True), required=True, help="The last month: 2026-06.")
@click.option("--output", metavar="FILE", type=LocalPath(), help="A new file: .html or .md for a web site, or .json.")
@click.option(
    "--language", metavar="LANG", help="The page's language: en or fr.  [default: that of the policy's first notice]"
)
def report(*, to: str, output: Path | None, language: str | None, **bounds: str) -> int:
    """Count the searches, enrolments, withdrawals and publications of some months, for everybody to read.

    The page can stand on a web site as it is: it names nobody, and everything is counted in fives, so that nobody can
    be picked out by a small number. The months must be over.
    """
    period = Period(bounds["from"], to)  # no parameter may be called `from`
    with open_library(whatever_policy=True) as library:
        made = library.report(period)
    page = report_page(made, language)
    if output is not None:
        give_report(made, output, language=language)
    answer(
        {"report": report_object(made), "written": str(output) if output else None},
        [wrapped("The report is written to:"), f"  {clean(output)}"] if output else document_lines(page, texts=False),
    )
    return DONE
