"""Copies hold pixels and nothing else (R17), are whole or not there, and never replace what somebody else put there."""

import errno
import hashlib
import io
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pillow_heif
import pytest
from PIL import Image, ImageCms

from countenance.errors import PhotoNotWritten
from countenance.photos import discard, open_photo, place, publishable_format, read_photo, write_clean

Pixels = npt.NDArray[np.uint8]
Encode = Callable[..., bytes]

WRITTEN = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif", "AVIF": ".avif"}
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")
LOSSY_LEVELS = 6.0

SECRETS = (b"Ada Lovelace", b"52.5163", b"SN-0042", b"a trailer of the original", b"xmp-secret", b"caption-secret")
MARKS = (b"Exif", b"http://ns.adobe.com", b"<x:xmpmeta", b"MPF\0", b"ICC_PROFILE", b"acsp", b"8BIM", b"GPS", b"tEXt")


def telling(kind: str, upright: Pixels, encode: Encode) -> bytes:
    """Give a photo that tells all it can: EXIF with name, place and thumbnail, XMP, profile, comment, trailer."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = SECRETS[0].decode()
    exif[0x010E] = SECRETS[2].decode()
    if kind != "TIFF":
        exif[0x8825] = {1: "N", 2: (52.0, 30.0, 58.7), 29: SECRETS[1].decode()}
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRETS[4] + b"</x:xmpmeta>"
    if kind == "HEIF":
        container = pillow_heif.from_pillow(Image.fromarray(upright))
        container.info.update(exif=exif.tobytes(), xmp=xmp)
        out = io.BytesIO()
        container.save(out)
        return out.getvalue() + struct.pack(">I", 8 + len(SECRETS[3])) + b"free" + SECRETS[3]
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    options |= {"xmp": xmp} if kind in ("JPEG", "WEBP", "AVIF") else {}
    options |= {"comment": SECRETS[5]} if kind == "JPEG" else {}
    out = io.BytesIO()
    Image.fromarray(upright).save(out, kind, **options)
    data = out.getvalue()
    if kind == "JPEG":
        data = with_thumbnail_and_mpf(data, encode)
    return data + SECRETS[3]


def with_thumbnail_and_mpf(data: bytes, encode: Encode) -> bytes:
    """Put a second picture into a JPEG where cameras put them: an EXIF thumbnail and a multi-picture index."""
    small = encode("JPEG", np.full((8, 8, 3), 77, np.uint8))
    tags = struct.pack("<HHIIHHII", 0x0201, 4, 1, 8 + 2 + 24 + 4, 0x0202, 4, 1, len(small))
    thumbnail = b"Exif\0\0II*\0\x08\0\0\0\x02\0" + tags + b"\0" * 4 + small
    segments = b"".join(
        b"\xff" + marker + struct.pack(">H", 2 + len(body)) + body
        for marker, body in ((b"\xe1", thumbnail), (b"\xe2", b"MPF\0II*\0\x08\0\0\0\0\0\0\0\0\0"))
    )
    return data[:2] + segments + data[2:]


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_of_the_original_but_its_pixels_leaves(
    kind: str, upright: Pixels, encode: Encode, tmp_path: Path
) -> None:
    """R17: no EXIF, place, thumbnail, XMP, second picture, profile, comment or trailer is in the copy's bytes."""
    original = tmp_path / f"original{'.heic' if kind == 'HEIF' else WRITTEN[kind]}"
    data = telling(kind, upright, encode)
    original.write_bytes(data)
    carried = [secret for secret in SECRETS if secret in data]
    assert len(carried) >= 2, "the original has nothing to tell, so the test could not fail"
    photo = open_photo(original)
    format_, suffix = publishable_format(photo.format)
    copy = tmp_path / f"copy{suffix}"
    write_clean(photo.pixels, copy, format=format_)
    written = copy.read_bytes()
    assert not [found for found in (*SECRETS, *MARKS) if found in written]
    assert written.count(b"\xff\xd8\xff") == (1 if format_ == "JPEG" else 0)
    with Image.open(copy) as image:
        told = {name for name in image.info if "jfif" not in name}
        assert told <= {"compression", "resolution", "dpi", "loop", "background", "timestamp", "duration"}
        assert not image.getexif().get(0x0112)
        assert not set(image.getexif()) & {0x010F, 0x0131, 0x0132, 0x013B, 0x8825, 0x8769}
    assert np.abs(open_photo(copy).pixels.astype(int) - photo.pixels).mean() < LOSSY_LEVELS
    assert original.read_bytes() == data


@pytest.mark.parametrize("kind", WRITTEN)
def test_the_same_pixels_give_the_same_bytes(kind: str, upright: Pixels, tmp_path: Path) -> None:
    """No time, machine or chance is in a copy: writing it again gives the same file, and its hash is of those bytes."""
    first = write_clean(upright, tmp_path / "one", format=kind)
    second = write_clean(upright[:, ::-1][:, ::-1], tmp_path / "two", format=kind)
    assert first == second == hashlib.sha256((tmp_path / "one").read_bytes()).hexdigest()
    assert read_photo((tmp_path / "one").read_bytes(), name="").format == kind


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_lossless_copies_are_lossless(kind: str, upright: Pixels, tmp_path: Path) -> None:
    """PNG and TIFF copies have exactly the pixels that were given."""
    write_clean(upright, tmp_path / "copy", format=kind)
    assert np.array_equal(read_photo((tmp_path / "copy").read_bytes(), name="").pixels, upright)


