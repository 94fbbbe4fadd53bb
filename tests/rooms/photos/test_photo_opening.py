"""What is opened, and that it comes out upright, in sRGB, with the hash of the very bytes that were read."""

import hashlib
import io
import struct
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms

from countenance.photos import fingerprint_file, open_photo, read_photo

Pixels = npt.NDArray[np.uint8]
Encode = Callable[..., bytes]

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif", "HEIF": ".heic", "AVIF": ".avif"}
# Mean difference of a channel that lossy formats may make at the hard borders of the test picture.
LOSSY_LEVELS = 6.0


def difference(one: Pixels, other: Pixels) -> float:
    """Give the mean difference of two pictures of one shape."""
    assert one.shape == other.shape
    return float(np.abs(one.astype(np.int16) - other).mean())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", FORMATS)
def test_every_orientation_of_every_format_comes_out_upright(
    format: str,  # noqa: A002 - the word that Photo uses
    orientation: int,
    encode: Encode,
    upright: Pixels,
) -> None:
    """A photo stored turned or mirrored in any of the eight ways is upright after opening: turned once, not twice."""
    photo = read_photo(encode(format, orientation=orientation), name="")
    assert (photo.width, photo.height, photo.format) == (48, 32, format)
    assert photo.pixels.dtype == np.uint8
    assert difference(photo.pixels, upright) < LOSSY_LEVELS


def test_a_photo_taller_than_a_strip_is_whole(encode: Encode) -> None:
    """Pictures are turned to RGB in strips; of a tall one every row is there, in order, in each orientation."""
    rows = np.arange(401, dtype=np.uint16) % 256
    tall = np.repeat(np.repeat(rows.astype(np.uint8)[:, np.newaxis, np.newaxis], 7, axis=1), 3, axis=2)
    tall[:, :, 1] = np.arange(7) * 30
    for orientation in range(1, 9):
        photo = read_photo(encode("PNG", tall, orientation=orientation), name="")
        assert np.array_equal(photo.pixels, tall), orientation


@pytest.mark.parametrize("format", FORMATS)
def test_hash_and_pixels_are_of_the_same_bytes(format: str, encode: Encode, tmp_path: Path) -> None:  # noqa: A002 - as above
    """R19: the fingerprint is the SHA-256 of the file, from memory, disk or in pieces; opening changes nothing."""
    data = encode(format)
    path = tmp_path / f"photo{SUFFIXES[format]}"
    path.write_bytes(data)
    before = path.stat()
    expected = hashlib.sha256(data).hexdigest()
    assert open_photo(path).fingerprint == read_photo(data, name=path.name).fingerprint == expected
    assert fingerprint_file(path) == expected
    assert path.read_bytes() == data
    assert (path.stat().st_mtime_ns, path.stat().st_mode) == (before.st_mtime_ns, before.st_mode)


@pytest.mark.parametrize("suffix", ["", ".JPG", ".Jpeg", ".jfif", ".bin", ".backup"])
def test_the_content_decides(suffix: str, encode: Encode) -> None:
    """An extension in any case, none, or one that says nothing about a format does not keep a photo from opening."""
    assert read_photo(encode("JPEG"), name=f"holiday{suffix}").format == "JPEG"


def test_photos_are_frozen_and_not_compared_by_pixels(encode: Encode) -> None:
    """A photo is a value that cannot be changed."""
    photo = read_photo(encode("PNG"), name="")
    with pytest.raises(AttributeError):
        photo.width = 1  # type: ignore[misc]  # that it cannot be is the point


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"Exif\0\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01" * 40,
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x04abc\0\0\0\0\0",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0\0\0\0\0",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0",
        b"Exif\0\0" + b"\x2a" * 300,
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_counts_as_upright(format: str, exif: bytes, upright: Pixels) -> None:  # noqa: A002 - as above
    """EXIF that is cut, of the wrong type, or out of range leaves the photo as it is stored, and opens it."""
    out = io.BytesIO()
    Image.fromarray(upright).save(out, format, exif=exif, quality=95)
    photo = read_photo(out.getvalue(), name="")
    assert difference(photo.pixels, upright) < LOSSY_LEVELS


