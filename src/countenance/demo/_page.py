"""The page that tells what happened, in words for somebody who has photos to look after and no time."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from countenance import Purpose
from countenance.demo._cast import ALLOWED, MEMBERS, ROBIN, Member, member_of
from countenance.demo._page_watching import watching_places
from countenance.demo._pictures import Pair, Pictures, found_in
from countenance.demo._story import Asked, Story
from countenance.demo._words import Line, count, day, listed

# Pairs on the page; the sheet has all of them.
MOST_PAIRS = 6

_CHECKS = {True: "in order", False: "NOT in order"}


def write_page(story: Story, pictures: Pictures, record: Iterable[Line]) -> Path:
    """Write index.html into the demo's folder."""
    template = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
    strangers = {one.portrait for photo in story.group_photos for one in photo.present if not member_of(one.portrait)}
    page = story.folder / "index.html"
    page.write_text(
        template.substitute(
            opening=_opening(story),
            verdict=_verdict(story),
            figures=_figures(story),
            glance=_glance(pictures),
            strangers=len(strangers),
            people=_joined(_person(member, story, pictures) for member in MEMBERS),
            looked=_looked(story),
            unreadable=_unreadable(story),
            found_rows=_joined(_found_row(member, story) for member in MEMBERS),
            found_figures=_joined(_found_figures(story, pictures)),
            questions=_joined(_questions(story, pictures)),
            published=_published(story),
            pairs=_joined(_pair(pair) for pair in _telling_pairs(pictures)),
            contact_sheet="published/contact-sheet.html",
            robin=_robin(story),
            toni=_toni(story),
            again=_joined(_again(pair) for pair in pictures.again),
            given=_given(story),
            record_opening=_record_opening(story),
            record=_joined(_record_line(line) for line in record),
            checked=_checked(story),
            checks=_joined(_check(name, holds, detail) for name, holds, detail in story.checks),
            **watching_places(story),
            made=f"Made on {day(story.began)} in {story.seconds:.0f} seconds, all of it on this computer.",
        ),
        encoding="utf-8",
    )
    return page


def _opening(story: Story) -> str:
    return (
        f"On {day(story.began)} a small school was invented on this computer. Three people signed a form, "
        f"{count(len(story.group_photos), 'group photo')} were looked through, questions were asked, photos were "
        "made fit for the website, and two people changed their minds. This is what came out."
    )


def _verdict(story: Story) -> str:
    failed = [expectation.what for expectation in story.expectations if not expectation.met]
    if not failed:
        return (
            '<div class="verdict"><p><strong>Everything came out as it must.</strong> '
            f"{count(len(story.expectations), 'expectation')} were checked along the way, among them that nobody was "
            "named who had not signed.</p></div>"
        )
    said = "".join(f"<li>{escape(what)}</li>" for what in failed)
    return f'<div class="verdict bad"><p><strong>This did not come out as it must:</strong></p><ul>{said}</ul></div>'


def _figures(story: Story) -> str:
    named = sum(len(found) for found in story.found.values())
    covered = sum(len(copy.covered) for copy in story.copies)
    shown = sum(len(copy.shown) for copy in story.copies)
    told = (
        (story.faces_seen, "faces in the photos"),
        (named, "of them named, all of people who signed"),
        (covered, "covered before publication"),
        (shown, "shown, with permission"),
        (story.ledger_size, "entries in the record"),
    )
    return _joined(f"<li><b>{number}</b>{what}</li>" for number, what in told)


def _glance(pictures: Pictures) -> str:
    name = pictures.glance.copy.source.name
    halves = (
        ("Inside: those who asked to be found have a name. The others have none.", pictures.glance.before, "named"),
        ("Outside: those who allowed it are shown. The others are covered.", pictures.glance.after, "covered"),
    )
    return _joined(
        f'<figure><img src="{quote(picture)}" alt="{escape(name)}, {what}"><figcaption>{caption}</figcaption></figure>'
        for caption, picture, what in halves
    )


def _person(member: Member, story: Story, pictures: Pictures) -> str:
    ticks = "".join(
        f'<li class="{"yes" if purpose in member.purposes else "no"}">{ALLOWED[purpose]}</li>' for purpose in Purpose
    )
    return (
        f'<div class="card person">{_face(pictures.people[member.name], member.name)}'
        f"<div><h3>{_chip(member)}</h3><ul>{ticks}</ul>"
        f'<p><a href="releases/{quote(story.forms[member.name].name)}">The signed form</a>, '
        f"good until {day(story.expires[member.name])}</p></div></div>"
    )


