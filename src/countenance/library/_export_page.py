"""The page of an export: what is kept about a person, in words that the person understands."""

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from types import MappingProxyType
from typing import Final

from countenance.consent import PURPOSE_WORDS, Hold, State
from countenance.journeys.export import Dossier
from countenance.ledger import open_checkpoint
from countenance.library._export_ledger import VERDICTS, other_deeds, searches
from countenance.library._export_words import PURPOSES, day, listing, terms
from countenance.ports import Basis, StoredReceipt

_PAGE: Final = "export.html"

_STATES: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.GIVEN: "in force",
        State.WAITING: "given, and waiting to be confirmed",
        State.EXPIRED: "has run out",
        State.WITHDRAWN: "taken back",
    }
)
_HOLDS: Final[Mapping[Hold, str]] = MappingProxyType(
    {
        Hold.FACE: "waits until a second steward has looked: the face seems to be enrolled already",
        Hold.LINK: "waits until you open your own link",
        Hold.STEWARD: "waits until a second steward approves",
        Hold.LINK_OR_STEWARD: "waits until you open your own link, or a second steward approves",
    }
)


def export_page(dossier: Dossier, names: Sequence[str]) -> str:
    """Write the page; `names` are the files that lie beside it."""
    person = dossier.person
    return Template((files("countenance.library") / _PAGE).read_text(encoding="utf-8")).substitute(
        name=escape(person.name),
        controller=escape(dossier.policy.controller),
        contact=escape(dossier.policy.contact),
        authority=escape(dossier.policy.authority),
        when=day(dossier.at),
        person=escape(person.id),
        summary=_summary(dossier),
        facts=_facts(dossier),
        receipts="\n".join(map(_receipt, dossier.receipts)),
        photos=_photos(dossier),
        words=_words(dossier),
        copies=listing(escape(str(copy)) for copy in dossier.copies) or "<p>None.</p>",
        given=_given(names),
        searches=searches(dossier.told) or "<p>The ledger tells of nobody who did.</p>",
        deeds=other_deeds(dossier.told) or "<p>Nothing.</p>",
        entries=f"{open_checkpoint(dossier.checkpoint, public_key=dossier.public_key).size:,}",
    )


def _summary(dossier: Dossier) -> str:
    person = dossier.person
    kept = "A face template is kept, encrypted" if person.has_template else "No face template of you is kept"
    return (
        f"{kept}. It is in no export and leaves the library for nobody. Of other people in the same photos nothing "
        "is told here."
    )


def _facts(dossier: Dossier) -> str:
    person = dossier.person
    may = [PURPOSE_WORDS[purpose] for purpose in person.purposes]
    rows = [
        ("Your consent", _STATES[person.state]),
        ("You allow", "<br>".join(map(escape, may)) or "nothing at present"),
        *((PURPOSES[purpose], _HOLDS[hold]) for purpose, hold in person.held.items()),
        ("It ends", day(person.expires)),
        (
            "All is gone by",
            f"{day(dossier.evidence_ends)}; until then name, receipt, form and record are kept as evidence",
        ),
    ]
    return terms(rows)


def _receipt(stored: StoredReceipt) -> str:
    receipt = stored.consent.receipt
    rows = [
        ("Allowed", "<br>".join(escape(PURPOSE_WORDS[purpose]) for purpose in receipt.purposes)),
        ("Given", day(receipt.given)),
        ("Until", day(receipt.valid_until)),
        *(("Taken back", f"{PURPOSES[purpose]}, on {day(at)}") for purpose, at in stored.consent.withdrawn.items()),
        *([("Signed by", escape(receipt.guardian))] if receipt.guardian else []),
    ]
    words = escape(receipt.notice).replace("\n", "<br>")
    notice = f"<details><summary>The words that you were shown</summary><p>{words}</p></details>"
    link = f'<a href="receipts/receipt-{stored.id}.html"><code>{escape(stored.id)}</code></a>'
    return f'<div class="card"><h3>Receipt {link}: {_STATES[stored.state]}</h3><dl>{terms(rows)}</dl>{notice}</div>'


def _photos(dossier: Dossier) -> str:
    """List first what a human has said, then what the machine takes for possible."""
    confirmed = [
        f"{escape(str(place.photo))} <span class='quiet'>({VERDICTS[str(place.decided)]})</span>"
        for place in dossier.places
        if place.decided is not Basis.POSSIBLE
    ]
    possible = [escape(str(place.photo)) for place in dossier.places if place.decided is Basis.POSSIBLE]
    sections = (("Confirmed by a person:", confirmed), ("Possible matches, confirmed by nobody:", possible))
    return "".join(f"<p>{head}</p>{listing(rows)}" for head, rows in sections if rows) or "<p>None are kept.</p>"


def _words(dossier: Dossier) -> str:
    rows = [
        f"{', '.join(escape(str(photo)) for photo in word.photos) or 'a photo that is not there any more'}: "
        f"{VERDICTS[word.decision.verdict]}, on {day(word.decision.at)}"
        for word in dossier.words
    ]
    return listing(rows) or "<p>Nothing.</p>"


def _given(names: Sequence[str]) -> str:
    crops = [name for name in names if name.startswith("enrolment-photos/")]
    forms = [name for name in names if name.startswith("forms/")]
    pictures = "".join(f'<img src="{name}" alt="A photo given for enrolment">' for name in crops)
    links = listing(f'<a href="{name}">{name}</a>' for name in forms)
    return (f'<div class="faces">{pictures}</div>' if crops else "<p>No photos of your face are kept.</p>") + links
