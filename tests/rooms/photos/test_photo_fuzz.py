"""R44: whatever bytes are opened, a photo comes out or a PhotoProblem; never anything else."""

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from countenance.errors import PhotoProblem
from countenance.photos import Photo, read_photo

Encode = Callable[..., bytes]
Damage = list[tuple[float, int, int]]

# For each format 120 files: with the plain bytes below about 1,000 in all, in a few seconds. Nightly there are more.
EXAMPLES = 120
KINDS = ("JPEG", "PROGRESSIVE", "PNG", "WEBP", "TIFF", "LZW", "HEIF", "AVIF")


@pytest.fixture(scope="module")
def seeds(encode: Encode) -> dict[str, bytes]:
    """Give one whole photo file of each kind."""
    tones = np.random.default_rng(11).integers(0, 255, (40, 56, 3)).astype(np.uint8)
    special = {
        "PROGRESSIVE": encode("JPEG", tones, orientation=6, progressive=True),
        "LZW": encode("TIFF", tones, orientation=6, compression="tiff_lzw"),
    }
    return special | {kind: encode(kind, tones, orientation=6) for kind in KINDS if kind not in special}


def opened(data: bytes, name: str = "") -> Photo | None:
    """Open bytes; whatever is not a photo must be a problem that says what."""
    try:
        photo = read_photo(data, name=name)
    except PhotoProblem as problem:
        return None if problem.what and problem.remedy else pytest.fail("a refusal without words")
    assert photo.pixels.shape == (photo.height, photo.width, 3)
    assert photo.pixels.dtype == np.uint8
    return photo


def mended(data: bytes) -> bytes:
    """Make the checksums of a PNG's chunks right again, as somebody who means harm would."""
    out, at = data[:8], 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        chunk = data[at + 4 : at + 8 + length]
        out += data[at : at + 4] + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        at += 12 + length
    return out


# A place (most headers lie in the first 512 bytes), a new byte, and how many bytes are repeated or dropped there.
damage = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from((0, 1, 0x7F, 0x80, 0xFF)) | st.integers(0, 255), st.integers(-40, 40)),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_photos_are_opened_or_refused(kind: str, seeds: dict[str, bytes]) -> None:
    """R44: a photo with bytes changed, dropped and repeated anywhere brings no exception but a PhotoProblem."""
    whole = seeds[kind]
    assert opened(whole)
    outcomes = set()

    @settings(max_examples=max(EXAMPLES, settings().max_examples))
    @given(changes=damage, in_header=st.booleans())
    def holds(changes: Damage, in_header: bool) -> None:  # noqa: FBT001 - Hypothesis gives it by name
        data = bytearray(whole)
        for where, value, run in changes:
            at = int(where * (min(512, len(data)) - 1 if in_header else len(data) - 1))
            data[at] = value
            if run > 20:
                data[at:at] = data[at : at + run]
            elif run < -30:
                del data[at : at + run // -4]
        outcomes.add(opened(mended(bytes(data)) if kind == "PNG" else bytes(data)) is None)

    holds()
    # A PNG's pixels carry a checksum of their own, so that hardly any damage to them passes.
    assert outcomes == {True, False} or (kind == "PNG" and True in outcomes)


@given(st.binary(max_size=300), st.sampled_from((b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")))
@example(b"\0\0\0\x18ftypheic" + b"\0" * 16, b"")
@example(b"\0\0\0\x18ftypavif" + b"\0" * 16, b"")
@example(b"RIFF\x0c\0\0\0WEBPVP8X", b"")
def test_any_bytes_are_opened_or_refused(data: bytes, signature: bytes) -> None:
    """R44: arbitrary bytes, with and without a signature in front, bring no exception but a PhotoProblem."""
    assert opened(signature + data) is None


@given(st.text(max_size=30))
def test_any_name_is_held_against_the_content(name: str) -> None:
    """No file name, however odd, brings an exception but a PhotoProblem."""
    opened(b"\xff\xd8\xff", name)
