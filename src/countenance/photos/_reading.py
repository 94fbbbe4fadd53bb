"""Open a photo: the same bytes give the fingerprint and the pixels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from countenance.photos._decoding import decoded, refuse_several
from countenance.photos._files import MAX_FILE_BYTES, read_whole, too_large
from countenance.photos._formats import recognised
from countenance.seals import sha256_hex


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """An opened photo: upright sRGB pixels, uint8 of shape (height, width, 3), and the SHA-256 of the file's bytes."""

    pixels: npt.NDArray[np.uint8]
    width: int
    height: int
    format: str
    fingerprint: str


def open_photo(path: Path) -> Photo:
    """Read a photo file once and decode it.

    Raises:
        PhotoMissing: nothing is there.
        PhotoUnreadable: damaged, cut short, empty, or it may not be read.
        PhotoRefused: a format, size or kind of file that is not opened.
    """
    return read_photo(read_whole(path), name=path.name)


def read_photo(data: bytes, *, name: str) -> Photo:
    """Decode a photo from memory; `name` is held against the content, and an empty one is not.

    Raises:
        PhotoUnreadable: damaged, cut short or empty.
        PhotoRefused: a format or size that is not opened.
    """
    if len(data) > MAX_FILE_BYTES:
        raise too_large()
    format = recognised(data, name=name)  # noqa: A001 - the word that Photo uses
    picture = decoded(data, format)
    refuse_several(picture.several)
    height, width = picture.pixels.shape[:2]
    return Photo(picture.pixels, width, height, format.value, sha256_hex(data))