def test_quality_is_heard(upright: Pixels, tmp_path: Path) -> None:
    """A lower quality gives a smaller file; one out of range is a mistake of the caller."""
    noise = np.random.default_rng(5).integers(0, 255, (64, 64, 3)).astype(np.uint8)
    for kind in ("JPEG", "WEBP", "AVIF"):
        write_clean(noise, tmp_path / f"good.{kind}", format=kind)
        write_clean(noise, tmp_path / f"poor.{kind}", format=kind, quality=30)
        assert (tmp_path / f"poor.{kind}").stat().st_size < (tmp_path / f"good.{kind}").stat().st_size * 0.8
    with pytest.raises(ValueError, match="quality"):
        write_clean(upright, tmp_path / "x", format="JPEG", quality=0)


@pytest.mark.parametrize(
    ("pixels", "kind"),
    [
        (np.zeros((4, 4), np.uint8), "JPEG"),
        (np.zeros((4, 4, 4), np.uint8), "JPEG"),
        (np.zeros((4, 4, 3), np.float32), "PNG"),
        (np.zeros((4, 4, 3), np.uint8), "HEIF"),
        (np.zeros((4, 4, 3), np.uint8), "GIF"),
    ],
)
def test_what_cannot_be_meant_is_refused(pixels: Pixels, kind: str, tmp_path: Path) -> None:
    """Other shapes or types of pixels, or a format that is not written, are a mistake of the caller."""
    with pytest.raises(ValueError):  # noqa: PT011 - each says its own
        write_clean(pixels, tmp_path / "copy", format=kind)
    assert not list(tmp_path.iterdir())


def test_every_format_that_is_opened_has_one_to_publish_in() -> None:
    """HEIF leaves as JPEG, which everybody can see; the others as they came."""
    assert {kind: publishable_format(kind) for kind in FORMATS} == {
        "JPEG": ("JPEG", ".jpg"),
        "PNG": ("PNG", ".png"),
        "WEBP": ("WEBP", ".webp"),
        "TIFF": ("TIFF", ".tif"),
        "HEIF": ("JPEG", ".jpg"),
        "AVIF": ("AVIF", ".avif"),
    }


def test_nothing_is_overwritten(upright: Pixels, tmp_path: Path) -> None:
    """R19: a file, a folder or a link that is there already stays as it is, and so does what the link leads to."""
    (tmp_path / "there.jpg").write_bytes(b"theirs")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "link.jpg").symlink_to(tmp_path / "there.jpg")
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "gone.jpg")
    for name in ("there.jpg", "folder.jpg", "link.jpg", "dangling.jpg"):
        with pytest.raises(PhotoNotWritten, match="there already"):
            write_clean(upright, tmp_path / name, format="JPEG")
    assert (tmp_path / "there.jpg").read_bytes() == b"theirs"
    assert not (tmp_path / "gone.jpg").exists()


def test_a_copy_that_cannot_be_finished_is_not_there(
    upright: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R40 begins here: a full or failing disk gives a clean error and leaves no half file, on Ctrl-C neither."""
    with pytest.raises(PhotoNotWritten, match="No such file"):
        write_clean(upright, tmp_path / "no/folder/copy.jpg", format="JPEG")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PhotoNotWritten, match="No space left") as caught:
        write_clean(upright, tmp_path / "copy.jpg", format="JPEG")
    assert caught.value.remedy

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_clean(upright, tmp_path / "copy.jpg", format="JPEG")
    assert not list(tmp_path.iterdir())


def test_what_an_encoder_cannot_is_said(tmp_path: Path) -> None:
    """A side that a format has no room for is an error with a remedy, and nothing is left."""
    with pytest.raises(PhotoNotWritten, match="could not be written as WEBP") as caught:
        write_clean(np.zeros((1, 16_400, 3), np.uint8), tmp_path / "copy.webp", format="WEBP")
    assert caught.value.remedy
    assert not list(tmp_path.iterdir())


def test_copies_reach_the_disk(upright: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy and its folder are synced when it is written, and the folders when it is placed."""
    synced: list[str] = []
    fsync = os.fsync

    def seen(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name if Path("/proc/self/fd").exists() else "")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", seen)
    (tmp_path / "elsewhere").mkdir()
    write_clean(upright, tmp_path / "copy.jpg", format="JPEG")
    assert len(synced) == 2
    place(tmp_path / "copy.jpg", tmp_path / "elsewhere/copy.jpg")
    assert len(synced) == 4
    if synced[0]:
        assert synced == ["copy.jpg", tmp_path.name, "elsewhere", tmp_path.name]


def test_placing_is_one_step(tmp_path: Path) -> None:
    """A finished copy gets its name in one step, in place of an earlier one; what is missing is an error."""
    (tmp_path / "temporary").write_bytes(b"new")
    (tmp_path / "target").write_bytes(b"old")
    place(tmp_path / "temporary", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"new"
    assert not (tmp_path / "temporary").exists()
    with pytest.raises(PhotoNotWritten, match="could not be written"):
        place(tmp_path / "temporary", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"new"


def test_discarding_is_final_and_may_be_repeated(tmp_path: Path) -> None:
    """What is discarded is gone; what is gone, or its folder, is no error; what cannot be removed is."""
    (tmp_path / "copy").write_bytes(b"x")
    discard(tmp_path / "copy")
    discard(tmp_path / "copy")
    discard(tmp_path / "no folder" / "copy")
    assert not list(tmp_path.iterdir())
    (tmp_path / "folder").mkdir()
    with pytest.raises(PhotoNotWritten, match="could not be removed"):
        discard(tmp_path / "folder")
