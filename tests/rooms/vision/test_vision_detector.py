"""Tiles, passes and merging, with a network that sees white squares; and the real one on the photos that ship."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from countenance.faces import Box
from countenance.ports import Look, Pixels
from countenance.vision import OnnxVision
from countenance.vision._detector import WorkingPoint, _distinct, _scales, detect
from countenance.vision._passes import Tiling, _spans
from countenance.vision._session import Floats

PHOTOS = Path(__file__).resolve().parents[3] / "src/countenance/demo/photos"
POINT = WorkingPoint(long_side_px=640, share=0.0, enlarged=1.0, threshold=0.5, coarse_sides_px=(160,))
TILING = Tiling(side_px=256, shared_px=128)
# Photos of this longer side and more are not looked at thoroughly here: that takes seconds.
CHEAP_PX = 900


class SeesWhite:
    """A network with CenterFace's outputs that reports each white rectangle of 12 to 130 pixels in a tile."""

    def __init__(self) -> None:
        self.tiles: list[tuple[int, ...]] = []

    def run(self, outputs: list[str], inputs: dict[str, Floats]) -> list[Floats]:
        """Give heat in the middle of each rectangle, and its size."""
        assert outputs == ["heat", "sizes", "offsets", "landmarks"]
        planes = inputs["pixels"]
        self.tiles.append(planes.shape)
        rows, columns = planes.shape[2] // 4, planes.shape[3] // 4
        heat, sizes = np.zeros((1, 1, rows, columns), np.float32), np.zeros((1, 2, rows, columns), np.float32)
        offsets, marks = np.zeros_like(sizes), np.full((1, 10, rows, columns), 0.5, np.float32)
        white = planes[0].min(axis=0) > 127
        while white.any():
            top, left = (int(edge) for edge in np.argwhere(white)[0])
            wide = int(np.argmin(np.append(white[top, left:], False)))
            high = int(np.argmin(np.append(white[top:, left], False)))
            white[top : top + high, left : left + wide] = False
            across, down = (left + wide / 2) / 4, (top + high / 2) / 4
            row, column = min(int(down), rows - 1), min(int(across), columns - 1)
            if min(wide, high) > 2:
                heat[0, 0, row, column] = 0.9
                sizes[0, :, row, column] = np.log([high / 4, wide / 4])
                offsets[0, :, row, column] = down - row - 0.5, across - column - 0.5
        return [heat, sizes, offsets, marks]


def white_on_black(size: tuple[int, int], boxes: Sequence[Box]) -> Pixels:
    """Draw white rectangles."""
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    for box in boxes:
        pixels[box.y : box.y + box.h, box.x : box.x + box.w] = 255
    return pixels


@given(st.integers(1, 5000))
def test_tiles_cover_everything_and_share_their_ends(length: int) -> None:
    """Tiles begin at the beginning, end at the end, are no longer than allowed, and overlap by what a face needs."""
    tiling = Tiling(side_px=1152, shared_px=128)
    spans = _spans(length, tiling)
    assert spans[0][0] == 0
    assert spans[-1][1] == length
    assert all(0 < end - start <= tiling.side_px for start, end in spans)
    assert all(end - start >= tiling.shared_px - 1 for (_, end), (start, _) in pairwise(spans))


@given(st.integers(0, 560), st.integers(0, 400), st.integers(24, 75))
def test_a_face_on_the_seam_of_tiles_is_found_once(x: int, y: int, side: int) -> None:
    """Wherever a face lies over the seams between tiles, it is found whole and once."""
    drawn = Box(x, y, side, side)
    (face,) = detect(SeesWhite(), white_on_black((640, 480), [drawn]), POINT, TILING)
    assert face.box.overlap(drawn) > 0.8


def test_a_face_larger_than_a_tile_is_found_whole() -> None:
    """A face that fills the photo comes from the coarse pass, once and whole."""
    drawn = Box(40, 20, 440, 440)
    (face,) = detect(SeesWhite(), white_on_black((640, 480), [drawn]), POINT, TILING)
    assert face.box.overlap(drawn) > 0.9


