"""What SQLite's own check does not look at in its file: the header's constants, and that free pages hold nothing.

The layout is that of <https://www.sqlite.org/fileformat2.html>, sections 1.3 and 1.5.
"""

from collections.abc import Iterator
from typing import Final

from countenance.stores._schema import APPLICATION_ID, FORMAT

HEADER_BYTES: Final = 100
MAGIC: Final = b"SQLite format 3\0"
# Field by field: where it begins, its bytes, what it always is in our files, and its name.
CONSTANTS: Final = (
    (18, b"\2", "the write version (WAL)"),
    (19, b"\2", "the read version (WAL)"),
    (20, b"\0", "the reserved space"),
    (21, bytes([64, 32, 32]), "the payload fractions"),
    (44, (4).to_bytes(4, "big"), "the schema's format"),
    (48, bytes(4), "the cache size"),
    (52, bytes(4), "the auto-vacuum root"),
    (56, (1).to_bytes(4, "big"), "the text encoding (UTF-8)"),
    (60, FORMAT.to_bytes(4, "big"), "the library's format"),
    (64, bytes(4), "incremental vacuum"),
    (68, APPLICATION_ID.to_bytes(4, "big"), "the application's id"),
    (72, bytes(20), "the reserved bytes"),
)
CHANGE_COUNTER: Final = 24
SIZE_IN_PAGES: Final = 28
FREELIST: Final = 32
FREELIST_COUNT: Final = 36
VERSION_VALID_FOR: Final = 92


def page_problems(image: bytes) -> Iterator[str]:
    """Give what is wrong with a database image besides what its integrity check tells."""
    if len(image) < HEADER_BYTES or not image.startswith(MAGIC):
        yield "it does not begin as an SQLite database does"
        return
    for start, expected, name in CONSTANTS:
        if image[start : start + len(expected)] != expected:
            yield f"the header's field for {name} was changed"
    if _number(image, CHANGE_COUNTER) != _number(image, VERSION_VALID_FOR):
        yield "the header's change counters differ"
    size = int.from_bytes(image[16:18], "big")
    page_bytes = 65536 if size == 1 else size
    if not page_bytes or len(image) % page_bytes or _number(image, SIZE_IN_PAGES) != len(image) // page_bytes:
        yield "the file's length is not the one in its header"
        return
    yield from _free_problems(image, page_bytes)


def _free_problems(image: bytes, page_bytes: int) -> Iterator[str]:
    """Follow the list of free pages: each trunk page names the next one and the leaf pages that hold nothing."""
    pages = len(image) // page_bytes
    seen: set[int] = set()
    trunk = _number(image, FREELIST)
    while trunk:
        start = (trunk - 1) * page_bytes
        leaves = _number(image, start + 4) if trunk <= pages else pages
        if trunk in seen or leaves > page_bytes // 4 - 2:
            yield "the list of free pages is broken"
            return
        seen.add(trunk)
        for place in range(leaves):
            leaf = _number(image, start + 8 + 4 * place)
            seen.add(leaf)
            if any(image[(leaf - 1) * page_bytes : leaf * page_bytes]):
                yield f"the free page {leaf} is not empty"
        trunk = _number(image, start)
    if len(seen) != _number(image, FREELIST_COUNT):
        yield "the number of free pages is not the one in the header"


def _number(image: bytes, start: int) -> int:
    return int.from_bytes(image[start : start + 4], "big")
