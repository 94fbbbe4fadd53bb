"""Write pictures that hold nothing but pixels, whole or not at all; what is in them is left to the caller."""

import contextlib
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from countenance.errors import PhotoNotWritten
from countenance.photos._formats import Format
from countenance.seals import sha256_hex

# Everything that an encoder is told. Nothing here comes from the original, and the picture carries no `info`.
# JPEG 4:4:4: half the colour resolution blurs red clothes and small faces, for a tenth of the bytes saved.
# AVIF on one thread: the same pixels then give the same bytes on every machine.
_OPTIONS: dict[Format, dict[str, Any]] = {
    Format.JPEG: {"subsampling": 0, "optimize": True},
    Format.PNG: {"compress_level": 6},
    Format.WEBP: {"method": 4},
    Format.TIFF: {"compression": "tiff_adobe_deflate"},
    Format.AVIF: {"speed": 6, "max_threads": 1},
}
_WITH_QUALITY = frozenset((Format.JPEG, Format.WEBP, Format.AVIF))

_FULL_REMEDY = "check the space and the permissions of the folder it was to go to"


def write_clean(
    pixels: npt.NDArray[np.uint8],
    to: Path,
    *,
    format: str,  # noqa: A002 - the word that Photo uses
    quality: int = 92,
) -> str:
    """Write RGB pixels to a new file that holds nothing else, and give its SHA-256: `encode_clean` and `write_new`."""
    return write_new(encode_clean(pixels, format=format, quality=quality), to)


def encode_clean(
    pixels: npt.NDArray[np.uint8],
    *,
    format: str,  # noqa: A002 - the word that Photo uses
    quality: int = 92,
) -> bytes:
    """Give RGB pixels as the bytes of a picture file that holds nothing else.

    No metadata, thumbnail, profile or second picture: the file is made from the array alone (sRGB, upright). `quality`
    is 1 to 100, for JPEG, WebP and AVIF.

    Raises:
        PhotoNotWritten: the encoder cannot (a side too long for the format, no memory).
    """
    return encoded(pixels, Format(format), quality=quality)


def write_new(data: bytes, to: Path) -> str:
    """Write a new file and give its SHA-256: it is on the disk when this returns, and not at all when it raises.

    Raises:
        PhotoNotWritten: a file of that name exists, or the disk refuses.
    """
    try:
        file = to.open("xb")
    except FileExistsError as problem:
        raise PhotoNotWritten("a file of that name is there already", remedy="move it away first") from problem
    except (OSError, ValueError) as problem:
        raise _not_written(problem) from problem
    try:
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _settle(to.parent)
    except BaseException as problem:  # also on Ctrl-C: nobody would know later that it is only half a file
        with contextlib.suppress(OSError):
            to.unlink()
        if isinstance(problem, OSError):
            raise _not_written(problem) from problem
        raise
    return sha256_hex(data)


def place(temporary: Path, target: Path) -> None:
    """Rename a finished file to where it belongs, in one step that survives a power cut; what was there is replaced.

    Raises:
        PhotoNotWritten: the disk refuses, or cannot say that it is done.
    """
    try:
        temporary.replace(target)
        _settle(target.parent)
        if temporary.parent != target.parent:
            _settle(temporary.parent)
    except OSError as problem:
        raise _not_written(problem) from problem


def discard(path: Path) -> None:
    """Remove a file that is not to be placed; one that is gone already is no error.

    Raises:
        PhotoNotWritten: it is still there.
    """
    try:
        path.unlink(missing_ok=True)
        _settle(path.parent)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise PhotoNotWritten(
            f"an unfinished copy could not be removed ({problem.strerror})", remedy=f"remove {path.name} by hand"
        ) from problem


def encoded(pixels: npt.NDArray[np.uint8], format: Format, *, quality: int) -> bytes:  # noqa: A002 - as above
    """Give pixels, uint8 of shape (height, width, 3), as the bytes of a picture file without any metadata.

    Raises:
        PhotoNotWritten: the encoder cannot (a side too long for the format, no memory).
        ValueError: HEIF, which is only read; another shape or type of pixels; a quality out of range.
    """
    if format not in _OPTIONS:
        raise ValueError(f"{format} is not written")
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:  # noqa: PLR2004 - three axes, three tones
        raise ValueError(f"pixels are uint8 of shape (height, width, 3), not {pixels.dtype} of {pixels.shape}")
    if not 1 <= quality <= 100:  # noqa: PLR2004 - the scale of all three encoders
        raise ValueError(f"quality is 1 to 100, not {quality}")
    options = _OPTIONS[format] | ({"quality": quality} if format in _WITH_QUALITY else {})
    out = io.BytesIO()
    try:
        Image.fromarray(np.ascontiguousarray(pixels)).save(out, format.value, **options)
    except Exception as problem:  # encoders raise OSError, ValueError and MemoryError for the same things
        raise PhotoNotWritten(f"it could not be written as {format.value}", remedy="publish it smaller") from problem
    return out.getvalue()


def _settle(folder: Path) -> None:
    """Make the names in a folder survive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_written(problem: OSError | ValueError) -> PhotoNotWritten:
    reason = getattr(problem, "strerror", None) or "not a path that can be written"
    return PhotoNotWritten(f"the copy could not be written ({reason})", remedy=_FULL_REMEDY)
