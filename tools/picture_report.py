"""Take the picture of a transparency report that the documentation shows, of a made-up year.

    PYTHONPATH=tests/support .venv/bin/python tools/picture_report.py

Needs Chromium, and is run again when the report's page looks different. The year is nobody's: a ledger on paper, as the
tests have it, is counted and laid out by the code that counts and lays out a library's.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from countenance.ledger import Entry, EntryKind
from countenance.library import give_report
from paper_ledger import listed, published, reported, searched, written

PICTURE = Path(__file__).resolve().parent.parent / "docs/pictures/transparency-report.png"
# As much of the page as fits beside its text: the head, and what was searched by month and by reason.
SIZE_PX = (1000, 1532)
COLOURS = 64

# By month: searches by a photo, of these that found nobody, people's own listings, who joined, who left, copies made.
YEAR = {
    "2026-01": (9, 4, 3, 46, 0, 10),
    "2026-02": (14, 5, 8, 12, 1, 15),
    "2026-03": (22, 9, 12, 9, 2, 30),
    "2026-04": (11, 3, 6, 4, 1, 20),
    "2026-05": (27, 12, 15, 7, 3, 45),
    "2026-06": (38, 14, 29, 5, 2, 90),
    "2026-07": (19, 6, 31, 0, 4, 60),
    "2026-08": (2, 1, 7, 0, 1, 0),
    "2026-09": (16, 8, 11, 52, 6, 25),
    "2026-10": (24, 10, 9, 8, 2, 35),
    "2026-11": (21, 7, 10, 3, 1, 40),
    "2026-12": (33, 11, 18, 2, 2, 70),
}
REASONS = ("request", "archive", "publishing", "request", "other", "safety", "archive", "request")
COVERED = 6


def made_up_year() -> Iterator[Entry]:
    """Give the entries of a busy school's year, month by month."""
    for month, (searches, nobody, own, joined, left, copies) in YEAR.items():
        for number in range(searches):
            yield searched(month, reason_class=REASONS[number % len(REASONS)], found=number >= nobody)
        yield from (listed(month, reason_class=None) for _ in range(own))
        yield from (written(EntryKind.ENROLLED, month) for _ in range(joined))
        yield from (written(EntryKind.WITHDRAWN, month) for _ in range(left))
        for number in range(copies):
            yield from published(month, f"{month}-{number}", covered=COVERED)


def write_page(page: Path) -> None:
    """Write the report about the whole of that year."""
    give_report(reported(list(made_up_year())), page, language="en")


def main() -> int:
    """Write the report's page to a folder that is gone afterwards, and take its picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("picture_report: there is no Chromium to take a picture with", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "report.html", Path(folder) / "shot.png"
        write_page(page)
        words = ["--headless=new", "--no-sandbox", "--hide-scrollbars", "--force-prefers-reduced-motion"]
        window = f"--window-size={SIZE_PX[0]},{SIZE_PX[1]}"
        subprocess.run(  # noqa: S603  (a browser that was found on the path, and a page of ours)
            [chromium, *words, window, f"--screenshot={shot}", page.as_uri()], check=True, capture_output=True
        )
        with Image.open(shot) as picture:
            picture.convert("RGB").quantize(COLOURS).save(PICTURE, optimize=True)
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
