"""How a head is held, and where its face must lie in the photo, from five landmarks."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from countenance.faces._values import Face

Points = npt.NDArray[np.complex128]

# A face of height one that looks into the camera, its eyes' middle at 0, as a complex number (across + down * i): both
# eyes, the nose, both corners of the mouth. Means over 122 portraits of the detector's landmarks, made symmetrical.
MEAN_FACE: Points = np.array([-0.18, 0.18, 0.197j, -0.15 + 0.34j, 0.15 + 0.34j])
EYES, NOSE, MOUTH = slice(0, 2), 2, slice(3, 5)
# How far the nose stands out before the plane of eyes and mouth, in heights of the face, and how far down it is seen.
# What the detector tells of a nod is less than the geometry: fitted to portraits that were turned by known angles.
NOSE_BEFORE, NOSE_BEFORE_NODDING = 0.17, 0.056
NOSE_DOWN = 0.58
# Where a whole face lies around the middle between its eyes, in its own height: to either side, above and below.
SIDEWARDS, UPWARDS, DOWNWARDS = 0.36, 0.40, 0.58
STEPS = 41


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees of turning: `yaw` is positive to the viewer's right, `pitch` downwards, `roll` clockwise.

    They are estimates: people's noses differ. `marks` are the landmarks as complex numbers, `height` the height in
    pixels that the face would have if it were seen whole and from the front.
    """

    yaw: float
    pitch: float
    roll: float
    height: float
    marks: Points

    @classmethod
    def of(cls, face: Face) -> Self:
        """Read the pose off the landmarks; without any that make a face, they are assumed where the box has them."""
        marks = np.array([complex(x, y) for x, y in face.landmarks])
        if len(marks) != len(MEAN_FACE) or not _in_order(marks):
            box = face.box
            marks = complex(box.x + box.w / 2, box.y + 0.4 * box.h) + MEAN_FACE * box.h
        upright = _upright(marks)
        down = float(upright[MOUTH].imag.mean())
        middle = float((upright[EYES].real.mean() + upright[MOUTH].real.mean()) / 2)
        aside = (float(upright[NOSE].real) - middle) / (down / MEAN_FACE[MOUTH].imag[0]) / NOSE_BEFORE
        nod = (float(upright[NOSE].imag) / down - NOSE_DOWN) * MEAN_FACE[MOUTH].imag[0] / NOSE_BEFORE_NODDING
        across = float(upright[1].real - upright[0].real)
        return cls(
            yaw=_degrees(aside),
            pitch=_degrees(nod),
            roll=float(np.degrees(np.angle(_axis(marks)))),
            height=max(across / (MEAN_FACE[1].real - MEAN_FACE[0].real), down / MEAN_FACE[MOUTH].imag[0]),
            marks=marks,
        )

    def share_inside(self, width: int, height: int) -> float:
        """Give which share of the whole face, where it must be by its landmarks, lies in a photo of this size."""
        upright = _upright(self.marks)
        middle = (upright[EYES].real.mean() + upright[MOUTH].real.mean()) / 2
        across = np.linspace(-SIDEWARDS, SIDEWARDS, STEPS)[np.newaxis, :] * self.height + middle
        down = np.linspace(-UPWARDS, DOWNWARDS, STEPS)[:, np.newaxis] * self.height
        axis = _axis(self.marks)
        places = (across + 1j * down) * axis / abs(axis) + self.marks[EYES].mean()
        inside = (places.real >= 0) & (places.real < width) & (places.imag >= 0) & (places.imag < height)
        return float(inside.mean())


def _axis(marks: Points) -> complex:
    """Give the direction from the viewer's left to right, of eyes and mouth together."""
    return complex(marks[1] - marks[0] + marks[4] - marks[3])


def _upright(marks: Points) -> Points:
    """Turn the landmarks so that the head is upright, around the middle between the eyes."""
    axis = _axis(marks)
    upright: Points = (marks - marks[EYES].mean()) * np.conj(axis) / abs(axis)
    return upright


def _in_order(marks: Points) -> bool:
    """Tell whether the left is left of the right, and the mouth below the eyes."""
    if not abs(_axis(marks)):
        return False
    upright = _upright(marks)
    return bool(upright[1].real > upright[0].real and upright[MOUTH].imag.mean() > 0)


def _degrees(sine: float) -> float:
    return float(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))
