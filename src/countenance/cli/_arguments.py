"""Kinds of arguments: a path on this machine, a day, a box in a photo."""

import contextlib
import os
import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import ClassVar

import click

from countenance.consent import Purpose
from countenance.faces import Box
from countenance.ledger import ReasonClass
from countenance.library import local_path

_BOX = re.compile(r"(-?\d{1,6}),(-?\d{1,6}),([1-9]\d{0,5}),([1-9]\d{0,5})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

PURPOSES = click.Choice([str(purpose) for purpose in Purpose])
REASON_CLASSES = click.Choice([str(reason_class) for reason_class in ReasonClass])


class LocalPath(click.ParamType[Path]):
    """A file or folder of this machine as an absolute path; an address is refused, because nothing is ever fetched."""

    name = "path"
    envvar_list_splitter: ClassVar[str] = os.pathsep

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002  (click's signature)
        """Give the absolute path.

        Raises:
            UsageWrong: an address, or nothing that can be a path.
        """
        return value if isinstance(value, Path) else local_path(value)


class LastDay(click.ParamType[datetime]):
    """A day, which is counted in: the moment is its last second in UTC."""

    name = "date"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Give the last second of the day."""
        if isinstance(value, datetime):
            return value
        with contextlib.suppress(ValueError):
            if _DAY.fullmatch(value):
                return datetime.combine(date.fromisoformat(value), time(23, 59, 59, tzinfo=UTC))
        return self.fail(f"{value} is no day; write it like 2027-06-30", param, ctx)


class BoxInPixels(click.ParamType[Box]):
    """A box in pixels of the upright photo: left, top, width and height."""

    name = "box"

    def convert(self, value: str | Box, param: click.Parameter | None, ctx: click.Context | None) -> Box:
        """Give the box."""
        if isinstance(value, Box):
            return value
        found = _BOX.fullmatch("".join(value.split()))
        if found is None:
            return self.fail(f"{value} is no box; write it like 120,80,96,110: left, top, width, height", param, ctx)
        x, y, w, h = map(int, found.groups())
        return Box(x, y, w, h)
