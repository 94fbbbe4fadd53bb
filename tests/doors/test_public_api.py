"""What `import countenance` offers to programs."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

import countenance
from terminal import Terminal


def test_the_names_are_there_when_they_are_used() -> None:
    """Every public name is what its room offers, is listed by dir(), and another name is an AttributeError."""
    from countenance.library import Library  # noqa: PLC0415  (it is the other way to the same thing)

    assert countenance.Library is Library
    assert set(countenance.__all__) <= set(dir(countenance))
    with pytest.raises(AttributeError, match="no attribute 'Libary'"):
        getattr(countenance, "Libary")  # noqa: B009  (a slip of the pen)


def test_importing_it_loads_nothing_else() -> None:
    """The package alone loads no room; errors alone load no library."""
    spy = "import sys, countenance, countenance.errors; print([n for n in sys.modules if n.startswith('countenance.')])"
    done = subprocess.run([sys.executable, "-B", "-c", spy], check=True, capture_output=True, text=True)  # noqa: S603  (our own interpreter)
    assert done.stdout.strip() == "['countenance.errors']"


def test_a_library_from_a_program(terminal: Terminal, now: datetime, tmp_path: Path) -> None:
    """A program makes a library, enrols, indexes and searches with the public names alone."""
    policy = countenance.Policy.draft(controller="Hill School", contact="office@hill.example", staff_search=True)
    form = countenance.EnrolmentForm(
        "Ada", (terminal.photo("p/1.png", 1, side=160),), terminal.form(), tuple(countenance.Purpose)
    )
    photo = terminal.photo("photos/a.png", 1, 2)
    with countenance.Library.make(tmp_path / "made", policy, clock=lambda: now) as library:
        library.enrol(form)
    with countenance.Library.open(tmp_path / "made", clock=lambda: now) as library:
        assert library.index([tmp_path / "photos"]).indexing.appearances == 1
        (answer,) = library.search(terminal.photo("x/1.png", 1), reason="the family asked").answers
        assert [appearance.photo for appearance in answer.appearances] == [photo]
        with pytest.raises(countenance.CountenanceError):
            library.photos("Nobody", reason=None)
