"""A document on the terminal: headings, sentences and facts in lines that fit."""

from collections.abc import Iterator

from countenance.cli._speaking import clean, table, width, wrapped
from countenance.library import Block, Counts, Document, Facts, Figures, Items, Paragraph, Wording, numbers_in_words


def document_lines(document: Document, *, texts: bool = True) -> Iterator[str]:
    """Give the lines of a document; without `texts`, of its longer texts only their heads."""
    yield clean(document.title)
    yield "=" * len(clean(document.title))
    yield wrapped(clean(document.lead))
    for section in document.sections:
        yield ""
        yield clean(section.heading)
        yield "-" * len(clean(section.heading))
        for block in section.blocks:
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
        case Figures() | Counts():
            yield from _numbers(block)


def _numbers(block: Figures | Counts) -> Iterator[str]:
    if isinstance(block, Counts):
        rows = [[clean(name), *map(block.written, numbers)] for name, numbers in block.rows]
        yield ""
        yield wrapped(clean(block.caption))
        yield from (f"  {line}" for line in table(block.heads, rows, widest=width() - 2))
    else:
        for what, said in numbers_in_words(block):
            yield wrapped(clean(f"{what}: {said}"), first="  ", then="      ")
