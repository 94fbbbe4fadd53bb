"""Verifying sees every byte that was changed in a library's file, and damage is an answer, never a traceback."""

import os
import random
import shutil
from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.stores._pages import page_problems
from countenance.stores._resting import _COUNTERS
from library_desk import Desk, make_sql, open_sql, photo

# Each is another random place and bit; set it higher for a longer hunt.
FLIPS = int(os.environ.get("COUNTENANCE_TEST_FLIPS", "40"))
PAGE = 4096


@pytest.fixture(scope="module")
def original(lived_in_library: Path) -> bytes:
    """Give the bytes of a library's file."""
    return (lived_in_library / "library.db").read_bytes()


def problems_with(folder: Path, content: bytes) -> list[str]:
    """Put these bytes in the place of a library's file, open and verify it."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    (folder / "library.db").write_bytes(content)
    try:
        store = open_sql(folder)
    except CountenanceError as problem:
        return [f"it does not open: {problem.what}"]
    try:
        return Desk(store).problems()
    finally:
        store.close()


def test_an_untouched_file_verifies(original: bytes, tmp_path: Path) -> None:
    """A file that was only copied is whole: so the tests after this one do prove something."""
    assert problems_with(tmp_path / "copy", original) == []


def test_a_flipped_bit_anywhere_is_seen(original: bytes, tmp_path: Path) -> None:
    """R26: one bit changed in the closed file, wherever it lies, is told, and nothing ends in a traceback."""
    generator = random.Random(11)  # noqa: S311  (the same places in each run)
    counters = {place for first, end in _COUNTERS for place in range(first, end)}
    missed = []
    for place in generator.sample(range(len(original)), FLIPS):
        changed = bytearray(original)
        changed[place] ^= 1 << generator.randrange(8)
        if not problems_with(tmp_path / "bent", bytes(changed)) and place not in counters:
            missed.append(place)
    assert missed == []


def test_the_header_is_seen_but_for_sqlites_counters(original: bytes, tmp_path: Path) -> None:
    """R26: of the header's 100 bytes, only the schema cookie and the version of the last writer can change unseen."""
    unseen = {40, 41, 42, 43, 96, 97, 98, 99}
    missed = set()
    for place in unseen | set(range(16, 100, 5)):
        changed = bytearray(original)
        changed[place] ^= 0x10
        if not problems_with(tmp_path / "bent", bytes(changed)):
            missed.add(place)
    assert missed == unseen


@pytest.mark.parametrize("kept", [0, 1, 99, 100, 4095, 4096, 5000, 3 * PAGE])
def test_a_file_cut_short_is_seen(original: bytes, tmp_path: Path, kept: int) -> None:
    """A file that was cut anywhere is no library or a broken one."""
    assert problems_with(tmp_path / "cut", original[:kept])


def test_pages_lost_or_swapped_are_seen(original: bytes, tmp_path: Path) -> None:
    """R26: a page of zeros, two pages swapped, and a page too many are told."""
    pages = [original[start : start + PAGE] for start in range(0, len(original), PAGE)]
    zeroed = [*pages[:7], bytes(PAGE), *pages[8:]]
    swapped = [*pages[:9], pages[10], pages[9], *pages[11:]]
    longer = [*pages, bytes(PAGE)]
    for changed in (zeroed, swapped, longer):
        assert problems_with(tmp_path / "pages", b"".join(changed))


def test_without_the_files_digest_rows_still_speak(folder: Path, tmp_path: Path) -> None:
    """A library that was not closed in order is verified row by row, and what was changed in a row is told."""
    desk = Desk(open_sql(folder))
    desk.enrol("p-ann", "Somebody")
    crashed = shutil.copytree(folder, tmp_path / "crashed")
    desk.store.close()
    again = open_sql(crashed)
    checks = {check.name: check for check in again.verify(now=desk.now)}
    assert all(check.ok for check in checks.values())
    assert "not closed in order" in checks["file"].detail
    again.close()