def _face(picture: str, alt: str) -> str:
    return f'<img src="{quote(picture)}" width="320" height="320" alt="{escape(alt)}">'


def _looked(story: Story) -> str:
    return (
        f"{count(len(story.group_photos), 'photo')} with {count(story.faces_seen, 'face')} were looked through. "
        "Some were stored lying on their side, one is a PNG, one a WebP, one an AVIF: it makes no difference."
    )


def _unreadable(story: Story) -> str:
    said = "; ".join(f"<code>{escape(name)}</code>: {escape(why)}" for name, why in story.unreadable)
    if not said:
        return ""
    return (
        f'<p class="note">{count(len(story.unreadable), "file")} could not be read, and that is said, not passed over: '
        f"{said}. (We tore it on purpose.)</p>"
    )


def _found_row(member: Member, story: Story) -> str:
    there = {found.photo for found in story.there(member)}
    found = {found.photo for found in story.found[member.name]}
    missed = listed(sorted(path.name for path in there - found)) or "none"
    return (
        f'<tr><td>{_chip(member)}</td><td class="n">{count(len(there), "photo")}</td>'
        f'<td class="n">{len(found)}</td><td>{escape(missed)}</td></tr>'
    )


def _found_figures(story: Story, pictures: Pictures) -> Iterable[str]:
    for photo in story.group_photos:
        names = found_in(story, photo)
        chips = "".join(_chip(member) for member in MEMBERS if member.name in names)
        picture = pictures.found[photo.path.name]
        said = f"Found in {photo.path.name}: {listed(names) or 'nobody'}"
        yield (
            f'<figure><a href="{quote(picture)}"><img loading="lazy" src="{quote(picture)}" alt="{escape(said)}" '
            f'width="{photo.size[0]}" height="{photo.size[1]}"></a>'
            f'<figcaption>{chips or "none of the three"}<span class="quiet file">{escape(photo.path.name)}, '
            f"{count(len(photo.present), 'person', 'people')}</span></figcaption></figure>"
        )


def _questions(story: Story, pictures: Pictures) -> Iterable[str]:
    told = (
        ("volunteer", "A photo of Lisa that the library has never seen"),
        ("robin", "A photo of Robin, who allowed staff to search"),
        ("toni", "A photo of Toni, who signed, but not for this"),
        ("stranger", "A photo of somebody who signed nothing"),
    )
    for what, title in told:
        yield _question(title, story.searches[what], pictures)


def _question(title: str, asked: Asked, pictures: Pictures) -> str:
    return (
        f'<div class="card question">{_face(pictures.probes[asked.portrait], title)}'
        f"<div><h3>{title}</h3><p>Reason given: &ldquo;{escape(asked.reason)}&rdquo;</p>"
        f'<p class="answer">{escape(_answer(asked))}</p></div></div>'
    )


def _answer(asked: Asked) -> str:
    matches = listed([f"{name}, in {count(photos, 'photo')}" for name, photos in asked.answered])
    return f"A possible match: {matches}" if matches else "Nobody"


def _published(story: Story) -> str:
    covered = sum(len(copy.covered) for copy in story.copies)
    shown = sum(len(copy.shown) for copy in story.copies)
    return (
        f"Lisa and Toni allowed their faces to be shown. In {count(len(story.copies), 'copy', 'copies')} "
        f"{count(covered, 'face')} are covered and {shown} are shown. Robin may be found, but not shown, and is "
        "covered like those who signed nothing."
    )


def _telling_pairs(pictures: Pictures) -> tuple[Pair, ...]:
    """Choose the pairs in which both happens, most faces first."""
    both = [pair for pair in pictures.pairs if pair.copy.covered and pair.copy.shown]
    chosen = sorted(both or pictures.pairs, key=lambda pair: -len(pair.copy.covered))[:MOST_PAIRS]
    return tuple(pair for pair in pictures.pairs if pair in chosen)


