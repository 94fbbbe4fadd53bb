"""Showing how far a long piece of work is: a bar on a terminal, a plain line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from countenance.ports import Step

# Often enough to see that it goes on, seldom enough that a log of a night's work can be read.
LINE_SECONDS = 5.0
# Before this the first photos, which also loaded the models, say nothing about the rest.
GUESS_SECONDS = 1.0
MINUTE_S, HOUR_S = 60, 3600

Show = Callable[[Step], None]


@contextmanager
def progress() -> Iterator[Show]:
    """Give a callback that shows each step on stderr."""
    if not sys.stderr.isatty():
        yield Lines().show
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), _Pace(Column(no_wrap=True)))
    with Progress(*columns, console=Console(stderr=True), transient=True, expand=True) as bar:
        yield Bar(bar).show


class Bar:
    """One bar, which begins anew when the work does (looking again at photos indexed before)."""

    def __init__(self, bar: Progress) -> None:
        """Take what to draw on; until the first photo is done it only shows that something goes on."""
        self._bar = bar
        self._task = bar.add_task("Photos", total=None)
        self._done = 0

    def show(self, step: Step) -> None:
        """Move the bar."""
        if step.done < self._done:
            self._bar.reset(self._task)
        failed = f", {step.failed} unreadable" if step.failed else ""
        self._bar.update(self._task, completed=step.done, total=step.total, description=f"Photos{failed}")
        self._done = step.done


class Lines:
    """A line every few seconds, and none for work that is done before the first is due."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the clock, in seconds."""
        self._clock = clock
        self._began = self._told = clock()
        self._first = 0
        self._done = 0

    def show(self, step: Step) -> None:
        """Say how far it is, if a line is due."""
        now = self._clock()
        if step.done < self._done:
            self._began, self._first = now, step.done
        self._done = step.done
        if now - self._told < LINE_SECONDS:
            return
        self._told = now
        failed = f", {step.failed} could not be read" if step.failed else ""
        click.echo(f"{step.done} of {step.total} photos{failed}{self._pace(step, now)}", err=True)

    def _pace(self, step: Step, now: float) -> str:
        done, seconds = step.done - self._first, now - self._began
        if done <= 0 or seconds <= 0:
            return ""
        rate = done / seconds
        return f", {spell_rate(rate)}, {spell_time((step.total - step.done) / rate)} left"


class _Pace(ProgressColumn):
    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text("")
        told = task.speed if (task.elapsed or 0) >= GUESS_SECONDS else None
        rate = f", {spell_rate(told)}" if told else ""
        left = f", {spell_time(task.time_remaining)} left" if told and task.time_remaining else ""
        return Text(f"{task.completed:.0f} of {task.total:.0f}{rate}{left}")


def spell_rate(per_second: float) -> str:
    """Say how many photos are looked at in a second."""
    return f"{per_second:.0f} a second" if per_second >= 9.95 else f"{per_second:.1f} a second"  # noqa: PLR2004  (spelt as 10)


def spell_time(seconds: float) -> str:
    """Say a time roughly."""
    if seconds < MINUTE_S:
        return f"about {max(1, round(seconds))} s"
    if seconds < HOUR_S:
        return f"about {round(seconds / MINUTE_S)} min"
    return f"about {seconds / HOUR_S:.1f} h"
