"""Turn a photo file's bytes into an upright RGB array; whether they are to be decoded at all is decided before.

The decoders are called as classes, one for the format that the signature names: no other parser of Pillow's many can
be reached, and nothing is registered or switched for the whole process.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from countenance.errors import PhotoProblem, PhotoRefused, PhotoUnreadable
from countenance.photos._colour import ToRgb
from countenance.photos._formats import STILL_REMEDY, Format
from countenance.photos._limits import MAX_TIFF_TILE_PIXELS, hold_heif, hold_jpeg, hold_to_size, hold_webp
from countenance.photos._quiet import quiet_decoders

_READERS: dict[Format, type[ImageFile]] = {
    Format.JPEG: JpegImageFile,
    Format.PNG: PngImageFile,
    Format.WEBP: WebPImageFile,
    Format.TIFF: TiffImageFile,
    Format.AVIF: AvifImageFile,
}

# What must be seen in the bytes before a decoder sees them.
_HEADERS: dict[Format, Callable[[bytes], None]] = {
    Format.JPEG: hold_jpeg,
    Format.WEBP: hold_webp,
    Format.HEIF: hold_heif,
    Format.AVIF: hold_heif,
}

_ORIENTATION_TAG = 0x0112
_TILE_WIDTH_TAG, _TILE_LENGTH_TAG = 0x0142, 0x0143
_SUBFILE_TAG = 0x00FE
_BITS_TAG = 0x0102
# Bits of NewSubfileType (TIFF 6.0, page 36): a smaller copy of another page, a mask for another page.
_REDUCED, _MASK = 1, 4

# More pages than any camera adds to a photo as smaller copies; looking for the next one costs time each.
_MAX_TIFF_PAGES = 16

# What brings a picture upright, by its EXIF orientation (EXIF 2.32, table 6).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Rows turned to RGB at once: what lies between the steps then stays in the processor's cache. Measured on 4000 x 3000:
# 17 ms with 64 rows, 36 with 512 (upright), 34 and 51 (on its side).
_STRIP_ROWS = 64

_DAMAGED_REMEDY = "copy it again from where it came"


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """Upright RGB pixels, uint8 of shape (height, width, 3), and whether further pictures follow in the file."""

    pixels: npt.NDArray[np.uint8]
    several: str
    """What they are, in words; empty if there are none."""


def decoded(data: bytes, format: Format) -> Decoded:  # noqa: A002 - the word that Photo uses
    """Decode the first picture of a file, upright.

    Raises:
        PhotoUnreadable: damaged or cut short.
        PhotoRefused: too large, or of a kind that is no photo.
    """
    try:
        if format in _HEADERS:
            _HEADERS[format](data)
        with quiet_decoders():
            return _decoded_heif(data) if format is Format.HEIF else _decoded_by_pillow(data, format)
    except PhotoProblem:
        raise
    except MemoryError as problem:
        raise PhotoUnreadable("there is not enough memory to open it", remedy="save it smaller") from problem
    except Exception as problem:  # decoders of hostile bytes raise whatever they like; none of it may end a long run
        short = "truncat" in str(problem).lower() or isinstance(problem, EOFError)
        what = "the file is cut short" if short else "the file is damaged"
        raise PhotoUnreadable(what, remedy=_DAMAGED_REMEDY) from problem


def _decoded_by_pillow(data: bytes, format: Format) -> Decoded:  # noqa: A002 - as above
    with _READERS[format](io.BytesIO(data)) as image:
        hold_to_size(*image.size)
        several = _several(image)
        full_scale = 0xFFFF
        if isinstance(image, TiffImageFile):
            _hold_tiff(image)
            full_scale = _full_scale(image)
        image.load()
        hold_to_size(*image.size)
        # Asked for after the pixels: a PNG may say it behind them, and a TIFF is turned by Pillow itself by now.
        return Decoded(_upright_rgb(image, _orientation(image), full_scale), several)


def _decoded_heif(data: bytes) -> Decoded:
    """Decode the primary picture; libheif turns it itself, and EXIF has no say in HEIF (ISO/IEC 23008-12, A.2.1)."""
    container = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
    hold_to_size(*container.size)
    image = container.to_pillow()
    hold_to_size(*image.size)
    del container  # it holds the decoded bytes a second time
    return Decoded(_upright_rgb(image, orientation=1, full_scale=0xFFFF), "")


def _several(image: ImageFile) -> str:
    """Say what follows the first picture; what a JPEG appends (depth, gain map, film) is no picture of its own."""
    if isinstance(image, JpegImageFile):
        return ""
    if isinstance(image, TiffImageFile):
        return _further_pages(image)
    return "frames" if getattr(image, "n_frames", 1) > 1 else ""


def _further_pages(image: TiffImageFile) -> str:
    """Look for pages that are not smaller copies or masks of the first, without counting them all."""
    for page in range(1, _MAX_TIFF_PAGES + 1):
        try:
            image.seek(page)
        except EOFError:
            image.seek(0)
            return ""
        except Exception:  # noqa: BLE001, S110 - a page that Pillow cannot read; its tags are there to be judged
            pass
        if not _subfile(image) & (_REDUCED | _MASK):
            break
    image.seek(0)
    return "pages"


def _hold_tiff(image: TiffImageFile) -> None:
    if _subfile(image) & _REDUCED:
        raise PhotoRefused(
            "its first picture is only a preview: it is a camera raw file", remedy="export it as JPEG or TIFF"
        )
    width, length = image.tag_v2.get(_TILE_WIDTH_TAG, 0), image.tag_v2.get(_TILE_LENGTH_TAG, 0)
    if int(width) * int(length) > MAX_TIFF_TILE_PIXELS:
        raise PhotoRefused("a TIFF of so large tiles is not opened", remedy="save it anew")


def _subfile(image: TiffImageFile) -> int:
    return int(image.tag_v2.get(_SUBFILE_TAG, 0))


def _full_scale(image: TiffImageFile) -> int:
    """Give the number that stands for white: scanners also write 12 bits of grey."""
    bits = image.tag_v2.get(_BITS_TAG, (8,))
    return 0x0FFF if tuple(bits) == (12,) else 0xFFFF


def _orientation(image: ImageFile) -> int:
    """Give the EXIF orientation, 1 to 8; 1 if there is none or it cannot be read."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001 - broken EXIF breaks in many ways, and the photo beside it is whole
        return 1
    return value if isinstance(value, int) and value in range(1, 9) else 1


def _upright_rgb(image: Image.Image, orientation: int, full_scale: int) -> npt.NDArray[np.uint8]:
    """Give the loaded picture as RGB, strip by strip into an array that is upright already."""
    width, height = image.size
    turn = _TURNS.get(orientation)
    on_its_side = orientation in (5, 6, 7, 8)
    from_the_end = orientation in (3, 4, 6, 7)
    upright = np.empty((width, height, 3) if on_its_side else (height, width, 3), np.uint8)
    to_rgb = ToRgb(image, full_scale=full_scale)
    for top in range(0, height, _STRIP_ROWS):
        bottom = min(top + _STRIP_ROWS, height)
        strip = image.crop((0, top, width, bottom))
        if turn is not None:
            strip = strip.transpose(turn)
        there = slice(height - bottom, height - top) if from_the_end else slice(top, bottom)
        # Rows of the file are columns of a picture that lies on its side.
        upright[(slice(None), there) if on_its_side else there] = to_rgb(strip)
    return upright


def refuse_several(several: str) -> None:
    """Refuse a file of several pictures: people in the others would be passed over in silence."""
    if several:
        raise PhotoRefused(f"it holds several {several}, and only single photos are opened", remedy=STILL_REMEDY)
