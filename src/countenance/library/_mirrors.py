"""Where the mirror of a library lies: outside it, by the library's id; what is in it is the store's affair."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from countenance.errors import UsageWrong
from countenance.keys import default_key_path


def mirror_place(library: str, mirror: Path | None) -> Path:
    """Give the folder of a library's mirror: in the user's own data folder, unless a folder for mirrors is given.

    Raises:
        UsageWrong: that is no id of a library.
    """
    if mirror is None:
        return default_key_path(library).parent.parent / "mirrors" / library
    return mirror if mirror.name == library else mirror / library


def mirror_outside(folder: Path, mirror: Path | None) -> Callable[[str], Path]:
    """Give where the mirror of a library lies, by the library's id.

    Raises:
        UsageWrong: the folder that is given for it lies inside the library's.
    """
    if mirror is not None and mirror.resolve().is_relative_to(folder.resolve()):
        raise UsageWrong("the mirror would lie inside the library's folder", remedy="give a folder somewhere else")
    return partial(mirror_place, mirror=mirror)
