"""R44: memory stays under a cap whatever a file claims; seen from outside, in a process of its own."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.photos._limits import MAX_PIXELS

Encode = Callable[..., bytes]

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process's peak")

# What refusing may need beyond the file itself.
REFUSAL_MB = 24
# What decoding may need: the largest measured are 13 bytes a pixel, 18 for WebP.
DECODING_BYTES_PER_PIXEL = 20

WITNESS = """
import base64, json, sys
from countenance.errors import PhotoProblem
from countenance.photos import read_photo

def peak_mb():
    return int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) / 1024

read_photo(base64.b64decode(sys.stdin.readline()), name="")  # every library is loaded, every cache warm
before, told = peak_mb(), []
for line in sys.stdin:
    try:
        read_photo(base64.b64decode(line), name="")
        told.append("opened")
    except PhotoProblem as problem:
        told.append(type(problem).__name__)
print(json.dumps([told, peak_mb() - before]))
"""


def witnessed(first: bytes, *files: bytes) -> tuple[list[str], float]:
    """Open files in a process of its own; give what came of each, and by how many MB its peak memory grew."""
    lines = "\n".join(base64.b64encode(data).decode() for data in (first, *files))
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", WITNESS], input=lines, capture_output=True, text=True, check=True, timeout=120
    )
    told, grown = json.loads(done.stdout)
    return told, grown


def test_bombs_are_refused_without_their_memory(encode: Encode, png: Encode) -> None:
    """R44: what would unfold to hundreds of megabytes is refused in a few, and the process goes on."""
    claims = {
        "PNG of 507 MB": png(13_000, 13_000, depth=1, colour=0, rows=b"\0" * (1626 * 13_000)),
        "PNG of 65,535 a side": png(65_535, 65_535),
        "AVIF": claimed(encode("AVIF"), 16_384),
        "HEIF": claimed(encode("HEIF"), 16_384),
        "WebP": b"RIFF\x64\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (16_382).to_bytes(3, "little") * 2 + b"\0" * 60,
        "GIF": b"GIF89a" + b"\xff\xff" * 2 + b"\xf7\0\0" + b"\0" * 800,
    }
    told, grown = witnessed(encode("PNG"), *claims.values(), encode("JPEG"))
    assert dict(zip(claims, told, strict=False)) == dict.fromkeys(claims, "PhotoRefused")
    assert told[-1] == "opened"
    assert grown < REFUSAL_MB


def claimed(data: bytes, side: int) -> bytes:
    """Give a HEIF or AVIF whose header claims a square of `side` pixels."""
    at = data.index(b"ispe") + 8
    return data[:at] + side.to_bytes(4, "big") * 2 + data[at + 8 :]


def test_decoding_needs_no_more_than_is_said(encode: Encode, png: Encode) -> None:
    """R44: a photo of 25 megapixels stays under 20 bytes a pixel, so that the largest opened stays under 2.2 GB."""
    large = png(5_000, 5_000, depth=8, colour=2, rows=(b"\0" + b"\x80\x40\x20" * 5_000) * 5_000)
    told, grown = witnessed(encode("PNG"), large)
    assert told == ["opened"]
    assert grown * 2**20 < 25_000_000 * DECODING_BYTES_PER_PIXEL
    assert MAX_PIXELS * DECODING_BYTES_PER_PIXEL <= 2_200_000_000
