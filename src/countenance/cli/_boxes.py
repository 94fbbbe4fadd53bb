"""Where faces are in a photo, in words."""

from collections.abc import Sequence


def places(boxes: Sequence[tuple[int, int, int, int]]) -> list[str]:
    """Say where each of several boxes is, seen from the others: left or right, top or bottom."""
    across = _thirds([x + w / 2 for x, _, w, _ in boxes], [w for _, _, w, _ in boxes], ("left", "middle", "right"))
    down = _thirds([y + h / 2 for _, y, _, h in boxes], [h for _, _, _, h in boxes], ("top", "", "bottom"))
    return [", ".join(word for word in pair if word) for pair in zip(across, down, strict=True)]


def _thirds(centres: Sequence[float], sizes: Sequence[int], words: tuple[str, str, str]) -> list[str]:
    """Give a word for each centre by the third of their span that it is in; no words if all lie side by side."""
    least, most = min(centres), max(centres)
    if most - least < max(sizes) / 2:
        return [""] * len(centres)
    return [words[min(int(3 * (centre - least) / (most - least)), 2)] for centre in centres]
