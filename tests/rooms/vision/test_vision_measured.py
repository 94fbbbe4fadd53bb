"""What was measured of the detector: it comes with the weights that it was measured with, and holds for no others."""

import json
from pathlib import Path

import pytest

from countenance.errors import ModelFileWrong
from countenance.faces import MissRate, Seeing
from countenance.vision import _measured
from countenance.vision._catalogue import weights
from countenance.vision._measured import measured
from countenance.vision._onnx import DETECTOR


@pytest.mark.parametrize(
    "change",
    [{"detector": "centerface/0"}, {"sha256": "0" * 64}, {"looks": {"publishing": [{"missed": 3}]}}, {"looks": 1}],
)
def test_counts_of_another_detector_are_refused(
    change: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R18: counts of other weights or working points, and damaged ones, are told for nobody."""
    told = json.loads((weights() / _measured.FILE).read_text(encoding="utf-8"))
    (tmp_path / _measured.FILE).write_text(json.dumps(told | change), encoding="utf-8")
    monkeypatch.setattr(_measured, "weights", lambda: tmp_path)
    with pytest.raises(ModelFileWrong):
        measured(DETECTOR)


def test_counts_that_are_missing_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R18: a package without them is damaged."""
    monkeypatch.setattr(_measured, "weights", lambda: tmp_path)
    with pytest.raises(ModelFileWrong):
        measured(DETECTOR)


@pytest.mark.parametrize(("low", "high", "missed", "faces"), [(0, 3, 0, 1), (9, 8, 0, 1), (1, 8, 2, 1), (1, 8, 0, 0)])
def test_counts_that_cannot_be_are_refused(low: int, high: int, missed: int, faces: int) -> None:
    """Nobody is missed more often than seen, and a class of sizes begins before it ends."""
    with pytest.raises(ValueError, match=r"cannot be missed|no class"):
        MissRate(Seeing.UPRIGHT, low, high, missed, faces)
