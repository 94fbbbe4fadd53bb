"""R6: a withdrawal in one process holds at once in another that searches, indexes and publishes without a pause."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings
from PIL import Image

from countenance.consent import Purpose
from countenance.faces import Box
from countenance.library import EnrolmentForm, Library
from countenance.photos import open_photo
from countenance.vision import StubVision
from library_desk import ACTOR, make_sql, open_sql

# Each lets one more person withdraw: few by day, more at night; set it higher for a longer hunt.
NIGHTLY: Final = settings.get_current_profile_name() == "nightly"
ROUNDS: Final = int(os.environ.get("COUNTENANCE_TEST_WITHDRAWALS", "24" if NIGHTLY else "8"))
SUPPORT: Final = Path(__file__).resolve().parents[1] / "support"
PATIENCE_SECONDS: Final = 60.0
ADA: Final = 1

# Works on without a pause from the line that it reads until the file named there is gone; says what was answered.
BUSYBODY: Final = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from countenance.journeys.publish import Order
from countenance.library import Library
from countenance.vision import StubVision
from library_desk import ACTOR, open_sql

folder = Path(sys.argv[2])
library = Library(open_sql(folder / "library"), StubVision, actor=ACTOR, clock=lambda: datetime.now(UTC))

def say(**words):
    print(json.dumps(words), flush=True)

say(ready=True)
for line in sys.stdin:
    going = Path(line.strip())
    while going.exists():
        found = library.search(folder / "probe.png", reason="her mother asks")
        say(entry=found.entry, people=[answer.person for answer in found.answers])
        library.index([folder / "photos"], again=True)
        library.publish([folder / "photos"], folder / "out" / going.name, Order())
        say(published=True)
    say(stopped=True)
"""


@dataclass(slots=True)
class Office:
    """A library that two processes have open."""

    folder: Path
    library: Library
    other: "subprocess.Popen[str]"
    heard: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, word: str) -> dict[str, Any]:
        """Wait until the other process says this word; what it says until then is kept."""
        assert self.other.stdout is not None
        for line in self.other.stdout:
            said: dict[str, Any] = json.loads(line)
            self.heard.append(said)
            if word in said:
                return said
        raise AssertionError(f"the other process ended without a word of {word}")

    def send_out(self, going: Path) -> None:
        """Let the other process work until this file is gone."""
        going.touch()
        assert self.other.stdin is not None
        self.other.stdin.write(f"{going}\n")
        self.other.stdin.flush()

    def enrol(self, number: int) -> str:
        """Enrol Ada by a new form; gives her new id."""
        form = self.folder / f"form-{number}.pdf"
        form.write_bytes(b"%PDF-1.4\n% " + str(number).encode() + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        photos = (self.folder / "portrait.png",)
        return self.library.enrol(EnrolmentForm(f"Ada {number}", photos, form, tuple(Purpose))).person

    def shown(self, folder: Path) -> set[Path]:
        """Give the copies in a folder that show Ada's face."""
        return {path for path in folder.glob("*.png") if ADA in _identities(path)}


def _identities(path: Path) -> list[int]:
    pixels, eyes = open_photo(path).pixels, StubVision()
    templates = eyes.embed(pixels, [face.box for face in eyes.detect(pixels)])
    return [ADA for template in templates if template.compare(StubVision.template(ADA)) > 0.8]


def _draw(path: Path, *identities: int, side: int = 96) -> None:
    path.parent.mkdir(exist_ok=True)
    patches = [(Box(10 + place * (side + 12), 10, side, side), one) for place, one in enumerate(identities)]
    Image.fromarray(StubVision.draw((20 + len(patches) * (side + 12), side + 30), patches)).save(path)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give the office with the other process waiting."""
    make_sql(tmp_path / "library").close()
    _draw(tmp_path / "photos/a.png", ADA, 7)
    _draw(tmp_path / "photos/b.png", 8, ADA)
    _draw(tmp_path / "portrait.png", ADA)
    _draw(tmp_path / "probe.png", ADA)
    library = Library(open_sql(tmp_path / "library"), StubVision, actor=ACTOR, clock=lambda: datetime.now(UTC))
    library.index([tmp_path / "photos"])
    with subprocess.Popen(  # noqa: S603  (our own interpreter and program)
        [sys.executable, "-B", "-c", BUSYBODY, str(SUPPORT), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        office = Office(tmp_path, library, other)
        office.hear("ready")
        try:
            yield office
        finally:
            other.kill()
            library.close()


def test_a_withdrawal_holds_at_once_in_another_process(office: Office) -> None:
    """R6: withdrawals at random moments: no answer with a later entry, no later copy, no appearance names Ada."""
    chance = random.Random(7)  # noqa: S311  (the same each time)
    answered_before = 0
    for number in range(ROUNDS):
        person = office.enrol(number)
        going = office.folder / f"going-{number}"
        office.heard.clear()
        office.send_out(going)
        while not any(said.get("people") for said in office.heard):
            office.hear("entry")
        time.sleep(chance.uniform(0, 0.15))
        withdrawal = office.library.withdraw(person)
        while office.hear("entry")["entry"] < withdrawal.entry:
            pass
        office.hear("published")  # a copy of each photo is begun after the withdrawal, whatever was under way then
        going.unlink()
        office.hear("stopped")
        late = [said for said in office.heard if person in said.get("people", ()) and said["entry"] > withdrawal.entry]
        assert late == []
        answered_before += any(person in said.get("people", ()) for said in office.heard)
        assert office.shown(office.folder / "out" / going.name) <= set(withdrawal.published_to_recover)
        assert office.library.search(office.folder / "probe.png", reason="again").answers == ()
    assert answered_before == ROUNDS
    assert office.library.verify_ledger().ok
