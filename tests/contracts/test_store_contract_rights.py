"""R9: what a store gives for a person's export."""

from datetime import timedelta

import pytest

from countenance.errors import PersonUnknown
from countenance.ledger import EntryKind
from countenance.ports import Decision, Store, Verdict
from countenance.seals import sha256_hex
from library_desk import ALL, Desk, entry, form


def decide(desk: Desk, person: str, verdict: Verdict, content: str) -> None:
    """Reject or confirm somebody in a photo with this content."""
    with desk.store.write(now=desk.now) as unit:
        unit.keep_decision(Decision(sha256_hex(content.encode()), person, verdict, None, desk.now))
        unit.record(entry(EntryKind.DECIDED, desk.now, person, person=person))


def test_forms_come_as_they_were_given_and_nobody_elses(store: Store) -> None:
    """R9: a person's forms open to the bytes that were signed; another's are not among them; a stranger has none."""
    desk = Desk(store)
    desk.enrol("p-ann")
    desk.enrol("p-bob")
    with store.read(now=desk.now) as reading:
        assert reading.forms_of("p-ann") == {sha256_hex(form("p-ann")): form("p-ann")}
        assert reading.forms_of("p-eve") == {}


def test_forms_are_there_until_the_evidence_ends(store: Store) -> None:
    """R7, R9: after a withdrawal the form is still given; after the evidence period there is nobody to ask for."""
    desk = Desk(store)
    desk.enrol("p-ann", days=10)
    desk.withdraw("p-ann", ALL)
    with store.read(now=desk.now) as reading:
        ends = reading.evidence_ends("p-ann")
        assert len(reading.forms_of("p-ann")) == 1
    desk.now = ends
    desk.forget("p-ann")
    with store.read(now=desk.now) as reading:
        assert reading.forms_of("p-ann") == {}
        with pytest.raises(PersonUnknown):
            reading.evidence_ends("p-ann")


def test_evidence_ends_the_policys_days_after_the_last_consent(store: Store) -> None:
    """R7, R9: the end that is told is the last consent's end and the policy's evidence days, to the second."""
    desk = Desk(store)
    desk.enrol("p-ann", days=100)
    with store.read(now=desk.now) as reading:
        days = 100 + reading.policy().evidence_days
        assert reading.evidence_ends("p-ann") == desk.now + timedelta(days=days)


def test_what_humans_decided_about_a_person_is_given_while_a_consent_is_live(store: Store) -> None:
    """R9: decisions about the person by content hash, none about others; none when no consent is live any more."""
    desk = Desk(store)
    desk.enrol("p-ann", days=10)
    desk.enrol("p-bob")
    for person, content in (("p-ann", "b"), ("p-ann", "a"), ("p-bob", "a")):
        decide(desk, person, Verdict.REJECTED, content)
    with store.read(now=desk.now) as reading:
        found = [decision.fingerprint for decision in reading.decisions_about("p-ann")]
    assert found == sorted(sha256_hex(content.encode()) for content in ("a", "b"))
    desk.later(days=11)
    with store.read(now=desk.now) as reading:
        assert reading.decisions_about("p-ann") == ()
        assert len(reading.decisions_about("p-bob")) == 1
