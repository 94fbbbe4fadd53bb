"""Open a person's private link: it lets go of what waits for them, and shows them what is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from countenance.consent import Hold, Purpose, Reason, link_digest
from countenance.errors import ConsentRefused
from countenance.journeys.matching import Matcher, leave_rescan
from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.ports import Clock, Store

# What the person's own act lets go of. A face is not theirs to let go, since it may be somebody else's.
LINKS = frozenset({Hold.LINK, Hold.LINK_OR_STEWARD})


@dataclass(frozen=True, slots=True)
class Opened:
    """What the person is shown: what became live now, what is live in all and what waits, until when, whom to tell.

    `contact` is where they turn to; `evidence_days` is how long name and receipt are kept beyond the end.
    """

    person: str
    name: str
    released: tuple[Purpose, ...]
    purposes: tuple[Purpose, ...]
    held: Mapping[Purpose, Hold]
    expires: datetime
    face_data: bool
    evidence_days: int
    contact: str
    entry: int


def open_link(code: str, *, store: Store, matcher: Matcher, actor: Actor, clock: Clock) -> Opened:
    """Let go of what waits for the person whose link it is; that it was opened is recorded, and is their own act.

    Raises:
        UsageWrong: it is mistyped.
        ConsentRefused: it opens nothing; why is not told.
    """
    digest = link_digest(code)
    with store.write(now=clock()) as unit:
        person = unit.linked(digest)
        if person is None:
            raise _opens_nothing()
        released = unit.let_go(person, LINKS)
        unit.note_act(person)
        leave_rescan(unit, matcher.seen_with)
        facts: dict[str, JSON] = {"purposes": [str(purpose) for purpose in released], "by": "link"}
        entry = unit.record(
            Entry(
                kind=EntryKind.RELEASED,
                at=unit.now,
                actor=actor,
                body={"person": person, **facts},
                concerns={person: facts},
            )
        )
        kept, policy = unit.person(person), unit.policy()
    return Opened(
        person=person,
        name=kept.name,
        released=released,
        purposes=kept.purposes,
        held=kept.held,
        expires=kept.expires,
        face_data=kept.has_template,
        evidence_days=policy.evidence_days,
        contact=policy.contact,
        entry=entry,
    )


def whose_link(code: str, *, store: Store, clock: Clock) -> str:
    """Give the id of the person whose link it is.

    Raises:
        UsageWrong, ConsentRefused: as above.
    """
    digest = link_digest(code)
    with store.read(now=clock()) as reading:
        person = reading.linked(digest)
    if person is None:
        raise _opens_nothing()
    return person


def _opens_nothing() -> ConsentRefused:
    return ConsentRefused(
        "this link opens nothing here",
        reason=Reason.NO_CONSENT,
        remedy="take the one printed on the latest receipt, or ask for a new one",
    )
