"""R44: what is not opened is refused with a reason in plain words, whatever is wrong with it."""

import errno
import io
import os
import stat
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from countenance.errors import PhotoMissing, PhotoProblem, PhotoRefused, PhotoUnreadable
from countenance.photos import fingerprint_file, open_photo, read_photo
from countenance.photos._files import MAX_FILE_BYTES
from countenance.photos._limits import MAX_JPEG_SCANS

Encode = Callable[..., bytes]

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")


def refusal(data: bytes, name: str = "") -> PhotoProblem:
    """Give the problem that opening brings, having seen that it speaks plainly and says what to do."""
    with pytest.raises(PhotoProblem) as caught:
        read_photo(data, name=name)
    problem = caught.value
    assert 0 < len(problem.what) < 100
    assert problem.remedy
    assert not any(word in problem.what for word in ("Error", "exception", "PIL", "None", "\n"))
    return problem


@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_cut_short_is_unreadable(kind: str, tenth: int, encode: Encode) -> None:
    """R44: a photo cut anywhere is reported, never half opened."""
    noise = np.random.default_rng(7).integers(0, 255, (64, 96, 3)).astype(np.uint8)
    data = encode(kind, noise)
    problem = refusal(data[: len(data) * tenth // 10])
    assert isinstance(problem, PhotoUnreadable)
    assert problem.what == "the file is empty" if tenth == 0 else "file is" in problem.what


def test_a_progressive_jpeg_cut_short_is_unreadable(encode: Encode) -> None:
    """R44: also where the first passes over the picture are whole."""
    data = encode("JPEG", progressive=True)
    assert refusal(data[: len(data) * 9 // 10]).what == "the file is cut short"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"GIF89a\x01\0\x01\0\0\0\0;", "a GIF"),
        (b"BM" + b"\0" * 60, "a BMP"),
        (b"%PDF-1.7\n%%EOF", "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "EPS"),
        (b"\xc5\xd0\xd3\xc6" + b"\0" * 28, "EPS"),
        (b"SIMPLE  =                    T / conforms to FITS standard".ljust(2880), "a FITS"),
        (b'<?xml version="1.0"?><!-- a --><svg xmlns="x"><image href="file:///etc/passwd"/></svg>', "an SVG"),
        (b"<svg\n/>", "an SVG"),
        (b"<html><body>404</body></html>", "a text or web page"),
        ("Grüße".encode(), "a text or web page"),
        (b"8BPS\0\x01" + b"\0" * 20, "a Photoshop"),
        (b"\xff\x0a" + b"\0" * 20, "a JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000"),
        (b"PK\x03\x04" + b"\0" * 26, "a ZIP"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "a film"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "a film"),
        (b"II*\0\x10\0\0\0CR\x02\0" + b"\0" * 40, "a camera raw"),
        (b"II+\0\x08\0\0\0" + b"\0" * 40, "BigTIFF"),
        (b"FUJIFILMCCD-RAW 0201", "a camera raw"),
        (b"\x7fELF\x02\x01\x01" + b"\0\xff" * 9, "a file of unknown kind"),
        (b"\0" * 4096, "a file of unknown kind"),
    ],
)
def test_other_formats_are_refused_by_name(data: bytes, named: str) -> None:
    """R44: what else lies among photos is named and not opened, also when it is called .jpg."""
    for name in ("", "holiday.jpg"):
        problem = refusal(data, name)
        assert isinstance(problem, PhotoRefused)
        assert named in problem.what
        assert "is not opened" in problem.what


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("PNG", "holiday.jpg", "its name says a JPEG, but its content is a PNG"),
        ("JPEG", "HOLIDAY.PNG", "its name says a PNG, but its content is a JPEG"),
        ("WEBP", "a.jpeg", "its name says a JPEG, but its content is a WebP"),
        ("HEIF", "IMG_1.jpg", "its name says a JPEG, but its content is a HEIF (HEIC)"),
        ("AVIF", "a.heic", "its name says a HEIF (HEIC), but its content is an AVIF"),
        ("TIFF", "a.webp", "its name says a WebP, but its content is a TIFF"),
    ],
)
def test_an_extension_of_another_format_is_refused(kind: str, name: str, said: str, encode: Encode) -> None:
    """R44: a file whose name promises another format is refused, both are named, and the remedy is to rename it."""
    problem = refusal(encode(kind), name)
    assert isinstance(problem, PhotoRefused)
    assert problem.what == said
    assert "rename" in problem.remedy
    ending = problem.remedy.rpartition(" ")[2]
    assert read_photo(encode(kind), name=f"holiday{ending}").format == kind


@pytest.mark.parametrize("name", ["DSC_1.NEF", "a.dng", "IMG.cr2", "x.arw"])
def test_camera_raw_is_refused(name: str, encode: Encode) -> None:
    """A raw file's first picture is a thumbnail that would pass for the photo: refused, by name or by what it holds."""
    assert "raw" in refusal(encode("TIFF"), name).what
    out = io.BytesIO()
    Image.new("RGB", (16, 12)).save(out, "TIFF", tiffinfo={0x00FE: 1})
    assert "raw" in refusal(out.getvalue(), "renamed.tif").what


def test_several_pictures_are_refused(encode: Encode) -> None:
    """R43: animations and scans of several pages are refused, because people in the others would be passed over."""
    frames = [Image.fromarray(np.full((8, 8, 3), tone, np.uint8)) for tone in (10, 100, 200)]
    for kind, said in (("WEBP", "an animation"), ("PNG", "several frames"), ("AVIF", "an animation")):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
        assert said in refusal(out.getvalue()).what, kind
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    assert "several pages" in refusal(out.getvalue()).what
    assert encode("TIFF")


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_measurements_are_refused(dtype: type[np.generic]) -> None:
    """Pixels that are measurements, not tones, are refused instead of being shown black or white."""
    out = io.BytesIO()
    Image.fromarray(np.ones((4, 4), dtype)).save(out, "TIFF")
    problem = refusal(out.getvalue())
    assert isinstance(problem, PhotoRefused)
    assert "measurements" in problem.what


def patched(data: bytes, after: bytes, skip: int, value: bytes) -> bytes:
    """Overwrite bytes of a file at a distance from the first place of a mark."""
    at = data.index(after) + len(after) + skip
    return data[:at] + value + data[at + len(value) :]


def huge(kind: str, side: int, encode: Encode) -> bytes:
    """Give a small file whose header claims a square of `side` pixels."""
    data = encode(kind)
    match kind:
        case "JPEG":
            return patched(data, b"\xff\xc0", 3, struct.pack(">HH", side, side))
        case "WEBP":
            extended = b"VP8X" + struct.pack("<I", 10) + b"\0" * 4 + (side - 1).to_bytes(3, "little") * 2
            return b"RIFF" + struct.pack("<I", len(data) + 10) + b"WEBP" + extended + data[12:]
        case "TIFF":
            wide = patched(data, b"\x00\x01\x04\x00\x01\0\0\0", 0, struct.pack("<I", side))
            return patched(wide, b"\x01\x01\x04\x00\x01\0\0\0", 0, struct.pack("<I", side))
        case _:
            return patched(data, b"ispe", 4, struct.pack(">II", side, side))


@pytest.mark.parametrize("side", [12_000, 65_000, 65_535])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_headers_that_claim_too_much_are_refused(kind: str, side: int, encode: Encode) -> None:
    """R44: the size is judged by the header, before a byte is decoded."""
    problem = refusal(huge(kind, side, encode))
    assert isinstance(problem, PhotoRefused)
    assert f"{side} x {side} pixels" in problem.what


@pytest.mark.parametrize(("width", "height"), [(65_535, 1), (1, 65_535), (30_001, 2), (13_000, 13_000), (2**31 - 1, 1)])
def test_png_headers_that_claim_too_much_are_refused(width: int, height: int, png: Encode) -> None:
    """R44: a PNG with a side of 65,535 pixels, or of 507 MB from 20 KB, is refused by its header."""
    bomb = png(width, height, depth=1, colour=0, rows=b"\0" * (1626 * 13_000 if width == 13_000 else 99))
    assert len(bomb) < 30_000
    problem = refusal(bomb, "bomb.png")
    assert isinstance(problem, PhotoRefused)
    assert f"{width} x {height} pixels" in problem.what


@pytest.mark.parametrize("lossless", [True, False])
def test_plain_webp_headers_that_claim_too_much_are_refused(encode: Encode, *, lossless: bool) -> None:
    """R44: also a WebP without the extended header, whose sides end at 16,383, is judged by what it claims."""
    data = encode("WEBP", exif=b"", lossless=lossless)
    most = b"\xff" * 3 + b"\x0f" if lossless else b"\xff\x3f" * 2
    at = 21 if lossless else 26
    problem = refusal(data[:at] + most + data[at + 4 :])
    assert "pixels" in problem.what
    assert str(16_384 if lossless else 16_383) in problem.what


def test_a_side_of_nothing_is_unreadable(png: Encode) -> None:
    """R44: a photo without width or height is damaged, not a crash."""
    assert isinstance(refusal(png(0, 10)), PhotoUnreadable)


def test_the_largest_sides_are_opened(png: Encode) -> None:
    """A panorama of 30,000 pixels is still a photo."""
    photo = read_photo(png(30_000, 3, depth=1, colour=0, rows=(b"\0" + b"\xff" * 3_750) * 3), name="")
    assert (photo.width, photo.height) == (30_000, 3)
    assert photo.pixels.all()


def test_a_tiff_of_huge_tiles_is_refused() -> None:
    """R44: a small TIFF whose tiles claim a gigapixel is refused before room is made for one."""
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "TIFF", compression="tiff_adobe_deflate")
    data = bytearray(out.getvalue())
    # The tags of strips become those of tiles; rows per strip and planar configuration become their width and length.
    of_tiles = {0x0111: 0x0144, 0x0117: 0x0145, 0x0116: 0x0142, 0x011C: 0x0143}
    entries = int.from_bytes(data[4:8], "little")
    for at in range(entries + 2, entries + 2 + 12 * data[entries], 12):
        tag = of_tiles.get(int.from_bytes(data[at : at + 2], "little"))
        if tag is not None:
            data[at : at + 2] = tag.to_bytes(2, "little")
        if tag in (0x0142, 0x0143):
            data[at + 2 : at + 12] = struct.pack("<HII", 4, 1, 60_000)
    assert refusal(bytes(data)).what == "a TIFF of so large tiles is not opened"