def _pair(pair: Pair) -> str:
    name = pair.copy.source.name
    pictures = _two(
        ("before", pair.before, f"{name}, the original"), ("after", pair.after, f"{name}, the covered copy")
    )
    caption = (
        f'{len(pair.copy.covered)} covered, {len(pair.copy.shown)} shown <span class="quiet">{escape(name)}</span>'
    )
    return f"<figure>{pictures}<figcaption>{caption}</figcaption></figure>"


def _two(*pictures: tuple[str, str, str]) -> str:
    """Set two pictures beside each other, each with a word above it and an alternative text."""
    halves = "".join(
        f'<div><span>{word}</span><img loading="lazy" src="{quote(picture)}" alt="{escape(alt)}"></div>'
        for word, picture, alt in pictures
    )
    return f'<div class="pair">{halves}</div>'


def _robin(story: Story) -> str:
    after = _answer(story.searches["withdrawn"]).lower()
    return (
        f"<p>No reason is asked. The face data and {count(story.erased_matches, 'match', 'matches')} are erased: their "
        "bytes are overwritten in the library&rsquo;s file, not only marked as gone.</p>"
        f"<p>The same question as in step 3 is asked once more. The answer: <strong>{after}</strong>. It is the answer "
        f"that is given for a stranger. {ROBIN.name} was never shown, so no published copy has to be taken back.</p>"
    )


def _toni(story: Story) -> str:
    stale = ", ".join(f"<code>{escape(path.name)}</code>" for path in story.stale)
    shows = count(len(story.stale), "published copy shows", "published copies show")
    return (
        f"<p>Toni may still find the photos that Toni is in. But {shows} Toni&rsquo;s face, and the list says which: "
        f"{stale or 'none'}. One command, <code>countenance republish</code>, covers Toni in all of them, in their "
        "places. Here one photo was published again beside the first, so that both can be seen.</p>"
    )


def _again(pair: Pair) -> str:
    name = pair.copy.source.name
    first = pair.after.replace("after-again-", "after-")
    pictures = _two(
        ("published first", first, f"{name}, the first copy"),
        ("published again", pair.after, f"{name}, the second copy"),
    )
    caption = "The same photo, before and after Toni&rsquo;s change of mind"
    return f'<div class="pairs"><figure>{pictures}<figcaption>{caption}</figcaption></figure></div>'


def _given(story: Story) -> str:
    told = (
        (
            "Lisa&rsquo;s receipt",
            story.receipt,
            "One page to print: what Lisa allowed, until when, and a private code with which she can end it.",
        ),
        (
            "What is kept about Lisa",
            story.export / "index.html",
            "Lisa asked, and is given all of it: photos, form, receipt, and who searched for her, when and why.",
        ),
        (
            "The library&rsquo;s policy",
            story.policy,
            "A page for the school&rsquo;s website: what people may allow, for how long, who may search, whom to ask.",
        ),
    )
    return _joined(
        f'<div class="card"><h3><a href="{quote(page.relative_to(story.folder).as_posix())}">{title}</a></h3>'
        f"<p>{what}</p></div>"
        for title, page, what in told
    )


def _record_opening(story: Story) -> str:
    return (
        f"Each deed is an entry in the record, written before its result is given; {story.ledger_size} so far. Entries "
        "hang together: change or drop one later, and the check fails. (Who has the key could write all of them anew: "
        "that is for step 8.) Whoever is searched for may be told who searched, when and why. What an entry says is "
        "sealed; the office sees what is listed here."
    )


def _record_line(line: Line) -> str:
    at = f'<time datetime="{line.at:%Y-%m-%dT%H:%M:%SZ}">{line.clock}</time>' if line.at else "<span></span>"
    return f'<li><span class="entry">{line.number}</span>{at}<span class="did">{escape(line.text)}</span></li>'


def _checked(story: Story) -> str:
    wrong = [name for name, holds, _ in story.checks if not holds]
    return (
        f"{count(len(story.checks), 'thing')} were checked, from the pages of the library&rsquo;s file to the covered "
        f"copies on the disk: {'all in order' if not wrong else 'NOT in order: ' + escape(listed(wrong))}."
    )


def _check(name: str, holds: bool, detail: str) -> str:  # noqa: FBT001  (what was checked, and whether it holds)
    return f"<tr><td>{escape(name)}</td><td>{_CHECKS[holds]}</td><td>{escape(detail)}</td></tr>"


def _chip(member: Member) -> str:
    return f'<span class="chip" style="background:rgb{member.colour}">{escape(member.name)}</span>'


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)
