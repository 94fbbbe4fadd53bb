"""How good a photo of a face is for telling whose it is, measured on the pixels; nothing is inferred about the person.

The measures are named as in ISO/IEC 29794-5 and its open implementation OFIQ; those that would depend on how dark
somebody's skin is (the mean of the luminance, shares of dark pixels) are left out. The others are ratios within the
face, but for contrast and the clipped share, which follow what the photo can still tell. What the limits were chosen
on, and what they refuse, stands in docs/reference/accuracy.md.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from countenance.faces._aligned import Grey, aligned, oval, part, softened
from countenance.faces._pose import Pose
from countenance.faces._trouble import Trouble
from countenance.faces._values import Face


@dataclass(frozen=True, slots=True)
class Ramp:
    """How a measure counts: `good` and better has weight 1, `limit` 0.4, and beyond the limit the photo is refused."""

    good: float
    limit: float

    def weight(self, value: float) -> float:
        """Give what a value counts, from 0.1 to 1, in a straight line through `good` and `limit`."""
        short = (self.good - value) / (self.good - self.limit)
        return float(np.clip(1 - (1 - LIMIT_WEIGHT) * short, LEAST_WEIGHT, 1))

    def refuses(self, value: float) -> bool:
        """Tell whether a value is beyond the limit."""
        return value < self.limit if self.good > self.limit else value > self.limit


# The score of a reference at its limits with its own person is such that it deserves this weight beside a good one.
LIMIT_WEIGHT, LEAST_WEIGHT = 0.4, 0.1
# Longer side of the face's box. The embedder looks at 112 pixels. Smaller portraits found their own people too, but the
# thresholds were not measured with such references, and from the crop later models must make their templates.
ENROL_MIN_PX = 80
SIZE_PX = Ramp(112, ENROL_MIN_PX)
CONFIDENCE = Ramp(0.85, 0.6)
INSIDE = Ramp(1.0, 0.84)
SHARPNESS = Ramp(1.35, 1.2)
CONTRAST = Ramp(60, 22)
CLIPPED = Ramp(0.0, 0.5)
SIDE_STOPS = Ramp(1.0, 3.0)
YAW, PITCH, ROLL = Ramp(10, 25), Ramp(20, 32), Ramp(15, 30)
# A lens without structure, and one that mirrors a window and is dark for the rest.
EYES, EYES_LIT = Ramp(0.14, 0.08), Ramp(0.25, 0.1)
# Smooth cheeks look like a mask by structure alone, but a detector that sees the mouth is surer than this.
MOUTH, MOUTH_SEEN = Ramp(0.14, 0.1), 0.87
# The posture of a face that is cut off cannot be told: what is left of it is squeezed into a whole one's places.
WHOLE = 0.97
# Above this luminance a pixel of the sensor is full, and tells nothing any more (OFIQ: 247).
FULL = 250
# Only chooses the word for a face without contrast: most of it lies in the upper half, or in the lower.
HALF = 128
# Standard deviations, in pixels of the aligned face, of the two blurs whose edges are compared: the first takes most of
# the noise away, the second what a sharp face has and a blurred one does not.
SOFT_PX, SOFTER_PX = 1.0, 2.0
# From the median of absolute values to the standard deviation of normal noise, and the norm of the mask (Immerkaer).
MAD, MASK_NORM = 0.6745, 6.0
# Noise of standard deviation 1 spans so much from its 2nd to its 98th percentile; spans add up as their squares do.
SPAN = 4.1
LINEAR = 2.2
HALVES = (-1, 1)


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of one face in one photo.

    - `px`: the longer side of its box; `confidence`: the detector's, 0 to 1;
    - `inside`: the share of the whole face, where it must be by its landmarks, that the photo's edges leave;
    - `sharpness`: how many times weaker the edges become by a slight blur, 1 (nothing to lose) to about 1.5;
    - `contrast`: grey levels between the dark and the light parts of the face, noise taken off;
    - `level`: the median grey level, which refuses nobody and only tells a dark photo from a pale one;
    - `clipped`: the share of the face that is so bright that the sensor was full;
    - `side`: how much more light falls on one half than on the other, in halvings, positive if the left is lighter;
    - `yaw`, `pitch`, `roll`: degrees (see `Pose`);
    - `eyes`, `mouth`: the structure that is seen there, as a share of the face's contrast;
    - `eyes_lit`: how much light comes from there, as a share of what comes from the cheek below. Of the eyes the better
      one counts, so that whoever has only one is not refused.
    """

    px: int
    confidence: float
    inside: float
    sharpness: float
    contrast: float
    level: float
    clipped: float
    side: float
    yaw: float
    pitch: float
    roll: float
    eyes: float
    eyes_lit: float
    mouth: float

    @property
    def weight(self) -> float:
        """What this photo counts among several of one person, above 0 to 1: the product over all measures."""
        ramps = (
            SIZE_PX.weight(self.px),
            CONFIDENCE.weight(self.confidence),
            INSIDE.weight(self.inside),
            SHARPNESS.weight(self.sharpness),
            CONTRAST.weight(self.contrast),
            CLIPPED.weight(self.clipped),
            SIDE_STOPS.weight(abs(self.side)),
            YAW.weight(abs(self.yaw)),
            PITCH.weight(abs(self.pitch)),
            ROLL.weight(abs(self.roll)),
        )
        return float(np.prod(ramps))

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Why this photo should not be enrolled, the most telling first; empty if it is good enough."""
        flat, whole = CONTRAST.refuses(self.contrast), self.inside >= WHOLE
        washed_out = (flat and self.level >= HALF) or CLIPPED.refuses(self.clipped)
        blurred = SHARPNESS.refuses(self.sharpness)
        # Where there is little structure anywhere, none at the eyes says nothing.
        legible = not blurred and not washed_out
        eyes = (legible and EYES.refuses(self.eyes)) or EYES_LIT.refuses(self.eyes_lit)
        mouth = legible and MOUTH.refuses(self.mouth) and self.confidence < MOUTH_SEEN
        found = {
            Trouble.TOO_SMALL: SIZE_PX.refuses(self.px),
            Trouble.CUT_OFF: INSIDE.refuses(self.inside),
            Trouble.TOO_DARK: flat and self.level < HALF,
            Trouble.WASHED_OUT: washed_out,
            Trouble.BLURRED: blurred,
            Trouble.EYES_COVERED: eyes,
            Trouble.MOUTH_COVERED: mouth,
            Trouble.TURNED: whole and YAW.refuses(abs(self.yaw)),
            Trouble.TURNED_UP_OR_DOWN: whole and PITCH.refuses(abs(self.pitch)),
            Trouble.TILTED: ROLL.refuses(abs(self.roll)),
            Trouble.LIT_FROM_ONE_SIDE: SIDE_STOPS.refuses(abs(self.side)),
            Trouble.UNCLEAR: CONFIDENCE.refuses(self.confidence),
        }
        return tuple(trouble for trouble in Trouble if found.get(trouble, False))


def quality_of(pixels: npt.NDArray[np.uint8], face: Face) -> Quality:
    """Measure a face in an upright photo, RGB of shape (height, width, 3)."""
    pose = Pose.of(face)
    grey = aligned(pixels, pose.marks)
    inner = grey[_INNER]
    noise = _noise(grey)
    span = float(np.subtract(*np.percentile(inner, [98, 2])))
    return Quality(
        px=face.box.side,
        confidence=face.confidence,
        inside=pose.share_inside(pixels.shape[1], pixels.shape[0]),
        sharpness=_sharpness(grey, noise),
        contrast=float(np.sqrt(max(span**2 - (SPAN * noise) ** 2, 0.0))),
        level=float(np.median(inner)),
        clipped=float((inner >= FULL).mean()),
        side=_side(grey),
        yaw=pose.yaw,
        pitch=pose.pitch,
        roll=pose.roll,
        eyes=max(float(_eye(grey, half).std()) for half in HALVES) / max(span, 1.0),
        eyes_lit=max(_light(_eye(grey, half)) / _light(part(grey, half * 0.17, 0.17, 0.08, 0.06)) for half in HALVES),
        mouth=float(part(grey, 0.0, 0.33, 0.15, 0.09).std()) / max(span, 1.0),
    )


_INNER = oval(0.36, 0.36, 0.56)
# Without the outline of the face, whose edge against the background is none of the face's own.
_INMOST = oval(0.33, 0.32, 0.50)


def _noise(grey: Grey) -> float:
    """Estimate the standard deviation of the sensor's noise (J. Immerkaer, Fast Noise Variance Estimation, 1996)."""
    middle = 4 * grey[1:-1, 1:-1] - 2 * (grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:])
    laplacian = middle + grey[:-2, :-2] + grey[:-2, 2:] + grey[2:, :-2] + grey[2:, 2:]
    return float(np.median(np.abs(laplacian[_INNER[1:-1, 1:-1]]))) / MAD / MASK_NORM


