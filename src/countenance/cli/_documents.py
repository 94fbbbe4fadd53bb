"""A document on the terminal: headings, sentences and facts in lines that fit."""

from collections.abc import Iterable, Iterator, Sequence

from countenance.cli._speaking import clean, table, width, wrapped
from countenance.library import (
    Block,
    Counts,
    Document,
    Facts,
    Figures,
    Items,
    Paragraph,
    Plot,
    Table,
    Wording,
    numbers_in_words,
)


def document_lines(document: Document, *, texts: bool = True) -> Iterator[str]:
    """Give the lines of a document; without `texts`, of its longer texts only their heads."""
    yield clean(document.title)
    yield "=" * len(clean(document.title))
    yield wrapped(clean(document.lead))
    for section in document.sections:
        yield ""
        yield clean(section.heading)
        yield "-" * len(clean(section.heading))
        for before, block in zip((None, *section.blocks), section.blocks, strict=False):
            if isinstance(before, Counts | Table) and not isinstance(block, Counts | Table):
                yield ""
            if texts or not (isinstance(block, Wording) and block.unfolded):  # the head alone would promise the text
                yield from _lines(block, texts=texts)
    yield ""
    yield wrapped(clean(document.foot))


def _lines(block: Block, *, texts: bool) -> Iterator[str]:
    match block:
        case Paragraph(text, to_fill_in=True):
            yield wrapped(clean(text), first="  > ", then="  > ")
        case Paragraph(text):
            yield wrapped(clean(text))
        case Items(items):
            for item in items:
                yield wrapped(clean(item), first="  - ", then="    ")
        case Facts(rows):
            for name, said in rows:
                yield wrapped(clean(name), first="  ", then="  ")
                yield wrapped(clean(said), first="      ", then="      ")
        case Wording(head, _, text):
            yield wrapped(clean(head), first="  ", then="  ")
            for line in text.splitlines() if texts else ():
                yield wrapped(clean(line), first="      ", then="      ") if line.strip() else ""
        case Figures() | Counts() | Table() | Plot():
            yield from _numbers(block)


def _numbers(block: Figures | Counts | Table | Plot) -> Iterator[str]:
    match block:
        case Counts():
            yield from _table(
                block.caption, block.heads, ([name, *map(block.written, row)] for name, row in block.rows)
            )
        case Table():
            yield from _table(block.caption, block.heads, block.rows)
        case Figures():
            for what, said in numbers_in_words(block):
                yield wrapped(clean(f"{what}: {said}"), first="  ", then="      ")
        case Plot():
            yield wrapped(clean(f"{block.caption}: {block.shows}"), first="  ", then="      ")


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield wrapped(clean(caption))
    yield from (f"  {line}" for line in table(heads, ([*map(clean, row)] for row in rows), widest=width() - 2))
