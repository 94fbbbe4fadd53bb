"""What the ledger tells a person, on the page of their export: who searched for them, what else was done."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import Final

from countenance.journeys.proving import PersonProof
from countenance.ledger import JSON, ReasonClass
from countenance.library._export_words import PURPOSES, day, listing, minute, terms
from countenance.ports import Verdict

VERDICTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Verdict.TAGGED: "marked by hand as you",
        Verdict.CONFIRMED: "confirmed as you",
        Verdict.REJECTED: "said not to be you",
    }
)
"""What a human decided about the person and a photo."""

# As many photos of a search are shown before the rest is folded away: all of them are listed once for all.
_SHOWN: Final = 4
# Who acted, as somebody is named whom the person does not know.
_ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {"steward": "a steward", "staff": "a member of staff", "person": "you, or whoever had your private link"}
)
_SEARCHED: Final = "You were found by a photo"
_LISTED: Final = "The photos you are in were listed"
_LISTED_FOR_YOU: Final = "The photos you are in were listed for you"
# What a ledger entry says to the person; a kind that is not here is told by its name.
_DEEDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "enrolled": "You were enrolled",
        "renewed": "A new consent of yours was taken up",
        "enrolment-refused": "A form was refused",
        "released": "What had waited took effect",
        "publication-planned": "It was asked what a copy of a photo would show, and you would be seen",
        "published": "A copy that shows you was published",
        "decided": "Somebody decided by hand about you and a photo",
        "withdrawn": "Consent was taken back",
        "swept": "Consent had run out, and what was made of your face was erased",
        "exported": "What is kept about you was exported",
        "re-embedded": "Your face template was made anew with another model",
    }
)
# Of kinds whose reason or scope is a word for programs: what it means to the person.
_MEANT: Final[Mapping[tuple[str, str, str], str]] = MappingProxyType(
    {
        ("enrolment-refused", "reason", "face-enrolled-already"): (
            "Your face was handed in for somebody else, and was not taken"
        ),
        ("enrolment-refused", "reason", "release-used"): (
            "A form that was used before was handed in for you, and refused"
        ),
        ("enrolment-refused", "reason", "too-many"): (
            "A form for you was refused, because it was one too many that day"
        ),
        ("enrolment-refused", "reason", "own-approval"): (
            "Whoever entered your form tried to approve it, and was refused"
        ),
        ("released", "reason", "face-enrolled-already"): (
            "Your face, handed in for somebody else, was approved by a second one"
        ),
        ("exported", "scope", "ledger"): "What the ledger tells you was given out, with its proofs",
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
        "photo": "Photo",
        "verdict": "Said",
        "target": "Copy",
        "expires": "Until",
        "stale": "Copies to cover again",
        "reviewed_by": "Looked at by",
        "references_erased": "Templates erased",
        "appearances_erased": "Possible matches erased",
    }
)


def proof_name(told: PersonProof) -> str:
    """Give the name of an entry's proof in the export."""
    return f"proofs/entry-{told.finding.index:06}.tlog-proof"


def searches(told: Sequence[PersonProof]) -> str:
    """Tell who searched for the person, the latest first: when, who, what for, why, with what outcome, which photos."""
    return _record([_item(one, _search_head(one), _asked(one)) for one in reversed(told) if one.is_search])


def other_deeds(told: Sequence[PersonProof]) -> str:
    """Tell what else was done, the latest first."""
    return _record([_deed(one) for one in reversed(told) if not one.is_search])


def _record(items: Sequence[str]) -> str:
    return f'<ol class="record">{"".join(items)}</ol>' if items else ""


def _item(told: PersonProof, head: str, rows: Iterator[tuple[str, str]]) -> str:
    finding = told.finding
    proof = f'<a href="{proof_name(told)}">entry {finding.index}</a>'
    if not told.opens:
        proof += ": written by an earlier version, so the proof shows that it is there, not what it says"
    said = terms([("Who", escape(_ROLES.get(finding.role, finding.role))), *rows, ("Proof", proof)])
    return f'<li><h3>{escape(head)}</h3> <span class="when">{minute(finding.at)}</span><dl>{said}</dl></li>'


def _search_head(told: PersonProof) -> str:
    if told.finding.kind == "searched":
        return _SEARCHED
    return _LISTED_FOR_YOU if told.finding.facts.get("for_person") else _LISTED


def _asked(told: PersonProof) -> Iterator[tuple[str, str]]:
    facts = told.finding.facts
    yield from _named(facts)
    if told.finding.kind == "searched":
        yield "Outcome", escape(_outcome(facts))
    yield "Photos", _spelt("photos", facts.get("photos")) or "none"


def _outcome(facts: Mapping[str, JSON]) -> str:
    looked = "confirmed by looking" if facts.get("confirmed_by") else "which nobody had confirmed by looking"
    return f"{facts.get('outcome')}, {looked}"


def _deed(told: PersonProof) -> str:
    kind, facts = told.finding.kind, told.finding.facts
    meant = {field: deed for field, fact in facts.items() if (deed := _MEANT.get((kind, field, str(fact)))) is not None}
    head = next(iter(meant.values()), _DEEDS.get(kind, kind))
    if kind == "released" and not meant and not facts.get("purposes"):
        head = "Your private link was opened"
    return _item(told, head, _named({field: fact for field, fact in facts.items() if field not in meant}))


def _named(facts: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
    for field, head in _FACTS.items():
        if facts.get(field) not in (None, "", []):
            yield head, _spelt(field, facts[field])


def _spelt(field: str, value: JSON) -> str:
    if isinstance(value, list | tuple):
        return listing((_spelt(field, one) for one in value), shown=_SHOWN)
    said = str(value)
    match field:
        case "purpose" | "purposes":
            said = PURPOSES.get(said, said)
        case "reason_class":
            said = _REASON_CLASSES.get(said, said)
        case "verdict":
            said = VERDICTS.get(said, said)
        case "expires":
            said = day(datetime.fromisoformat(said))
    return escape(said)