def test_xmp_is_asked_where_exif_says_nothing(upright: Pixels) -> None:
    """An orientation that is only in XMP is applied; EXIF, where it says something, comes first."""
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description tiff:Orientation=\"6\"/></x:xmpmeta>"
    stored = Image.fromarray(np.ascontiguousarray(np.rot90(upright)))
    says_upright = Image.Exif()
    says_upright[0x0112] = 1
    for exif, height in ((Image.Exif(), 32), (says_upright, 48)):
        out = io.BytesIO()
        stored.save(out, "JPEG", quality=90, xmp=xmp, exif=exif)
        assert read_photo(out.getvalue(), name="").height == height


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_every_colour_model_becomes_rgb(mode: str) -> None:
    """Grey, palette, CMYK, 16 bits and transparency all come out as RGB of the tone that a viewer shows."""
    grey = Image.new("RGB", (9, 9), (204, 204, 204))
    if mode == "I;16":
        image = Image.fromarray(np.full((9, 9), 204 * 257, np.uint16))
    elif mode == "1":
        image = Image.new("1", (9, 9), 1)
    else:
        image = grey.convert(mode)
    out = io.BytesIO()
    image.save(out, "TIFF")
    expected = 255 if mode == "1" else 204
    pixels = read_photo(out.getvalue(), name="scan.tif").pixels
    assert pixels.shape == (9, 9, 3)
    assert np.abs(pixels.astype(int) - expected).max() <= 2


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled(format: str) -> None:  # noqa: A002 - as above
    """A 16-bit ramp stays a ramp: nothing is clipped at 255 of 65,535."""
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)[np.newaxis].repeat(4, axis=0)
    out = io.BytesIO()
    Image.fromarray(ramp).save(out, format)
    pixels = read_photo(out.getvalue(), name="").pixels
    assert np.abs(pixels[0, :, 0].astype(float) - ramp[0] / 257).max() <= 1


def test_transparency_is_laid_over_white() -> None:
    """What is transparent is white, half of it half, whatever colour hides under it."""
    pixels = np.zeros((2, 3, 4), np.uint8)
    pixels[:, :, 0] = 255
    pixels[:, 1, 3] = 128
    pixels[:, 2, 3] = 255
    for format_ in ("PNG", "WEBP", "TIFF", "AVIF"):
        out = io.BytesIO()
        options = {"lossless": True} if format_ == "WEBP" else {"quality": 100, "subsampling": "4:4:4"}
        Image.fromarray(pixels).save(out, format_, **(options if format_ in ("WEBP", "AVIF") else {}))
        found = read_photo(out.getvalue(), name="").pixels[0].astype(int)
        assert np.abs(found - [[255, 255, 255], [255, 127, 127], [255, 0, 0]]).max() <= 4, format_


def test_palette_transparency_is_laid_over_white() -> None:
    """A PNG palette with one transparent entry opens without a warning, the entry white."""
    image = Image.new("P", (4, 4), 0)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((1, 1), 1)
    for transparency in (0, bytes([0, 255])):
        out = io.BytesIO()
        image.save(out, "PNG", transparency=transparency)
        pixels = read_photo(out.getvalue(), name="").pixels
        assert pixels[0, 0].tolist() == [255, 255, 255]
        assert pixels[1, 1].tolist() == [200, 100, 50]


