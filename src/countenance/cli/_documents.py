"""A document on the terminal: headings, sentences and facts in lines that fit."""

from collections.abc import Iterator

from countenance.cli._speaking import clean, wrapped
from countenance.library import Block, Document, Facts, Items, Paragraph, Wording


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
