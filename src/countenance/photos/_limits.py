"""How large a photo may be, judged by its header before anything is decoded; how it is decoded is left to others."""

import re

from countenance.errors import PhotoRefused, PhotoUnreadable
from countenance.photos._formats import STILL_REMEDY

# 110 megapixels: telephones reach 108, medium-format cameras 102. Decoding takes 10 to 13 bytes a pixel for a moment,
# WebP 18 (measured), so that one such photo needs 1.1 to 2 GB.
MAX_PIXELS = 110_000_000

# 30,000 px: panoramas reach 20,000. JPEG itself ends at 65,535, and files of that side are made to do harm.
MAX_SIDE_PX = 30_000

# 200 scans: a progressive JPEG has about ten. Each is a pass over all pixels that costs its author ten bytes.
MAX_JPEG_SCANS = 200

# A tile may be larger than a small photo, but a tile of a gigapixel in it is there to do harm.
MAX_TIFF_TILE_PIXELS = 16_000_000

_SCAN_MARKER = b"\xff\xda"
_END_MARKER = b"\xff\xd9"
# A marker that is neither stuffing, nor fill, nor a restart, nor a start.
_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd8]")

_SPATIAL_EXTENT = re.compile(rb"\0\0\0\x14ispe\0\0\0\0(.{4})(.{4})", re.DOTALL)
_WEBP_ANIMATED = 0x02
_WEBP_SIDE = 0x3FFF


def hold_to_size(width: int, height: int) -> None:
    """Refuse a size that is not decoded.

    Raises:
        PhotoUnreadable: a side of nothing.
        PhotoRefused: more than `MAX_SIDE_PX` a side or `MAX_PIXELS` in all.
    """
    if width <= 0 or height <= 0:
        raise PhotoUnreadable("the file is damaged", remedy="copy it again from where it came")
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise PhotoRefused(
            f"it is {width} x {height} pixels; up to {MAX_PIXELS // 1_000_000} million pixels and "
            f"{MAX_SIDE_PX} a side are opened",
            remedy="save it smaller",
        )


def hold_webp(data: bytes) -> None:
    """Hold a WebP to size by its first chunk (RFC 9649), because opening one already makes room for its canvas."""
    match data[12:16]:
        case b"VP8X":
            if data[20:21] and data[20] & _WEBP_ANIMATED:
                raise PhotoRefused("an animation is not opened", remedy=STILL_REMEDY)
            width, height = _little(data[24:27]) + 1, _little(data[27:30]) + 1
        case b"VP8L":
            bits = _little(data[21:25])
            width, height = (bits & _WEBP_SIDE) + 1, (bits >> 14 & _WEBP_SIDE) + 1
        case _:
            width, height = _little(data[26:28]) & _WEBP_SIDE, _little(data[28:30]) & _WEBP_SIDE
    hold_to_size(width, height)


def hold_heif(data: bytes) -> None:
    """Hold a HEIF or AVIF to size by its `ispe` boxes (ISO/IEC 23008-12, 6.5.3): one for each picture in it."""
    for claim in _SPATIAL_EXTENT.finditer(data):
        hold_to_size(int.from_bytes(claim[1], "big"), int.from_bytes(claim[2], "big"))


def hold_jpeg(data: bytes) -> None:
    """Refuse a JPEG of more than `MAX_JPEG_SCANS` scans (ITU-T T.81, B.1.1.2)."""
    if data.count(_SCAN_MARKER) <= MAX_JPEG_SCANS:
        return
    # The two bytes also occur by chance in what is appended to photos (films, second pictures): count those of the
    # first picture alone, from marker to marker.
    scans, at = 0, 2
    while (marker := _MARKER.search(data, at)) and marker[0] != _END_MARKER:
        scans += marker[0] == _SCAN_MARKER
        if scans > MAX_JPEG_SCANS:
            raise PhotoRefused(f"a JPEG of more than {MAX_JPEG_SCANS} scans is not opened", remedy="save it anew")
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
