"""The Vision of this package: CenterFace finds the faces, faceres tells them apart."""

from collections.abc import Mapping, Sequence
from typing import Self

from countenance.errors import EvaluationInvalid, LibraryUnsuited, ModelFileWrong
from countenance.faces import Box, Calibration, Face, MissRate, Quality, Template, quality_of
from countenance.ports import Look, Pixels
from countenance.vision import _detector, _session
from countenance.vision._catalogue import REMEDY, card, verified, verified_beside, weights
from countenance.vision._detector import WorkingPoint
from countenance.vision._embedder import Embedder, directions
from countenance.vision._measured import measured
from countenance.vision._never import never
from countenance.vision._passes import Tiling
from countenance.vision._second_look import SecondLook

DETECTOR = "centerface/2"
MODEL = "faceres-1.3-hellinger-within/1"
# Beside the weights: the directions in which photos of one face differ.
WITHIN = "faceres.within.npy"
# Below this longer side in pixels faces can hardly be told apart; small ones have stricter thresholds of their own
# (docs/reference/accuracy.md).
NAMEABLE_PX = 28
# How closely is looked: chosen and measured in docs/reference/accuracy.md, "Finding faces for publication".
POINTS = {
    Look.INDEXING: WorkingPoint(
        long_side_px=2000,
        share=0.0,
        enlarged=1.0,
        threshold=0.35,
        coarse_sides_px=(640,),
        second=SecondLook(doubt=0.1, threshold=0.4, sides_px=(48,), degrees=(0,)),
    ),
    Look.PUBLISHING: WorkingPoint(
        long_side_px=3200,
        share=0.8,
        enlarged=2.0,
        threshold=0.2,
        coarse_sides_px=(1344, 480),
        second=SecondLook(doubt=0.03, threshold=0.4, sides_px=(48,), degrees=(0, 180, 90, 270)),
    ),
    Look.THOROUGH: WorkingPoint(
        long_side_px=4000,
        share=1.0,
        enlarged=2.0,
        threshold=0.2,
        coarse_sides_px=(2000, 1344, 480),
        second=SecondLook(doubt=0.02, threshold=0.35, sides_px=(48, 80), degrees=(0, 180, 90, 270)),
    ),
}
TILING = Tiling(side_px=1152, shared_px=128)


class OnnxVision:
    """Detect with CenterFace and embed with faceres, on the processor, in this process."""

    def __init__(
        self,
        detector: _session.Session,
        embedder: Embedder | None,
        calibration: Calibration,
        misses: Mapping[Look, tuple[MissRate, ...]],
    ) -> None:
        """Take loaded graphs and what was measured with them; `OnnxVision.load` is how to get one."""
        self._detector = detector
        self._misses = misses
        self._embedder = embedder
        self._calibration = calibration

    @classmethod
    def load(cls, *, threads: int = 1, recognises: bool = True) -> Self:
        """Load the models after comparing their SHA-256 with the catalogue; without recognition, only the detector.

        Raises:
            ModelFileWrong: a model file is missing or is not the one in the catalogue.
        """
        detector = _session.load(verified(card("centerface")), threads=threads)
        embedder = _load_embedder(threads) if recognises else None
        return cls(detector, embedder, _calibration() if recognises else never(), measured(DETECTOR))

    @property
    def detector(self) -> str:
        """The name and version of the detector with its working points."""
        return DETECTOR

    @property
    def model(self) -> str:
        """The name and version of the embedder (weights, preprocessing, geometry); empty if it recognises nobody."""
        return MODEL if self._embedder else ""

    @property
    def nameable_px(self) -> int:
        """The longer side in pixels from which a face may be named."""
        return NAMEABLE_PX

    @property
    def calibration(self) -> Calibration:
        """The thresholds that ship with the embedder; never reached without recognition."""
        return self._calibration

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        """Give the faces of a photo, the most certain first, boxes within the photo."""
        return _detector.detect(self._detector, pixels, POINTS[look], TILING)

    def misses(self, look: Look) -> tuple[MissRate, ...]:
        """Give how many faces were missed at this look when it was measured; empty if it was not."""
        return self._misses.get(look, ())

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Give a template for each box, in order.

        Raises:
            LibraryUnsuited: loaded without recognition.
        """
        embedder = self._recognising()
        return tuple(Template(embedder.probe(pixels, box), MODEL) for box in boxes)

    def reference(self, pixels: Pixels, box: Box) -> Template:
        """Give the template that is kept of a person: the mean of those of the face as it is and made smaller.

        Raises:
            LibraryUnsuited: loaded without recognition.
        """
        return Template(self._recognising().reference(pixels, box), MODEL)

    def quality(self, pixels: Pixels, face: Face) -> Quality:
        """Measure how good the photo of a face is, with the limits that were chosen for faceres."""
        return quality_of(pixels, face)

    def _recognising(self) -> Embedder:
        if self._embedder is None:
            raise LibraryUnsuited(
                "this library recognises nobody", remedy="tag people by hand, or make a library with recognition"
            )
        return self._embedder


def _load_embedder(threads: int) -> Embedder:
    model = card("faceres")
    return Embedder(_session.load(verified(model), threads=threads), directions(verified_beside(model, WITHIN)))


def _calibration() -> Calibration:
    """Read the thresholds measured for the embedder, which hold for one version of it only.

    Raises:
        ModelFileWrong: they are missing, unreadable or measured with another model.
    """
    try:
        calibration = Calibration.from_json((weights() / "faceres.measured.json").read_bytes())
    except (OSError, EvaluationInvalid) as error:
        raise ModelFileWrong("the measured thresholds of faceres cannot be read", remedy=REMEDY) from error
    if calibration.model != MODEL:
        raise ModelFileWrong("the thresholds were measured with another model", remedy=REMEDY)
    return calibration
