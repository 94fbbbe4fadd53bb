"""Which formats are opened, how they are told apart, and what each is called; decoding them is left to `_decoding`."""

import codecs
import re
from enum import StrEnum
from pathlib import PurePath

from countenance.errors import PhotoRefused, PhotoUnreadable


class Format(StrEnum):
    """A format that is opened; the value is its public name."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    TIFF = "TIFF"
    HEIF = "HEIF"
    AVIF = "AVIF"


EXTENSIONS: dict[str, Format] = {
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".jpe": Format.JPEG,
    ".jfif": Format.JPEG,
    ".png": Format.PNG,
    ".webp": Format.WEBP,
    ".tif": Format.TIFF,
    ".tiff": Format.TIFF,
    ".heic": Format.HEIF,
    ".heif": Format.HEIF,
    ".hif": Format.HEIF,
    ".avif": Format.AVIF,
}

SPOKEN: dict[Format, str] = {
    Format.JPEG: "a JPEG",
    Format.PNG: "a PNG",
    Format.WEBP: "a WebP",
    Format.TIFF: "a TIFF",
    Format.HEIF: "a HEIF (HEIC)",
    Format.AVIF: "an AVIF",
}

MEDIA_TYPES: dict[Format, str] = {
    Format.JPEG: "image/jpeg",
    Format.PNG: "image/png",
    Format.WEBP: "image/webp",
    Format.TIFF: "image/tiff",
    Format.HEIF: "image/heif",
    Format.AVIF: "image/avif",
}

# What a covered copy is written as. Nobody's browser shows HEIF, and its encoder is GPL (x265): it leaves as JPEG.
_PUBLISHED: dict[Format, tuple[Format, str]] = {
    Format.JPEG: (Format.JPEG, ".jpg"),
    Format.PNG: (Format.PNG, ".png"),
    Format.WEBP: (Format.WEBP, ".webp"),
    Format.TIFF: (Format.TIFF, ".tif"),
    Format.HEIF: (Format.JPEG, ".jpg"),
    Format.AVIF: (Format.AVIF, ".avif"),
}

# Most raw formats are TIFFs whose first picture is a small preview: opening that would pass for the photo.
# fmt: off
_RAW_EXTENSIONS = frozenset((
    ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".k25", ".kdc", ".mef", ".mos",
    ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
))
# fmt: on

# Signatures of what is often met among photos and is not opened, so that the refusal can name it.
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"%PDF-", "a PDF"),
    (b"%!PS", "an EPS or PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "an EPS or PostScript file"),
    (b"SIMPLE  =", "a FITS file"),
    (b"8BPS", "a Photoshop file"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL"),
    (b"FUJIFILMCCD-RAW", "a camera raw file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a compressed archive"),
)

_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis"))
# Major brands of image sequences (ISO/IEC 23008-12 annex B; AVIF 1.1, 6.2): films in the dress of a photo.
_SEQUENCE_BRANDS = frozenset((b"avis", b"msf1", b"hevc", b"hevx", b"hevm", b"hevs"))

# Enough to see the root element of an SVG behind a comment or two.
_SNIFFED_BYTES = 4096

STILL_REMEDY = "save the picture you mean as a single photo"
_NOT_OPENED = "save it as JPEG, PNG, WebP, TIFF, HEIC or AVIF"


def recognised(data: bytes, *, name: str) -> Format:
    """Give the format of a file's bytes by its signature, and hold the name's extension against it.

    An empty name, or an extension that says nothing about a format, is not held against the content.

    Raises:
        PhotoUnreadable: no bytes at all.
        PhotoRefused: a format that is not opened, or an extension that names another one.
    """
    if not data:
        raise PhotoUnreadable("the file is empty", remedy="copy it again from where it came")
    extension = PurePath(name).suffix.lower()
    if extension in _RAW_EXTENSIONS:
        raise PhotoRefused("a camera raw file is not opened", remedy="export it as JPEG, TIFF or HEIC")
    found = _by_signature(data)
    if found is None:
        raise PhotoRefused(f"{_refused_kind(data)} is not opened", remedy=_NOT_OPENED)
    named = EXTENSIONS.get(extension)
    if named is not None and named is not found:
        raise PhotoRefused(
            f"its name says {SPOKEN[named]}, but its content is {SPOKEN[found]}",
            remedy=f"rename it to end in {_PUBLISHED[found][1] if found is not Format.HEIF else '.heic'}",
        )
    return found


def publishable_format(format: str) -> tuple[str, str]:  # noqa: A002 - the word that Photo uses
    """Give the format that a covered copy of a photo in `format` is written as, and its file name suffix."""
    written, suffix = _PUBLISHED[Format(format)]
    return written.value, suffix


def _by_signature(data: bytes) -> Format | None:
    if data.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[:4] in (b"II*\0", b"MM\0*") and data[8:10] != b"CR":
        return Format.TIFF
    return _by_brands(data) if data[4:8] == b"ftyp" else None


def _by_brands(data: bytes) -> Format | None:
    """Tell HEIF from AVIF by the brands of the ftyp box (ISO/IEC 14496-12, 4.3): the major one, then those after it."""
    length = min(int.from_bytes(data[:4], "big"), _SNIFFED_BYTES)
    major = data[8:12]
    if major in _SEQUENCE_BRANDS:
        raise PhotoRefused("an animation is not opened", remedy=STILL_REMEDY)
    if major in _HEIC_BRANDS:
        return Format.HEIF
    brands = {major, *(data[at : at + 4] for at in range(16, length - 3, 4))}
    if b"avif" in brands:
        return Format.AVIF
    return Format.HEIF if brands & _HEIC_BRANDS or major == b"mif1" else None


def _refused_kind(data: bytes) -> str:
    for signature, kind in _REFUSED:
        if data.startswith(signature):
            return kind
    if data[4:8] == b"ftyp":
        return "a film or an unknown kind of container"
    if data[:4] in (b"II*\0", b"II+\0", b"MM\0+", b"IIU\0", b"IIRO", b"IIRS"):
        return "a camera raw file or a BigTIFF"
    head = data[:_SNIFFED_BYTES]
    if re.search(rb"<svg[\s>]", head, re.IGNORECASE):
        return "an SVG drawing"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "a file of unknown kind"
    return "a file of unknown kind" if b"\0" in head else "a text or web page"