def test_a_library_in_use_is_verified_as_it_lies_on_the_disk(folder: Path) -> None:
    """What a process holds in memory does not hide what was changed in the file."""
    desk = Desk(open_sql(folder))
    desk.index("/photos/a.jpg")
    desk.store.wipe()
    with (folder / "library.db").open("r+b") as file:
        content = file.read()
        place = content.index(photo("/photos/a.jpg").fingerprint.encode())
        file.seek(place)
        file.write(b"x")
    assert [one for one in desk.problems() if one.startswith("rows: ")]
    desk.store.close()


def test_closing_keeps_the_digest_only_while_it_is_true(folder: Path) -> None:
    """Reading leaves the digest as it is; another process that writes takes it back first."""
    first, second = open_sql(folder), open_sql(folder)
    Desk(first).index("/photos/a.jpg")
    first.close()
    assert Desk(second).problems() == []
    Desk(second).index("/photos/b.jpg")
    third = open_sql(folder)
    assert Desk(third).problems() == []
    second.close()
    assert Desk(third).problems() == []
    details = {check.name: check.detail for check in third.verify(now=Desk(third).now)}
    assert details["file"].startswith("every byte")
    third.close()


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (0, b"x", "begin"),
        (18, b"\1", "write version"),
        (24, b"\1\2\3\4", "change counters"),
        (28, b"\0\0\0\1", "length"),
        (36, b"\0\0\0\7", "free pages"),
        (60, b"\0\0\0\7", "format"),
        (72, b"\1", "reserved"),
    ],
)
def test_the_header_is_read_strictly(original: bytes, place: int, value: bytes, told: str) -> None:
    """The header's fields are what they always are in our files."""
    assert list(page_problems(original)) == []
    changed = original[:place] + value + original[place + len(value) :]
    assert any(told in problem for problem in page_problems(changed))


def test_free_pages_must_be_empty(lived_in: Path) -> None:
    """R21: a page that is not in use holds zeros; anything else is told."""
    content = free_pages(lived_in)
    assert list(page_problems(content)) == []
    trunk = int.from_bytes(content[32:36], "big")
    leaf = int.from_bytes(content[(trunk - 1) * PAGE + 8 : (trunk - 1) * PAGE + 12], "big")
    place = (leaf - 1) * PAGE + 1000
    changed = content[:place] + b"\1" + content[place + 1 :]
    assert list(page_problems(changed)) == [f"the free page {leaf} is not empty"]
    looped = bytearray(content)
    looped[(trunk - 1) * PAGE : (trunk - 1) * PAGE + 4] = trunk.to_bytes(4, "big")
    assert list(page_problems(bytes(looped))) == ["the list of free pages is broken"]


def free_pages(folder: Path) -> bytes:
    """Give the file of a library from which so much was taken away that pages are free."""
    desk = Desk(open_sql(folder))
    with desk.recorded() as unit:
        for number in range(40):
            unit.keep_photo(photo(f"/photos/much/{number}.jpg", 40))
    with desk.recorded() as unit:
        for number in range(40):
            unit.keep_missing(photo(f"/photos/much/{number}.jpg").path)
    assert desk.problems() == []
    desk.store.close()
    return (folder / "library.db").read_bytes()


def test_a_consent_signed_by_a_clock_that_was_ahead_is_told(tmp_path: Path) -> None:
    """R7: a receipt that ends more than 1,095 days from now was signed by a wrong clock, and does not verify."""
    desk = Desk(make_sql(tmp_path / "library"))
    right = desk.now
    desk.later(days=9 * 365)
    desk.enrol("p-ann", days=365)
    assert desk.problems() == []
    desk.now = right
    (problem,) = desk.problems()
    assert "ends later than a consent may" in problem
    desk.withdraw("p-ann")
    assert desk.referenced() == []
    assert desk.problems() == []
    desk.store.close()
