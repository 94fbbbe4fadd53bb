"""Which face a box means that was drawn by hand, or that was found in an earlier look at the same photo."""

from collections.abc import Sequence

from countenance.faces._values import Box

# From this overlap on (intersection over union) two boxes are of the same face: a box drawn around a whole head has
# about half in common with the detector's box from brow to chin, and another head does not fit into the same place.
SAME_FACE_OVERLAP = 0.4
# A face is clearly meant if no other has more than this share of its overlap.
CLEARLY = 0.5
# A box around a person, or a stroke in a face, means the face of which it shares so much of the smaller area.
MEANT_SHARE = 0.5


def same_face(box: Box, among: Sequence[Box]) -> int | None:
    """Give the place of the one box that is clearly of the same face; None if there is none, or if it is in doubt."""
    if box in among:
        return among.index(box)
    ranked = sorted(((box.overlap(other), -place) for place, other in enumerate(among)), reverse=True)
    if not ranked or ranked[0][0] < SAME_FACE_OVERLAP:
        return None
    if len(ranked) > 1 and ranked[1][0] > CLEARLY * ranked[0][0]:
        return None
    return -ranked[0][1]


def faces_meant(box: Box, among: Sequence[Box]) -> tuple[int, ...]:
    """Give the places of the faces that somebody may mean who draws this box: the one if it is clear, else several."""
    clear = same_face(box, among)
    if clear is not None:
        return (clear,)
    return tuple(place for place, other in enumerate(among) if _share(box, other) >= MEANT_SHARE)


def _share(box: Box, other: Box) -> float:
    """Give the shared area as a share of the smaller box."""
    width = min(box.x + box.w, other.x + other.w) - max(box.x, other.x)
    height = min(box.y + box.h, other.y + other.h) - max(box.y, other.y)
    return max(width, 0) * max(height, 0) / min(box.area, other.area)
