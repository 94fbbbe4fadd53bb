"""The page of an export: what is kept about a person, in words that the person understands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from string import Template
from types import MappingProxyType
from typing import Final

from countenance.consent import PURPOSE_WORDS, Hold, Purpose, State
from countenance.journeys.export import Dossier
from countenance.ledger import JSON, ReasonClass
from countenance.ports import PersonFinding, StoredReceipt, Verdict

_PAGE: Final = "export.html"
# As many photos are listed before the rest is folded away.
_LISTED: Final = 12

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
_VERDICTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Verdict.TAGGED: "marked by hand as you",
        Verdict.CONFIRMED: "confirmed as you",
        Verdict.REJECTED: "said not to be you",
    }
)
# What a ledger entry says to the person; a kind that is not here is told by its name.
_DEEDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "enrolled": "You were enrolled",
        "renewed": "A new consent of yours was taken up",
        "enrolment-refused": "A form was refused",
        "released": "What had waited took effect",
        "searched": "Staff searched by a photo, and found you",
        "photos-listed": "Your photos were listed",
        "published": "A copy that shows you was published",
        "decided": "Somebody decided by hand about you and a photo",
        "withdrawn": "Consent was taken back",
        "swept": "Consent had run out, and what was made of your face was erased",
        "exported": "What is kept about you was exported",
        "re-embedded": "Your face template was made anew with another model",
    }
)
# Of kinds whose reason is a word for programs: what it means to the person.
_REASONS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("enrolment-refused", "face-enrolled-already"): "Your face was handed in for somebody else, and was not taken",
        ("enrolment-refused", "release-used"): "A form that was used before was handed in for you, and refused",
        ("enrolment-refused", "too-many"): "A form for you was refused, because it was one too many that day",
        ("enrolment-refused", "own-approval"): "Whoever entered your form tried to approve it, and was refused",
        (
            "released",
            "face-enrolled-already",
        ): "Your face, handed in for somebody else, was approved by a second one",
    }
)
# Purposes in few words, with the name that is on forms.
_PURPOSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Purpose.FIND_ME: "finding my photos (find-me)",
        Purpose.BE_FOUND: "being found by staff (be-found)",
        Purpose.BE_SHOWN: "being shown in published photos (be-shown)",
    }
)
# What kind of reason it was, said to the person.
_REASON_CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ReasonClass.REQUEST: "you or your guardian asked",
        ReasonClass.PUBLISHING: "choosing what to publish",
        ReasonClass.ARCHIVE: "ordering the collection",
        ReasonClass.SAFETY: "protecting somebody",
        ReasonClass.LEGAL: "a legal duty or claim",
        ReasonClass.OTHER: "another reason",
    }
)
_FACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reason": "Reason",
        "reason_class": "Kind of reason",
        "purpose": "For",
        "purposes": "For",
        "outcome": "Outcome",
        "verdict": "Said",
        "photos": "Photos",
        "target": "Copy",
        "expires": "Until",
        "stale": "Copies to cover again",
        "reviewed_by": "Looked at by",
        "references_erased": "Templates erased",
        "appearances_erased": "Possible matches erased",
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
        when=_day(dossier.at),
        person=escape(person.id),
        summary=_summary(dossier),
        facts=_facts(dossier),
        receipts="\n".join(map(_receipt, dossier.receipts)),
        photos=_photos(dossier),
        words=_words(dossier),
        copies=_listing(escape(str(copy)) for copy in dossier.copies) or "<p>None.</p>",
        given=_given(names),
        findings=_findings(dossier.findings),
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
        *((_PURPOSES[purpose], _HOLDS[hold]) for purpose, hold in person.held.items()),
        ("It ends", _day(person.expires)),
        (
            "All is gone by",
            f"{_day(dossier.evidence_ends)}; until then name, receipt, form and record are kept as evidence",
        ),
    ]
    return _rows(rows)


def _receipt(stored: StoredReceipt) -> str:
    receipt = stored.consent.receipt
    rows = [
        ("Allowed", "<br>".join(escape(PURPOSE_WORDS[purpose]) for purpose in receipt.purposes)),
        ("Given", _day(receipt.given)),
        ("Until", _day(receipt.valid_until)),
        *(("Taken back", f"{_PURPOSES[purpose]}, on {_day(at)}") for purpose, at in stored.consent.withdrawn.items()),
        *([("Signed by", escape(receipt.guardian))] if receipt.guardian else []),
    ]
    words = escape(receipt.notice).replace("\n", "<br>")
    notice = f"<details><summary>The words that you were shown</summary><p>{words}</p></details>"
    link = f'<a href="receipts/receipt-{stored.id}.html"><code>{escape(stored.id)}</code></a>'
    return f'<div class="card"><h3>Receipt {link}: {_STATES[stored.state]}</h3><dl>{_rows(rows)}</dl>{notice}</div>'


def _photos(dossier: Dossier) -> str:
    said = {"human": "marked by hand", "machine": "possible match"}
    rows = [
        f"{escape(str(place.photo))} <span class='quiet'>({said[place.said_by]})</span>" for place in dossier.places
    ]
    return _listing(rows) or "<p>None are kept.</p>"


def _words(dossier: Dossier) -> str:
    rows = [
        f"{', '.join(escape(str(photo)) for photo in word.photos) or 'a photo that is not there any more'}: "
        f"{_VERDICTS[word.decision.verdict]}, on {_day(word.decision.at)}"
        for word in dossier.words
    ]
    return _listing(rows) or "<p>Nothing.</p>"


def _given(names: Sequence[str]) -> str:
    crops = [name for name in names if name.startswith("enrolment-photos/")]
    forms = [name for name in names if name.startswith("forms/")]
    pictures = "".join(f'<img src="{name}" alt="A photo given for enrolment">' for name in crops)
    links = _listing(f'<a href="{name}">{name}</a>' for name in forms)
    return (f'<div class="faces">{pictures}</div>' if crops else "<p>No photos of your face are kept.</p>") + links


def _findings(findings: Sequence[PersonFinding]) -> str:
    rows = "".join(map(_finding, reversed(findings)))
    return f'<ol class="record">{rows}</ol>' if findings else "<p>Nothing.</p>"


def _finding(finding: PersonFinding) -> str:
    facts = finding.facts
    deed = _REASONS.get((finding.kind, str(facts.get("reason", ""))))
    if deed is not None:
        facts = {field: fact for field, fact in facts.items() if field != "reason"}
    elif finding.kind == "released" and not facts.get("purposes"):
        deed = "Your private link was opened"
    said = escape(deed or _DEEDS.get(finding.kind, finding.kind))
    by = f"{_minute(finding.at)}, by: {escape(finding.role)}, entry {finding.index}"
    return f'<li><strong>{said}</strong> <span class="when">{by}</span>{_told(facts)}</li>'


def _told(facts: Mapping[str, JSON]) -> str:
    rows = [
        (head, _spelt(field, facts[field])) for field, head in _FACTS.items() if facts.get(field) not in (None, "", [])
    ]
    return f"<dl>{_rows(rows)}</dl>" if rows else ""


def _spelt(field: str, value: JSON) -> str:
    if isinstance(value, list | tuple):
        return _listing(_spelt(field, one) for one in value)
    said = str(value)
    match field:
        case "purpose" | "purposes":
            said = _PURPOSES.get(said, said)
        case "reason_class":
            said = _REASON_CLASSES.get(said, said)
        case "verdict":
            said = _VERDICTS.get(said, said)
        case "expires":
            said = _day(datetime.fromisoformat(said))
    return escape(said)


def _listing(rows: Iterable[str]) -> str:
    """List rows; a long list is folded, but whole."""
    items = [f"<li>{row}</li>" for row in rows]
    if not items:
        return ""
    shown = f"<ul>{''.join(items[:_LISTED])}</ul>"
    rest = items[_LISTED:]
    return shown + (f"<details><summary>{len(rest)} more</summary><ul>{''.join(rest)}</ul></details>" if rest else "")


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<dt>{escape(head)}</dt><dd>{told}</dd>" for head, told in rows)


def _day(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y}"


def _minute(moment: datetime) -> str:
    return f"{_day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"
