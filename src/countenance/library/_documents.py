"""Documents that a library gives out about itself: what they say as a value, and that value as HTML, Markdown or JSON.

What is in them is for those who write them; nothing here knows a policy or a person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import TypeAlias

from countenance.library._charts import Plot, Table, chart_html, chart_in_words
from countenance.library._counts import Counts, Figures, numbers_html, numbers_in_words

_PAGE = "document.html"
# The common form of an e-mail address; one that is written otherwise stays text.
_ADDRESS = re.compile(r"\b[A-Za-z0-9][A-Za-z0-9.+_-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b")
# Most languages set a colon like English.
_COLONS = {"fr": "\N{NO-BREAK SPACE}:"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences; `to_fill_in` marks what the software cannot know and the controller must write."""

    text: str
    to_fill_in: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list of short texts."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what is to be said about each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text to the letter, in its language, under a head by which it is unfolded; `unfolded` shows it at once."""

    head: str
    language: str
    text: str
    unfolded: bool = False


Block: TypeAlias = Paragraph | Items | Facts | Wording | Figures | Counts | Table | Plot


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document; `name` is its name for programs."""

    name: str
    heading: str
    blocks: tuple[Block, ...]

    @property
    def to_fill_in(self) -> int:
        """How many places of it the controller must fill in."""
        return sum(isinstance(block, Paragraph) and block.to_fill_in for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Document:
    """A document in one language: title, a sentence below it, sections, and a line at the foot."""

    language: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    foot: str


def document_html(document: Document) -> str:
    """Write a document as one HTML file that needs no other."""
    return Template((files("countenance.library") / _PAGE).read_text(encoding="utf-8")).substitute(
        language=escape(document.language),
        title=escape(document.title),
        lead=escape(document.lead),
        sections="\n".join(
            f'<section id="{escape(section.name)}">\n<h2>{escape(section.heading)}</h2>\n'
            + "\n".join(map(_html, section.blocks))
            + "\n</section>"
            for section in document.sections
        ),
        foot=escape(document.foot),
    )


def document_markdown(document: Document) -> str:
    """Write a document as Markdown (CommonMark); nothing in its texts is taken for markup."""
    parts = [f"# {_plain(document.title)}", _plain(document.lead)]
    for section in document.sections:
        parts.append(f"## {_plain(section.heading)}")
        parts += [_markdown(block, _COLONS.get(document.language, ":")) for block in section.blocks]
    return "\n\n".join([*parts, "---", _plain(document.foot)]) + "\n"


def document_object(document: Document) -> dict[str, object]:
    """Give a document for programs: what each section says line by line, each with its kind and (for a fact) name."""
    return {
        "language": document.language,
        "title": document.title,
        "lead": document.lead,
        "sections": [
            {
                "name": section.name,
                "heading": section.heading,
                "says": [
                    {"kind": kind, "name": name, "text": text}
                    for block in section.blocks
                    for kind, name, text in _said(block)
                ],
            }
            for section in document.sections
        ],
        "foot": document.foot,
    }


def _html(block: Block) -> str:
    match block:
        case Paragraph(text, to_fill_in=True):
            return f'<p class="fill">{escape(text)}</p>'
        case Paragraph(text):
            return f"<p>{_linked(text)}</p>"
        case Items(items):
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
        case Facts(rows):
            return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{_linked(said)}</dd>' for name, said in rows)}</dl>"
        case Wording(head, language, text, unfolded):
            # A browser drops a line end right behind <pre>, so that a text may begin with one of its own.
            return (
                f"<details{' open' if unfolded else ''}><summary>{escape(head)}</summary>"
                f'<pre lang="{escape(language)}">\n{escape(text)}</pre></details>'
            )
        case Figures() | Counts() | Table() | Plot():
            return chart_html(block) if isinstance(block, Table | Plot) else numbers_html(block)


def _linked(text: str) -> str:
    """Escape a text for HTML; an e-mail address in it can be tapped."""
    return _ADDRESS.sub(r'<a href="mailto:\g<0>">\g<0></a>', escape(text))


def _markdown(block: Block, colon: str) -> str:
    match block:
        case Paragraph(text, to_fill_in=True):
            return f"> **{_plain(text)}**"
        case Paragraph(text):
            return _plain(text)
        case Items(items):
            return "\n".join(f"- {_plain(item)}" for item in items)
        case Facts(rows):
            return "\n".join(f"- **{_plain(name)}**{colon} {_plain(said)}" for name, said in rows)
        case Wording(head, _, text):
            return f"### {_plain(head)}\n\n" + "\n".join(_quoted(text))
        case Figures() | Counts() | Table() | Plot():
            caption = [f"**{_plain(block.caption)}**", ""] if isinstance(block, Counts | Table) else []
            told = (f"- {_plain(name)}{colon} {_plain(said)}" for name, said in _in_words(block))
            return "\n".join([*caption, *told])


def _said(block: Block) -> Iterator[tuple[str, str, str]]:
    match block:
        case Paragraph(text, to_fill_in):
            yield "to-fill-in" if to_fill_in else "sentence", "", text
        case Items(items):
            yield from (("item", "", item) for item in items)
        case Facts(rows):
            yield from (("fact", name, said) for name, said in rows)
        case Wording(_, language, text):
            yield "wording", language, text
        case Figures() | Counts() | Table() | Plot():
            kind = "count" if isinstance(block, Figures | Counts) else "row"
            yield from ((kind, name, said) for name, said in _in_words(block))


def _in_words(block: Figures | Counts | Table | Plot) -> Iterator[tuple[str, str]]:
    return chart_in_words(block) if isinstance(block, Table | Plot) else numbers_in_words(block)


def _quoted(text: str) -> Iterator[str]:
    """Indent a text by four blanks, which shows it to the letter."""
    for line in text.splitlines():
        yield f"    {line}".rstrip()


def _plain(text: str) -> str:
    """Escape what CommonMark would take for markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|!~&" else letter for letter in text)
