"""Windows that are turned and scaled: what is found in one goes back to where it lies in the photo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from countenance.vision._passes import Found
from countenance.vision._turning import Window

ANGLES = st.floats(-720, 720, allow_nan=False)
PLACES = st.floats(-500, 5000, allow_nan=False)
WINDOWS = st.builds(Window, PLACES, PLACES, st.integers(32, 300), st.floats(0.05, 20), ANGLES)


def one(box: tuple[float, float, float, float]) -> Found:
    """Give one face with its landmarks on the rim of the oval in its box, and one in the middle."""
    left, top, right, bottom = box
    across, down = (left + right) / 2, (top + bottom) / 2
    marks = [[left, down], [right, down], [across, top], [across, bottom], [across, down]]
    return Found(np.array([box], float), np.array([0.5]), np.array([marks]))


@given(WINDOWS, st.floats(4, 100), st.floats(4, 100), st.floats(-60, 60), st.floats(-60, 60))
def test_a_box_comes_back_around_its_face_at_any_angle(
    window: Window, width: float, height: float, across: float, down: float
) -> None:
    """R15: whatever the turn, the box in the photo holds the whole oval of the face and touches it on every side."""
    middle = window.side_px / 2 + np.array([across, down])
    found = one((middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2))
    back = window.put_back(found)
    left, top, right, bottom = back.boxes[0]
    angle = np.radians(window.degrees)
    turns = np.linspace(0, 2 * np.pi, 721)
    oval = np.stack([across + width / 2 * np.cos(turns), down + height / 2 * np.sin(turns)], axis=1) * window.scale
    x = window.x + oval[:, 0] * np.cos(angle) + oval[:, 1] * np.sin(angle)
    y = window.y - oval[:, 0] * np.sin(angle) + oval[:, 1] * np.cos(angle)
    near = 1e-4 * max(width, height) * window.scale + 1e-6
    assert left == pytest.approx(x.min(), abs=near)
    assert right == pytest.approx(x.max(), abs=near)
    assert top == pytest.approx(y.min(), abs=near)
    assert bottom == pytest.approx(y.max(), abs=near)
    assert np.all(back.landmarks[0] >= np.array([left, top]) - near)
    assert np.all(back.landmarks[0] <= np.array([right, bottom]) + near)


@given(WINDOWS)
def test_a_full_turn_changes_nothing(window: Window) -> None:
    """A window turned once more all the way round gives the same places."""
    found = one((10, 12, 30, 40))
    again = Window(window.x, window.y, window.side_px, window.scale, window.degrees + 360)
    assert np.allclose(window.put_back(found).boxes, again.put_back(found).boxes, atol=1e-5)
    assert np.allclose(window.put_back(found).landmarks, again.put_back(found).landmarks, atol=1e-5)


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 135, 180, 250, 315])
@pytest.mark.parametrize("scale", [0.5, 1.7])
def test_what_is_cut_out_is_where_it_is_put_back(degrees: float, scale: float) -> None:
    """Pixels and places are turned the same way: a spot seen in the window is put back on the spot in the photo."""
    photo = Image.new("RGB", (400, 300))
    ImageDraw.Draw(photo).ellipse([226, 106, 254, 134], fill=(255, 255, 255))
    window = Window(220.0, 140.0, 160, scale, degrees)
    rows, columns = np.nonzero(window.cut(photo)[..., 0] > 127)
    x, y = columns.mean() + 0.5, rows.mean() + 0.5
    (middle,) = window.put_back(one((x - 1, y - 1, x + 1, y + 1))).landmarks[0][4:]
    assert middle == pytest.approx((240.5, 120.5), abs=0.6)


def test_a_head_that_stands_turned_stands_upright_in_its_window() -> None:
    """A window turned counter-clockwise shows upright what lies counter-clockwise in the photo."""
    photo = Image.new("RGB", (200, 200))
    ImageDraw.Draw(photo).rectangle([20, 96, 60, 104], fill=(255, 255, 255))  # its top was turned to the left
    cut = Window(100.0, 100.0, 200, 1.0, 90).cut(photo)
    assert cut[20:60, 98:102].min() == 255
    assert cut[140:180].max() == 0
