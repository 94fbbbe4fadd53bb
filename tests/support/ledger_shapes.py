"""Payloads of ledger entries that are framed as docs/formats/ledger.md says, and such as are not."""

# How long a part is that holds the shortest text, by the version of the payload.
PART_BYTES = {1: 12 + 1024 + 16, 2: 32 + 12 + 1024 + 16}


def framed(*parts: bytes, version: int = 1) -> bytes:
    """Give a payload with these parts, framed."""
    return bytes([version]) + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


CONTROLLER = b"c" * PART_BYTES[1]
LOW, HIGH, HIGHER, HIGHEST = (letter * PART_BYTES[1] for letter in (b"l", b"m", b"n", b"o"))
# Of version 2: two parts that begin with the same commitment, and differ behind it; and one with another commitment.
COMMITTED, LOWER_TWIN, UPPER_TWIN, OTHER = (
    start * 32 + end * (PART_BYTES[2] - 32) for start, end in ((b"c", b"c"), (b"l", b"l"), (b"l", b"m"), (b"m", b"l"))
)

MALFORMED = {
    "nothing": b"",
    "only a version": b"\x01",
    "the frame of the other version": b"\x02" + framed(CONTROLLER, LOW)[1:],
    "another version": b"\x03" + framed(CONTROLLER, LOW)[1:],
    "version zero": b"\x00" + framed(CONTROLLER, LOW)[1:],
    "no person part": framed(CONTROLLER),
    "three person parts": framed(CONTROLLER, LOW, HIGH, HIGHER),
    "parts out of order": framed(CONTROLLER, HIGH, LOW),
    "a part twice": framed(CONTROLLER, LOW, LOW),
    "person parts of two lengths": framed(CONTROLLER, LOW, b"m" * (12 + 2048 + 16)),
    "a length that is not doubled up": framed(CONTROLLER, LOW + b"l"),
    "a length below the least": framed(CONTROLLER, b"l" * (12 + 512 + 16)),
    "an empty part": framed(CONTROLLER, b""),
    "a part beyond the most": framed(CONTROLLER, bytes(12 + 2**25 + 16)),
    "a byte missing": framed(CONTROLLER, LOW)[:-1],
    "a part cut to a length that another part may have": framed(CONTROLLER, b"l" * (12 + 2048 + 16))[:-1024],
    "a byte too many": framed(CONTROLLER, LOW) + b"\0",
    "half a length": framed(CONTROLLER, LOW) + b"\0\0",
    "a length beyond the end": framed(CONTROLLER) + (2**32 - 1).to_bytes(4, "big"),
    "two parts for one key": framed(COMMITTED, LOWER_TWIN, UPPER_TWIN, version=2),
}

WELL_FRAMED = (
    framed(CONTROLLER, LOW),
    framed(CONTROLLER, LOW, HIGH),
    framed(CONTROLLER, LOW, HIGH, HIGHER, HIGHEST),
    framed(COMMITTED, LOWER_TWIN, OTHER, version=2),
)
