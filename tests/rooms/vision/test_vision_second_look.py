"""The second look: what is in doubt is looked at again, closer and turned, and is a face only if it is seen then."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from countenance.faces import Box
from countenance.ports import Look, Pixels
from countenance.vision import OnnxVision
from countenance.vision._detector import WorkingPoint, detect
from countenance.vision._onnx import POINTS
from countenance.vision._passes import Tiling
from countenance.vision._second_look import SecondLook
from countenance.vision._session import Floats

PHOTOS = Path(__file__).resolve().parents[3] / "src/countenance/demo/photos"
TILING = Tiling(side_px=256, shared_px=64)
LOOK = SecondLook(doubt=0.1, threshold=0.6, sides_px=(48,), degrees=(0, 90))


class Doubts:
    """A network that reports a bright spot with heat 0.3 in the photo, and otherwise when it is enlarged.

    Then it sees only a spot that is `wide`, if that is asked, and takes it for `times` as large as it is.
    """

    def __init__(self, enlarged: float, *, wide: bool = False, times: float = 1.0) -> None:
        self.enlarged = enlarged
        self.wide = wide
        self.times = times
        self.looks = 0

    def run(self, outputs: list[str], inputs: dict[str, Floats]) -> list[Floats]:
        """Give one box around what is bright; tiles of 128 pixels are windows, all others photos."""
        del outputs
        planes = inputs["pixels"]
        rows, columns = planes.shape[2] // 4, planes.shape[3] // 4
        heat, sizes = np.zeros((1, 1, rows, columns), np.float32), np.zeros((1, 2, rows, columns), np.float32)
        offsets, marks = np.zeros_like(sizes), np.full((1, 10, rows, columns), 0.5, np.float32)
        down, across = np.nonzero(planes[0, 0] > 127)
        window = planes.shape[2] == 128
        self.looks += window
        if len(down):
            row, column = round(down.mean()) // 4, round(across.mean()) // 4
            high, long = np.ptp(down) + 1, np.ptp(across) + 1
            seen = self.enlarged if long > high or not self.wide else 0.0
            heat[0, 0, row, column] = seen if window else 0.3
            sizes[0, :, row, column] = np.log(np.array([high, long]) / 4 * (self.times if window else 1))
        return [heat, sizes, offsets, marks]


def spot(box: Box) -> Pixels:
    """Draw one bright rectangle."""
    pixels = np.zeros((200, 240, 3), np.uint8)
    pixels[box.y : box.y + box.h, box.x : box.x + box.w] = 255
    return pixels


def point(threshold: float, second: SecondLook | None) -> WorkingPoint:
    """Look at the photo once, as it is."""
    return WorkingPoint(
        long_side_px=240, share=0.0, enlarged=1.0, threshold=threshold, coarse_sides_px=(), second=second
    )


@pytest.mark.parametrize(("enlarged", "faces", "looks"), [(0.9, 1, 1), (0.5, 0, 2)])
def test_a_candidate_in_doubt_is_a_face_if_it_is_seen_again(enlarged: float, faces: int, looks: int) -> None:
    """R15: what is seen closer is a face, at its place; what is not is none, after each turn was tried."""
    network = Doubts(enlarged)
    box = Box(80, 60, 24, 30)
    found = detect(network, spot(box), point(0.5, LOOK), TILING)
    assert (len(found), network.looks) == (faces, looks)
    for face in found:
        assert face.confidence == pytest.approx(enlarged)
        assert face.box.overlap(box) > 0.6


def test_who_is_seen_only_when_turned_is_found_and_put_back() -> None:
    """R15: a candidate that is seen as a face only when it is turned is one, its box as it lies in the photo."""
    network = Doubts(0.9, wide=True)
    box = Box(80, 60, 24, 36)
    (face,) = detect(network, spot(box), point(0.5, LOOK), TILING)
    assert network.looks == 2
    assert face.box.overlap(box) > 0.6


@pytest.mark.parametrize("times", [0.3, 2.5])
def test_what_is_of_another_size_is_not_the_candidate(times: float) -> None:
    """A face that is much smaller or larger than the candidate does not make it one."""
    assert detect(Doubts(0.9, times=times), spot(Box(80, 60, 24, 30)), point(0.5, LOOK), TILING) == ()


def test_the_looks_that_publish_turn_what_is_in_doubt_each_way() -> None:
    """R15: nobody is missed for lying on a side or standing on the head who would be seen upright."""
    for look in (Look.PUBLISHING, Look.THOROUGH):
        second = POINTS[look].second
        assert second is not None
        assert {degrees % 360 for degrees in second.degrees} >= {0, 90, 180, 270}


def test_who_is_sure_is_not_looked_at_again() -> None:
    """A face that is hot enough is one at the first look, so that a second one can lose nobody."""
    network = Doubts(0.0)
    (face,) = detect(network, spot(Box(80, 60, 24, 30)), point(0.2, LOOK), TILING)
    assert network.looks == 0
    assert face.confidence == pytest.approx(0.3)


def test_heat_below_doubt_is_nothing() -> None:
    """What is colder than the doubt begins is not looked at again."""
    network = Doubts(0.9)
    colder = SecondLook(doubt=0.4, threshold=0.6, sides_px=(48,), degrees=(0,))
    assert detect(network, spot(Box(80, 60, 24, 30)), point(0.5, colder), TILING) == ()
    assert network.looks == 0


@pytest.fixture(scope="module")
def vision() -> OnnxVision:
    """Load the real detector alone."""
    return OnnxVision.load(recognises=False)


def crowd(degrees: float, face_px: int) -> tuple[Pixels, list[tuple[float, float]]]:
    """Set three portraits into a photo, small and turned; give their middles, too."""
    photo = np.full((260, 560, 3), (90, 100, 110), np.uint8)
    middles: list[tuple[float, float]] = []
    for place, name in enumerate(("f_white", "m_wasian", "f_african")):
        with Image.open(PHOTOS / f"strangers/{name}.jpg") as image:
            side = round(image.width * face_px / 440)
            small = image.convert("RGB").resize((2 * side, 2 * side), Image.Resampling.LANCZOS)
        turned = small.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(90, 100, 110)).resize((side, side))
        left, top = 40 + 180 * place, 50 + 40 * place
        photo[top : top + side, left : left + side] = np.asarray(turned)
        middles.append((left + side / 2, top + side / 2))
    return photo, middles


def all_found(vision: OnnxVision, photo: Pixels, middles: list[tuple[float, float]], look: Look) -> bool:
    """Tell whether there is a box around each middle, and none away from all heads."""
    boxes = [face.box for face in vision.detect(photo, look)]
    return all(any(_around(box, middle) for box in boxes) for middle in middles) and all(
        any(_around(box.grown(1.0), middle) for middle in middles) for box in boxes
    )


def _around(box: Box, place: tuple[float, float]) -> bool:
    x, y = place
    return box.x < x < box.x + box.w and box.y < y < box.y + box.h


@pytest.mark.parametrize("degrees", [30, -30, 60])
def test_faces_that_are_turned_are_found_for_publication(vision: OnnxVision, degrees: float) -> None:
    """R15: the look of publication finds small faces that lean or nearly lie, and nothing away from heads."""
    photo, middles = crowd(degrees, 40)
    assert all_found(vision, photo, middles, Look.PUBLISHING)


@pytest.mark.parametrize("degrees", [135, 180, 270])
def test_faces_however_they_lie_are_found_by_the_thorough_look(vision: OnnxVision, degrees: float) -> None:
    """R15: the thorough look finds small faces however they lie, and nothing away from heads."""
    photo, middles = crowd(degrees, 32)
    assert all_found(vision, photo, middles, Look.THOROUGH)