def _sharpness(grey: Grey, noise: float) -> float:
    """Give how much the edges lose by a slight blur, in the direction where they lose less (camera shake has one).

    After F. Crete et al., The Blur Effect, 2007: an image that is blurred already changes little by more blur. It is a
    ratio, so neither the light nor the skin has a say. Noise has edges too: their share is taken off, which is the
    variance of the difference of neighbours in white noise after the first blur.
    """
    soft, softer = softened(grey, SOFT_PX), softened(grey, SOFTER_PX)
    noisy = 2 * noise**2 * (1 - np.exp(-1 / (4 * SOFT_PX**2))) / (4 * np.pi * SOFT_PX**2)
    ratios: list[float] = []
    for axis, inmost in ((0, _INMOST[1:]), (1, _INMOST[:, 1:])):
        before, after = (float(np.square(np.diff(one, axis=axis)[inmost]).mean()) for one in (soft, softer))
        ratios.append(max(before - noisy, 0.0) / max(after, 1e-6))
    return float(np.sqrt(min(ratios)))


def _eye(grey: Grey, half: int) -> Grey:
    return part(grey, half * 0.18, 0.0, 0.085, 0.05)


def _side(grey: Grey) -> float:
    """Give how many halvings darker the right half is, from cheek and forehead of each (OFIQ: uniformity)."""
    left, right = (
        _light(np.append(part(grey, half * 0.17, 0.17, 0.08, 0.08), part(grey, half * 0.10, -0.2, 0.07, 0.05)))
        for half in HALVES
    )
    return float(np.log2(left / right))


def _light(grey: Grey) -> float:
    """Give the light that most of some pixels have; two grey levels are added, for nothing is darker than the noise."""
    light: float = (float(np.median(grey)) + 2) ** LINEAR
    return light
