"""A Vision without weights: it sees drawn patches instead of faces, for tests of everything that uses a Vision."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from countenance.errors import LibraryUnsuited
from countenance.faces import Box, Calibration, Face, MissRate, Quality, Rung, Score, Seeing, Template, Threshold
from countenance.ports import Look, Pixels
from countenance.vision._never import never

MODEL = "stub-embedder/1"
# Enough that random directions seldom come near each other, few enough that a byte scan for them is quick.
DIMENSIONS = 64
IDENTITIES = 4096
# Two identities are seldom above 0.6; the same one gives 1, drawn unclear 0.85.
SEARCH_SCORE, SHOW_SCORE, UNCLEAR_SCORE = 0.8, 0.9, 0.85
# The sizes of the gallery that the thresholds step at.
STEPS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
# Patches smaller than these (longer side in pixels) are overlooked, as small faces are.
INDEXING_PX, THOROUGH_PX, NAMEABLE_PX = 32, 24, 40
# A patch is a magenta frame an eighth of its side wide around four by four black or white cells.
FRAME, CELLS = 8, 4
MAGENTA, BLACK, WHITE = (255, 0, 255), (0, 0, 0), (255, 255, 255)
SCENE = (126, 130, 122)


class StubVision:
    """See drawn patches as faces, each with the identity (0 to 4095) drawn in it; robust to JPEG at quality 60.

    Draw a photo, keep it in any format, and give its upright pixels back:

        pixels = StubVision.draw((640, 480), [(Box(40, 60, 96, 96), 7), (Box(300, 80, 64, 64), 8)])
        vision = StubVision()
        faces = vision.detect(pixels)                                  # two faces, boxes to within 2 pixels
        vision.embed(pixels, [faces[0].box])[0]                        # equals StubVision.template(7)

    Patches need 40 pixels to be named, 32 to be seen when indexing, 24 when publishing; the
    thorough look sees those that lie on their side, too. Identities in `unclear`
    are drawn so that their templates reach the search threshold but not the stricter one for showing. Templates of
    another `model` point elsewhere, as those of a real one do. The thresholds hold for up to a million people, unless
    another `calibration` is given (`StubVision.ladder` makes one).
    """

    def __init__(self, *, recognises: bool = True, model: str = MODEL, calibration: Calibration | None = None) -> None:
        self._model = model if recognises else ""
        self._calibration = (calibration or self.ladder(model=model)) if recognises else never()

    @property
    def detector(self) -> str:
        """The name and version of the detector."""
        return "stub-detector/1"

    @property
    def model(self) -> str:
        """The name and version of the embedder; empty if it recognises nobody."""
        return self._model

    @property
    def nameable_px(self) -> int:
        """The longer side in pixels from which a patch may be named."""
        return NAMEABLE_PX

    @property
    def calibration(self) -> Calibration:
        """The thresholds for drawn patches."""
        return self._calibration

    def detect(self, pixels: Pixels, look: Look = Look.INDEXING) -> tuple[Face, ...]:
        """Give the patches of a photo, the largest first; the thorough look sees those that were turned, too."""
        least = INDEXING_PX if look is Look.INDEXING else THOROUGH_PX
        boxes = [box for box in _framed(pixels) if box.side >= least and _seen(pixels, box, look)]
        return tuple(Face(box, 1.0, _landmarks(box)) for box in sorted(boxes, key=lambda box: (-box.area, box)))

    def misses(self, look: Look) -> tuple[MissRate, ...]:
        """Give counts as if patches had been measured; none for indexing."""
        if look is Look.INDEXING:
            return ()
        return (MissRate(Seeing.UPRIGHT, 24, 31, 12, 400), MissRate(Seeing.UPRIGHT, 32, None, 0, 400))

    def embed(self, pixels: Pixels, boxes: Sequence[Box]) -> tuple[Template, ...]:
        """Give the template of each box; a box without a patch gives one of its own, made from its pixels.

        Raises:
            LibraryUnsuited: made without recognition.
        """
        if not self._model:
            raise LibraryUnsuited(
                "this library recognises nobody", remedy="tag people by hand, or make a library with recognition"
            )
        templates: list[Template] = []
        for box in boxes:
            code = _code(pixels, box)
            if code is None:
                templates.append(Template(_direction("pixels", _crop(pixels, box).tobytes()), self._model))
            else:
                templates.append(self.template(code >> 1, unclear=bool(code & 1), model=self._model))
        return tuple(templates)

    def reference(self, pixels: Pixels, box: Box) -> Template:
        """Give the template of a box that is to be kept: the same as a probe's.

        Raises:
            LibraryUnsuited: made without recognition.
        """
        return self.embed(pixels, [box])[0]

    def quality(self, pixels: Pixels, face: Face) -> Quality:  # noqa: ARG002 -- a patch is as good as it is large
        """Give the quality of a patch: it has neither eyes nor a light side, so only its size can be wrong."""
        return Quality(
            px=face.box.side,
            confidence=face.confidence,
            inside=1.0,
            sharpness=1.4,
            contrast=120.0,
            level=128.0,
            clipped=0.0,
            side=0.0,
            yaw=0.0,
            pitch=0.0,
            roll=0.0,
            eyes=0.3,
            eyes_lit=0.5,
            mouth=0.2,
        )

    @staticmethod
    def template(identity: int, *, unclear: bool = False, model: str = MODEL) -> Template:
        """Give the template that embedding a patch of this identity gives."""
        seed = identity.to_bytes(2, "big") + (b"" if model == MODEL else model.encode())
        clear = _direction("identity", seed)
        if not unclear:
            return Template(clear, model)
        aside = _direction("aside", seed)
        aside = aside - clear * float(clear @ aside)
        mixed = UNCLEAR_SCORE * clear + np.sqrt(1 - UNCLEAR_SCORE**2) * aside / np.linalg.norm(aside)
        return Template((mixed / np.linalg.norm(mixed)).astype(np.float32), model)

    @staticmethod
    def draw(size: tuple[int, int], patches: Sequence[tuple[Box, int]], *, unclear: Sequence[int] = ()) -> Pixels:
        """Give the pixels of a grey photo of `size` (width, height) with a patch of each identity in its box.

        Boxes must be square to within a few pixels, lie apart by 4 pixels or more, and lie inside the photo.

        Raises:
            ValueError: an identity is not 0 to 4095, or a box reaches over the edge.
        """
        width, height = size
        pixels = np.empty((height, width, 3), np.uint8)
        pixels[:] = SCENE
        for box, identity in patches:
            if not 0 <= identity < IDENTITIES:
                raise ValueError(f"identities are 0 to {IDENTITIES - 1}, not {identity}")
            if box.within(width, height) != box:
                raise ValueError(f"{box} reaches over the edge of a photo of {width} x {height}")
            pixels[box.y : box.y + box.h, box.x : box.x + box.w] = MAGENTA
            code = _checked(identity << 1 | (identity in unclear))
            for place, (rows, columns) in enumerate(_cells(box, margin=0)):
                pixels[rows, columns] = WHITE if code >> place & 1 else BLACK
        return pixels

    @staticmethod
    def ladder(*steps: tuple[int, float, float], model: str = MODEL, data_set: str = "drawn patches") -> Calibration:
        """Give a calibration of these steps: the people, the score for searching and the one for showing."""
        scores = steps or tuple((people, SEARCH_SCORE, SHOW_SCORE) for people in STEPS)

        def threshold(score: float, people: int) -> Threshold:
            return Threshold(Score(score), model, 0.0, 0.0, people, IDENTITIES, data_set)

        return Calibration(
            model,
            data_set,
            tuple(
                Rung(people, NAMEABLE_PX, threshold(search, people), threshold(show, people))
                for people, search, show in scores
            ),
        )


def _direction(kind: str, seed: bytes) -> npt.NDArray[np.float32]:
    """Make a unit vector that depends on its seed alone, the same on every machine."""
    drawn = np.frombuffer(hashlib.shake_256(kind.encode() + seed).digest(4 * DIMENSIONS), "<u4")
    centred = drawn.astype(np.float64) / 2**31 - 1
    return (centred / np.linalg.norm(centred)).astype(np.float32)


def _checked(code: int) -> int:
    """Append three check bits to the 13 bits of identity and clearness; never all black or all white."""
    return code | (code * 5 + 3 + (code >> 3) + (code >> 7)) % 7 + 1 << 13 if code else 1 << 13


def _cells(box: Box, *, margin: int) -> Iterator[tuple[slice, slice]]:
    """Give the cells of a patch as slices, row by row, each shrunk by `margin` pixels."""
    frame = round(box.side / FRAME)
    lefts = np.linspace(box.x + frame, box.x + box.w - frame, CELLS + 1).round().astype(int)
    tops = np.linspace(box.y + frame, box.y + box.h - frame, CELLS + 1).round().astype(int)
    for top, bottom in pairwise(tops.tolist()):
        for left, right in pairwise(lefts.tolist()):
            yield slice(top + margin, bottom - margin), slice(left + margin, right - margin)


def _code(pixels: Pixels, box: Box) -> int | None:
    """Read the 13 bits drawn in a box; None if there is no patch."""
    height, width = pixels.shape[:2]
    if box.within(width, height) != box or box.side < THOROUGH_PX - 2 or abs(box.w - box.h) > box.side / FRAME:
        return None
    code = 0
    for place, (rows, columns) in enumerate(_cells(box, margin=1)):
        cell = pixels[rows, columns]
        if cell.size == 0:
            return None
        code |= int(np.median(cell) > 127) << place  # noqa: PLR2004 -- half of white
    drawn = code & (1 << 13) - 1
    return drawn if code == _checked(drawn) else None


def _seen(pixels: Pixels, box: Box, look: Look) -> bool:
    """Tell whether there is a patch in a box: upright, or for the thorough look also turned by quarter turns."""
    if look is not Look.THOROUGH:
        return _code(pixels, box) is not None
    crop = _crop(pixels, box)
    turned = (np.rot90(crop, quarters) for quarters in range(4))
    return any(_code(one, Box(0, 0, one.shape[1], one.shape[0])) is not None for one in turned)


def _crop(pixels: Pixels, box: Box) -> Pixels:
    return np.ascontiguousarray(pixels[max(box.y, 0) : max(box.y + box.h, 0), max(box.x, 0) : max(box.x + box.w, 0)])


def _landmarks(box: Box) -> tuple[tuple[float, float], ...]:
    """Give two eyes, a nose and two corners of the mouth where a face in this box would have them."""
    places = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    return tuple((box.x + across * box.w, box.y + down * box.h) for across, down in places)


def _framed(pixels: Pixels) -> list[Box]:
    """Find the rectangles around connected magenta pixels, from the runs of each row."""
    red, green, blue = (pixels[..., channel].astype(np.int16) for channel in range(3))
    magenta = (np.minimum(red, blue) - green > 110) & (np.abs(red - blue) < 90)  # noqa: PLR2004 -- JPEG moves colours
    found: list[list[int]] = []  # left, top, right, bottom
    open_runs: list[tuple[int, int, int]] = []  # left, right, place in found
    parents: list[int] = []

    def root(place: int) -> int:
        while parents[place] != place:
            place = parents[place]
        return place

    for row in np.flatnonzero(magenta.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], magenta[row].view(np.int8), [0]))))
        runs: list[tuple[int, int, int]] = []
        for left, right in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            touching = {
                root(place)
                for start, stop, place in open_runs
                if start <= right and left <= stop and found[root(place)][3] >= int(row) - 1
            }
            if touching:
                home, *others = sorted(touching)
            else:
                home, others = len(found), []
                found.append([left, int(row), right, int(row) + 1])
                parents.append(home)
            for other in others:
                parents[other] = home
                one, two = found[home], found[other]
                found[home] = [*map(min, one[:2], two[:2]), *map(max, one[2:], two[2:])]
            box = found[home]
            found[home] = [min(box[0], left), box[1], max(box[2], right), int(row) + 1]
            runs.append((left, right, home))
        open_runs = runs
    return [
        Box(left, top, right - left, bottom - top)
        for place, (left, top, right, bottom) in enumerate(found)
        if parents[place] == place
    ]
