"""What `photos` and `search` have in common: a person's photos, with possible matches apart from confirmed ones."""

from collections.abc import Iterable, Sequence

from countenance.cli._speaking import clean
from countenance.ports import Appearance, Basis


def shapes(appearances: Iterable[Appearance]) -> list[dict[str, object]]:
    """Give the photos for scripts."""
    return [
        {"photo": str(one.photo), "box": list(one.box.as_tuple()), "decided": str(one.decided)} for one in appearances
    ]


def apart(appearances: Sequence[Appearance]) -> tuple[list[str], list[str]]:
    """Give the paths of those that a human has confirmed or tagged, and of those that are possible matches only."""
    confirmed = [clean(one.photo) for one in appearances if one.decided is not Basis.POSSIBLE]
    return confirmed, [clean(one.photo) for one in appearances if one.decided is Basis.POSSIBLE]
