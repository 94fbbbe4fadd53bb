"""The signed form is a PDF or an image, by what is in it."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from countenance.errors import ReleaseInvalid
from countenance.photos import sniff_release
from countenance.photos._releases import MAX_RELEASE_BYTES

Encode = Callable[..., bytes]

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
        ("HEIF", "image/heif"),
        ("AVIF", "image/avif"),
    ],
)
def test_images_are_releases(kind: str, media_type: str, encode: Encode) -> None:
    """A scan in any format that is opened is told by its content."""
    assert sniff_release(encode(kind)) == media_type


def test_pdfs_are_releases() -> None:
    """A PDF is told by its first and last bytes; a little may follow the end mark."""
    assert sniff_release(PDF) == "application/pdf"
    assert sniff_release(PDF + b"\n" * 900) == "application/pdf"


def test_a_scan_of_several_pages_is_a_release() -> None:
    """A form of two pages is one TIFF, as scanners make it."""
    page = Image.new("L", (40, 60), 255)
    out = io.BytesIO()
    page.save(out, "TIFF", save_all=True, append_images=[page])
    assert sniff_release(out.getvalue()) == "image/tiff"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"I agree. Anna", "a text"),
        (PDF[:-7], "cut short"),
        (PDF + b"\n" * 2000, "cut short"),
        (b"\n" + PDF, "no PDF"),
        (b"GIF89a" + b"\0" * 20, "a GIF"),
        (b"PK\x03\x04word/document.xml", "a ZIP"),
        (b"\xff\xd8\xff\xe0 no more", "no image"),
        (b"%PDF-1.4" + b"\0" * MAX_RELEASE_BYTES + b"%%EOF", "larger than 20 MB"),
    ],
)
def test_anything_else_is_no_release(data: bytes, said: str) -> None:
    """What is neither, cut short, or too large is refused, says why, and what to do instead."""
    with pytest.raises(ReleaseInvalid, match=said) as caught:
        sniff_release(data)
    assert caught.value.remedy


def test_an_image_that_does_not_open_is_no_release(encode: Encode) -> None:
    """A signature alone is not enough: half a scan is none."""
    data = encode("PNG")
    with pytest.raises(ReleaseInvalid, match="the file is cut short"):
        sniff_release(data[: len(data) // 2])