def test_tiles_bound_what_a_run_takes() -> None:
    """However large the photo, the network gets tiles of bounded size, their sides multiples of 32."""
    network = SeesWhite()
    point = WorkingPoint(long_side_px=2000, share=0.67, enlarged=2.0, threshold=0.5, coarse_sides_px=(200,))
    detect(network, white_on_black((3100, 400), []), point, TILING)
    assert len(network.tiles) > 8
    assert all(side % 32 == 0 and side <= TILING.side_px for shape in network.tiles for side in shape[2:])


def test_faces_come_most_certain_first_and_then_by_place() -> None:
    """Faces of the same confidence are ordered from left to right and from top to bottom."""
    boxes = [Box(300, 200, 40, 40), Box(40, 300, 40, 40), Box(40, 60, 40, 40)]
    faces = detect(SeesWhite(), white_on_black((640, 480), boxes), POINT, TILING)
    assert [face.box for face in faces] == sorted(boxes)


def test_a_part_of_a_face_is_not_a_second_face() -> None:
    """Of boxes that overlap, the better one stays; a small one inside a better large one goes, a large one never."""
    large, shifted, inside, apart = [0, 0, 100, 100], [20, 0, 120, 100], [40, 40, 60, 60], [200, 0, 260, 60]
    assert _distinct(np.array([large, shifted, inside, apart], float)) == [0, 3]
    assert _distinct(np.array([inside, large], float)) == [0, 1]


@given(st.integers(1, 12000))
def test_scales_are_within_what_the_point_allows(side: int) -> None:
    """A small photo is enlarged no more than allowed, a large one is looked at as finely as its size asks."""
    point = WorkingPoint(long_side_px=2688, share=0.67, enlarged=2.0, threshold=0.2, coarse_sides_px=(1344, 480))
    scales = _scales(side, point)
    assert scales == sorted(scales, reverse=True)
    assert scales[0] <= 2.0
    assert scales[0] * side >= min(0.67 * side, 2.0 * side) - 1e-6
    assert all(scale * side in (pytest.approx(1344), pytest.approx(480)) for scale in scales[1:])


@pytest.fixture(scope="module")
def vision() -> OnnxVision:
    """Load the real detector alone."""
    return OnnxVision.load(recognises=False)


@pytest.mark.parametrize("name", ["lisa/15cm.jpg", "lisa/lisa3.jpg", "strangers/f_african.jpg"])
def test_a_close_up_is_found_and_nothing_else(vision: OnnxVision, name: str) -> None:
    """A face that fills the photo, turned or not, in colour or grey, is found whole, alone."""
    folder, file = name.split("/")
    x, y, w, h = json.loads((PHOTOS / folder / "boxes.json").read_text(encoding="utf-8"))[file]["box"]
    with Image.open(PHOTOS / name) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    closer = list(Look) if max(upright.size) < CHEAP_PX else [Look.INDEXING, Look.PUBLISHING]
    for photo, looks in ((upright, closer), (upright.convert("L").convert("RGB"), [Look.INDEXING])):
        for look in looks:
            (face,) = vision.detect(np.asarray(photo), look)
            assert face.box.overlap(Box(round(x), round(y), round(w), round(h))) > 0.7


def test_a_thumbnail_of_a_face_is_found(vision: OnnxVision) -> None:
    """A photo of 100 pixels with one face is read at each look; a face of 26 pixels at those that publish."""
    with Image.open(PHOTOS / "strangers/m_white.jpg") as image:
        portrait = image.convert("RGB")
    tiny = np.asarray(portrait.resize((100, 100), Image.Resampling.LANCZOS))
    assert [len(vision.detect(tiny, look)) for look in Look] == [1, 1, 1]
    crowd = np.full((1500, 2000, 3), 110, np.uint8)
    crowd[700:760, 900:960] = np.asarray(portrait.resize((60, 60), Image.Resampling.LANCZOS))  # a face 26 pixels high
    assert len(vision.detect(crowd, Look.PUBLISHING)) == 1