def wide_gamut_profile() -> bytes:
    """Give an sRGB profile with red and green swapped: applied or not is to be seen at a glance."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {profile[at : at + 4].decode(): at + 4 for at in range(132, 132 + 12 * profile[131], 12)}
    red, green = tags["rXYZ"], tags["gXYZ"]
    profile[red : red + 8], profile[green : green + 8] = profile[green : green + 8], profile[red : red + 8]
    return bytes(profile).replace(b"s\0R\0G\0B", b"t\0e\0s\0t").replace(b"sRGB", b"test")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_an_embedded_profile_is_applied(format: str, encode: Encode) -> None:  # noqa: A002 - as above
    """Colours are those that the profile means, because copies leave without it."""
    red = np.full((16, 16, 3), (250, 10, 10), np.uint8)
    plain = read_photo(encode(format, red), name="").pixels[8, 8]
    profiled = read_photo(encode(format, red, icc_profile=wide_gamut_profile()), name="").pixels[8, 8]
    assert plain[0] > 200
    assert profiled[0] < 60
    assert profiled[1] > 200


@pytest.mark.parametrize("profile", [b"\0", b"junk" * 50, wide_gamut_profile()[:300], b"\0" * 128])
def test_a_broken_profile_is_passed_over(profile: bytes, encode: Encode, upright: Pixels) -> None:
    """A profile that cannot be used leaves the colours as they are, as every viewer does."""
    photo = read_photo(encode("PNG", icc_profile=profile), name="")
    assert np.array_equal(photo.pixels, upright)


def test_a_profile_for_another_colour_space_is_passed_over(encode: Encode, upright: Pixels) -> None:
    """A CIELAB profile on an RGB photo changes nothing."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert np.array_equal(read_photo(encode("PNG", icc_profile=lab), name="").pixels, upright)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_what_is_appended_does_not_matter(format: str, encode: Encode, upright: Pixels) -> None:  # noqa: A002 - as above
    """A photo with a film or an archive behind it (motion photos, polyglots) opens as the photo."""
    data = encode(format) + struct.pack(">I", 24) + b"free" + b"PK\x03\x04 not a part" + b"\xff\xda" * 3
    assert difference(read_photo(data, name="").pixels, upright) < LOSSY_LEVELS


def test_a_second_picture_in_a_jpeg_is_no_second_photo(encode: Encode, upright: Pixels) -> None:
    """The multi-picture JPEGs of telephones open as their first picture."""
    out = io.BytesIO()
    other = Image.new("RGB", (48, 32), "black")
    Image.fromarray(upright).save(out, "MPO", save_all=True, append_images=[other], quality=90)
    photo = read_photo(out.getvalue(), name="IMG_0001.jpg")
    assert photo.format == "JPEG"
    assert difference(photo.pixels, upright) < LOSSY_LEVELS
    assert encode("JPEG")  # the plain one is tested above


def test_a_smaller_copy_in_a_tiff_is_no_second_photo(encode: Encode, upright: Pixels) -> None:
    """Scanners add a thumbnail as a second page, marked as such: the photo opens."""
    small = Image.fromarray(upright).resize((12, 8))
    small.encoderinfo = {"tiffinfo": {0x00FE: 1}}
    out = io.BytesIO()
    Image.fromarray(upright).save(out, "TIFF", save_all=True, append_images=[small])
    assert np.array_equal(read_photo(out.getvalue(), name="scan.tif").pixels, upright)
    assert encode("TIFF")


def test_warnings_neither_show_nor_stop(encode: Encode) -> None:
    """Odd metadata that Pillow warns of opens also where warnings are errors, and the filters stay as they were."""
    data = encode("TIFF")
    orientation = data.index(b"\x12\x01\x03\0\x01\0\0\0")
    odd = data[: orientation + 4] + b"\x02" + data[orientation + 5 :]  # two values where one belongs
    with pytest.warns(UserWarning, match="too many entries"), Image.open(io.BytesIO(odd), formats=["TIFF"]) as image:
        image.load()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before = list(warnings.filters)
        assert read_photo(odd, name="").width == 48
        assert warnings.filters == before


def test_readers_in_many_threads_leave_the_filters_as_they_were(encode: Encode) -> None:
    """Photos opened side by side do not restore each other's warning filters in the wrong order."""
    before = list(warnings.filters)
    data = encode("JPEG")
    with ThreadPoolExecutor(8) as threads:
        assert all(photo.width == 48 for photo in threads.map(lambda _: read_photo(data, name=""), range(200)))
    assert warnings.filters == before
