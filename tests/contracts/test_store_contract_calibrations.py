"""What every store must do with the thresholds that were measured for its library; run on each store alike."""

from contextlib import suppress

import pytest

from countenance.errors import DeedUnrecorded
from countenance.ports import CalibrationVersion
from library_desk import SEEN_WITH, Desk, calibration


def behind(desk: Desk) -> int:
    """Count the photos that wait to be matched."""
    with desk.store.read(now=desk.now) as reading:
        return reading.photos_behind_count(seen_with=SEEN_WITH)


def test_a_library_keeps_all_its_thresholds(desk: Desk) -> None:
    """R36: the newest are in force; the earlier ones stay readable, with number, beginning and people."""
    with desk.store.read(now=desk.now) as reading:
        assert reading.calibration() is None
        assert reading.calibrations() == ()
    first = desk.calibrate(0.5, 3)
    since = desk.now
    desk.later(days=1, microseconds=3)
    second = desk.calibrate(0.25, 110)
    with desk.store.read(now=desk.now) as reading:
        assert reading.calibration() == second
        assert reading.calibrations() == (
            CalibrationVersion(1, since, 3, first),
            CalibrationVersion(2, desk.now, 110, second),
        )
    assert desk.problems() == []


def test_new_thresholds_leave_every_photo_behind(desk: Desk) -> None:
    """R14, R36: what was matched by other thresholds is to be matched anew, and the gallery's roll moves on."""
    desk.enrol("p-ann")
    desk.index("/photos/a.jpg")
    assert behind(desk) == 0
    with desk.store.read(now=desk.now) as reading:
        before = reading.roll()
    desk.calibrate(0.5)
    with desk.store.read(now=desk.now) as reading:
        assert reading.roll() == before + 1
    assert behind(desk) == 1
    desk.index("/photos/a.jpg")
    assert behind(desk) == 0


def test_thresholds_of_a_deed_that_failed_were_never_in_force(desk: Desk) -> None:
    """R24, R39: they are one transaction with their entry, and without an entry there is none."""
    with suppress(KeyboardInterrupt), desk.recorded() as unit:
        unit.keep_calibration(calibration(0.5), people=1)
        assert unit.calibration() == calibration(0.5)
        raise KeyboardInterrupt
    with pytest.raises(DeedUnrecorded), desk.store.write(now=desk.now) as unit:
        unit.keep_calibration(calibration(0.5), people=1)
    with desk.store.read(now=desk.now) as reading:
        assert reading.calibrations() == ()
