"""Photo files made for each test: a picture whose every corner is different, in each format and orientation."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pillow_heif
import pytest
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Encode = Callable[..., bytes]

ORIENTATION_TAG = 0x0112
# How the file stores a picture that is to be seen upright, by EXIF orientation: the inverse of what it asks for.
STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda up: up,
    2: np.fliplr,
    3: lambda up: np.rot90(up, 2),
    4: np.flipud,
    5: lambda up: np.transpose(up, (1, 0, 2)),
    6: lambda up: np.rot90(up, 1),
    7: lambda up: np.transpose(np.rot90(up, 2), (1, 0, 2)),
    8: lambda up: np.rot90(up, -1),
}


@pytest.fixture(scope="session")
def upright() -> Pixels:
    """Give a picture of 48 x 32 pixels with another colour in each corner: red, green, blue, white."""
    pixels = np.zeros((32, 48, 3), np.uint8)
    pixels[:16, :24] = (255, 0, 0)
    pixels[:16, 24:] = (0, 255, 0)
    pixels[16:, :24] = (0, 0, 255)
    pixels[16:, 24:] = 255
    return pixels


@pytest.fixture(scope="session")
def encode(upright: Pixels) -> Encode:
    """Give a function that makes a photo file: `encode("JPEG", pixels, orientation=6, progressive=True)`."""

    def encode(
        kind: str,
        pixels: Pixels | None = None,
        *,
        orientation: int = 1,
        **options: Any,  # noqa: ANN401 - what Pillow's save takes differs by format
    ) -> bytes:
        image = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright if pixels is None else pixels)))
        out = io.BytesIO()
        exif = Image.Exif()
        exif[ORIENTATION_TAG] = orientation
        options = {"exif": exif, **options}
        if kind == "HEIF":
            container = pillow_heif.from_pillow(image)
            # The encoder keeps the tag in EXIF and writes the same turn into the container, as telephones do.
            container.info["exif"] = exif.tobytes()
            container.save(out, quality=90)
        else:
            image.save(out, kind, **({} if kind == "TIFF" else {"quality": 90}), **options)
        return out.getvalue()

    return encode


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Give one chunk of a PNG with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@pytest.fixture(scope="session")
def png() -> Callable[..., bytes]:
    """Give a function that makes a PNG with a header of our choice over a body of black."""

    def png(width: int, height: int, *, depth: int = 8, colour: int = 2, rows: bytes = b"") -> bytes:
        header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
        chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows, 9)) + png_chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + chunks

    return png
