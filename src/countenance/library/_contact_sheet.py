"""The contact sheet: a page beside the covered copies on which a person checks each face before they leave the house.

It shows the copies only, never an original, and names nobody: it may be mailed together with them by mistake.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Protocol
from urllib.parse import quote

from countenance.faces import Box, MissRate
from countenance.journeys.publish import Copy
from countenance.library._misses import misses_in_words


class Failed(Protocol):
    """A photo of which no copy was made, and why."""

    @property
    def photo(self) -> Path:
        """The original."""

    @property
    def why(self) -> str:
        """What was wrong."""


# The page, with $-marks (string.Template) where the pictures go.
_PAGE = "contact_sheet.html"
# By this an earlier sheet of ours is known, and may be replaced.
_MARK = "<title>Contact sheet: "


def write_contact_sheet(
    copies: Sequence[Copy], failed: Sequence[Failed], folder: Path, misses: Sequence[MissRate], *, at: datetime
) -> Path:
    """Write `contact-sheet.html` into the folder of the copies, in place of the one of an earlier run."""
    shown, covered = sum(len(copy.shown) for copy in copies), sum(len(copy.covered) for copy in copies)
    unreviewed = sum(not copy.reviewed_by for copy in copies)
    warning = (
        f'<p class="warn"><strong>{_count(unreviewed, "picture")} not yet looked at by a person.</strong> Their names '
        "end in <code>.unreviewed</code>; run publish again with <code>--reviewed-by NAME</code> once they are.</p>"
        if unreviewed
        else f"<p>Looked at by {escape(copies[0].reviewed_by)}.</p>"
    )
    page = folder / "contact-sheet.html"
    if page.exists() and _MARK not in page.read_text(encoding="utf-8", errors="replace"):
        page = folder / "countenance-contact-sheet.html"  # the other one is somebody else's
    page.write_text(
        Template((files("countenance.library") / _PAGE).read_text(encoding="utf-8")).substitute(
            title=escape(folder.name),
            when=f"{at:%d %B %Y, %H:%M} UTC",
            copies=_count(len(copies), "picture"),
            faces=f"{_count(shown, 'face')} shown, {covered} covered",
            warning=warning,
            misses=_misses(misses),
            figures="\n".join(_figure(copy, folder) for copy in copies),
            failures=_failures(failed),
        ),
        encoding="utf-8",
        errors="backslashreplace",
    )
    return page


def _figure(copy: Copy, folder: Path) -> str:
    name = copy.target.relative_to(folder).as_posix()
    link = quote(os.fsencode(name))  # a file's name need not be UTF-8
    frames = "".join(
        [_frame(box, copy, "shown") for box in copy.shown] + [_frame(box, copy, "covered") for box in copy.covered]
    )
    return (
        f'<figure><a class="photo" href="{link}"><img loading="lazy" src="{link}" width="{copy.width}" '
        f'height="{copy.height}" alt="{escape(name)}">{frames}</a><figcaption><strong>{escape(name)}</strong><br>'
        f'<span class="quiet">{len(copy.shown)} shown, {len(copy.covered)} covered</span></figcaption></figure>'
    )


def _frame(box: Box, copy: Copy, kind: str) -> str:
    left, top = 100 * box.x / copy.width, 100 * box.y / copy.height
    width, height = 100 * box.w / copy.width, 100 * box.h / copy.height
    return f'<i class="{kind}" style="left:{left:.2f}%;top:{top:.2f}%;width:{width:.2f}%;height:{height:.2f}%"></i>'


def _misses(rates: Sequence[MissRate]) -> str:
    if not rates:
        return ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in misses_in_words(rates))
    return (
        "<p>Of 100 faces, so many were missed when this was measured, on posed portraits set into photos; heads seen "
        "from the side or from behind are in none of them, and are missed more often:</p>"
        f'<ul class="quiet">{lines}</ul>'
    )


def _failures(failed: Sequence[Failed]) -> str:
    if not failed:
        return ""
    rows = "".join(f"<li>{escape(one.photo.name)}: {escape(one.why)}</li>" for one in failed)
    return f'<h2>No copy was made of</h2><ul class="quiet">{rows}</ul>'


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
