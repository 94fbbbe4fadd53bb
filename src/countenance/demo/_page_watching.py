"""The part of the page that tells who watches the watchers."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

from countenance.demo._outsider import Said
from countenance.demo._story import Story
from countenance.demo._words import count

# Of what a proof says, the lines before this one are shown; whoever wants the rest opens it.
FOLDED_FROM = "  Photos:"


def watching_places(story: Story) -> dict[str, str]:
    """Give what is filled into the page's section, by its places there."""
    return {
        "proved": _proved(story),
        "proof": _proof(story),
        "proof_changed": _said(story.watched.changed),
        "remembered": _remembered(story),
        "checkpoint": escape(story.checkpoint.read_text(encoding="utf-8").strip()),
        "continued": _continued(story),
        "other_past": _other_past(story),
        "noticed": _noticed(story),
    }


def _proved(story: Story) -> str:
    watched = story.watched
    file = _link(story, story.proof, "the search that found her")
    return (
        f"With what is kept about her Lisa got a proof of each of the {count(watched.proofs, 'entry', 'entries')} that "
        f"concern her. They were checked by {escape(watched.by)}. Of the proof of {file} it says:"
    )


def _proof(story: Story) -> str:
    lines = story.watched.search.text.splitlines()
    fold = next((place for place, line in enumerate(lines) if line.startswith(FOLDED_FROM)), len(lines))
    more = f"<details><summary>Which photos, and more</summary>{_lines(lines[fold:])}</details>" if lines[fold:] else ""
    return _lines(lines[:fold]) + more


def _remembered(story: Story) -> str:
    file = _link(story, story.checkpoint, "this file")
    return (
        f"After the questions of step 3, when the record had {count(story.remembered, 'entry', 'entries')}, the office "
        f"gave {file} to the parents&rsquo; council. It has the record&rsquo;s name, how many entries there were, one "
        "number that no other entries would give, and the library&rsquo;s signature. It tells nothing about anybody."
    )


def _continued(story: Story) -> str:
    return (
        f"At the end of the day the record had {count(story.ledger_size, 'entry', 'entries')}, and began with the same "
        f"{story.remembered}."
    )


def _other_past(story: Story) -> str:
    return (
        "Then the past was changed, as only somebody with the key can. The library was put back to where it was before "
        "step 3, and the four questions were asked once more; but in place of the one that found Robin, another, about "
        "nobody. Then the day went on, as if nothing were. That record has "
        f"{count(story.watched.other_size, 'entry', 'entries')}, is signed, and is in order: whoever sees it alone "
        "finds nothing wrong with it. Beside the council&rsquo;s file it says:"
    )


def _noticed(story: Story) -> str:
    if story.watched.noticed.holds:
        return f'<div class="verdict bad"><p><strong>Nobody noticed.</strong></p></div>{_said(story.watched.noticed)}'
    verdict = '<div class="verdict"><p><strong>The past was changed: noticed.</strong></p></div>'
    return f"{_said(story.watched.noticed)}{verdict}"


def _said(said: Said) -> str:
    return _lines(said.text.splitlines())


def _lines(lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    return f'<pre class="said">{escape(text)}</pre>'


def _link(story: Story, file: Path, text: str) -> str:
    return f'<a href="{quote(file.relative_to(story.folder).as_posix())}">{text}</a>'