def test_a_jpeg_of_endless_scans_is_refused(encode: Encode) -> None:
    """R44: a few kilobytes of scans cannot keep the decoder busy for hours; what is appended is not counted."""
    data = encode("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    scan = data[last:-2]
    assert "scans" in refusal(data[:-2] + scan * MAX_JPEG_SCANS + data[-2:]).what
    assert read_photo(data + scan * MAX_JPEG_SCANS * 2, name="").width == 48


def test_text_bombs_in_a_png_are_refused(encode: Encode) -> None:
    """R44: compressed text that unfolds to hundreds of megabytes does not unfold."""
    import zlib  # noqa: PLC0415 - only here

    body = b"Comment\0\0" + zlib.compress(b"\0" * 50_000_000, 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    data = encode("PNG")
    assert isinstance(refusal(data[:33] + chunk + data[33:]), PhotoUnreadable)


@pytest.mark.parametrize(
    "raised",
    [
        *(struct.error("unpack"), ValueError("x"), OSError(errno.EIO, "x"), SyntaxError("x"), OverflowError("x")),
        *(
            RecursionError("x"),
            MemoryError(),
            KeyError("x"),
            AssertionError(),
            RuntimeError("x"),
            EOFError(),
            Warning(),
        ),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_whatever_a_decoder_raises_is_a_photo_problem(
    raised: Exception, encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R44: no exception of a decoder comes out as itself."""

    def fails(*_: object) -> None:
        raise raised

    data = encode("JPEG")
    monkeypatch.setattr("PIL.JpegImagePlugin.JpegImageFile.load_prepare", fails)
    assert isinstance(refusal(data), PhotoUnreadable)


def test_interruption_is_not_swallowed(encode: Encode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while decoding ends the run instead of counting as a damaged photo."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    data = encode("JPEG")
    monkeypatch.setattr("PIL.JpegImagePlugin.JpegImageFile.load_prepare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_photo(data, name="")


@pytest.mark.parametrize("opening", [open_photo, fingerprint_file])
class TestFilesThatAreNone:
    """What lies at a path may be no file, or none that can be read."""

    def test_nothing_there(self, opening: Callable[[Path], object], tmp_path: Path) -> None:
        """A path that leads nowhere is missing, also through a file, by a broken link, too long, or impossible."""
        (tmp_path / "file").write_bytes(b"x")
        (tmp_path / "broken").symlink_to(tmp_path / "gone")
        for name in ("gone.jpg", "file/below.jpg", "broken", "long" * 200, "nul\0.jpg"):
            with pytest.raises(PhotoMissing, match="no such file"):
                opening(tmp_path / name)

    def test_folders(self, opening: Callable[[Path], object], tmp_path: Path) -> None:
        """A folder is refused as one."""
        with pytest.raises(PhotoRefused, match="folder"):
            opening(tmp_path)

    def test_pipes_and_devices_never_block(self, opening: Callable[[Path], object], tmp_path: Path) -> None:
        """R44: a pipe without a writer, a socket and an endless device are refused at once."""
        os.mkfifo(tmp_path / "pipe.jpg")
        os.mknod(tmp_path / "socket", stat.S_IFSOCK | 0o600)
        for path in (tmp_path / "pipe.jpg", tmp_path / "socket", Path("/dev/zero"), Path("/dev/null")):
            with pytest.raises(PhotoRefused, match="device or pipe"):
                opening(path)

    @pytest.mark.timeout(20)
    def test_a_file_that_becomes_a_pipe_never_blocks(
        self, opening: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """R44: a pipe that was a file a moment ago is seen as one after opening, which waits for no writer."""
        os.mkfifo(tmp_path / "pipe.jpg")
        regular = tmp_path.joinpath("file")
        regular.write_bytes(b"x")
        was = regular.stat()
        monkeypatch.setattr(Path, "stat", lambda *_: was)
        with pytest.raises(PhotoRefused, match="device or pipe"):
            opening(tmp_path / "pipe.jpg")

    def test_links_in_a_circle(self, opening: Callable[[Path], object], tmp_path: Path) -> None:
        """Links that lead to each other are reported, not followed for ever."""
        (tmp_path / "a.jpg").symlink_to(tmp_path / "b.jpg")
        (tmp_path / "b.jpg").symlink_to(tmp_path / "a.jpg")
        with pytest.raises(PhotoUnreadable, match="back to itself"):
            opening(tmp_path / "a.jpg")

    def test_what_the_disk_refuses(
        self, opening: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file that may not be read, or that the disk cannot give, is unreadable and says why."""
        path = tmp_path / "a.jpg"
        path.write_bytes(b"x")
        for code, said in ((errno.EACCES, "may not be read"), (errno.EIO, os.strerror(errno.EIO))):

            def refuse(*_: object, code: int = code) -> int:
                raise OSError(code, os.strerror(code))

            monkeypatch.setattr(os, "open", refuse)
            with pytest.raises(PhotoUnreadable, match=said):
                opening(path)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, encode: Encode) -> None:
    """R44: what is larger than the cap is refused by its size; in memory too."""
    path = tmp_path / "large.jpg"
    path.write_bytes(encode("JPEG"))
    os.truncate(path, MAX_FILE_BYTES + 1)
    with pytest.raises(PhotoRefused, match="larger than 200 MB"):
        open_photo(path)
    os.truncate(path, 10_000)
    assert open_photo(path).width == 48


def test_a_folder_that_may_not_be_looked_into_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without access is told apart from one that was given by mistake."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PhotoUnreadable, match="looked into"):
        open_photo(tmp_path)
