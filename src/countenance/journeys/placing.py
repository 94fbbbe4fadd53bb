"""Placing: a covered copy gets its place, recorded; for publishing and for publishing again.

It is recorded as pending before a byte of it is on the disk, so that no process that dies leaves a file that nobody
knows of. It is written under a temporary name, and gets its own in a transaction that reads permits and decisions once
more: a withdrawal wins, and so does a human.
"""

import secrets
from datetime import datetime

from countenance.errors import ConsentRefused, PhotoProblem
from countenance.journeys.covering import Copy, Draft, Order, Plan, encoded, plan
from countenance.journeys.matching import Matcher, may_be_shown
from countenance.ledger import JSON, Actor, Entry, EntryKind
from countenance.photos import discard, fingerprint_file, place, write_new
from countenance.ports import Clock, Publication, PublicationState, Reading, Store, Unit, Verdict
from countenance.seals import sha256_hex

# How often a copy is made anew because somebody withdrew while it was being written.
WITHDRAWN_MEANWHILE = 3


def make_copy(draft: Draft, order: Order, *, store: Store, matcher: Matcher, actor: Actor, clock: Clock) -> Copy:
    """Cover every face without a permit, also on doubt, and put the copy in its place; a dry run only says which.

    What a dry run says of a photo that was not published is an answer about whoever would be shown, and so an entry.

    Raises:
        PhotoProblem: the copy cannot be written.
        CoverIncomplete: a face could still be seen in the finished copy; nothing was left behind.
        ConsentRefused: people kept withdrawing.
    """
    faces = matcher.vision.detect(draft.photo.pixels, order.look)
    for _ in range(WITHDRAWN_MEANWHILE):
        planned = plan(draft, faces, store, matcher, clock)
        copy = _copy(draft, planned, order)
        if order.dry_run:
            if not draft.replaces and not _planned(draft, copy, planned, store, actor, clock):
                continue
            return copy
        planned, data = encoded(planned, draft.target.name, order, matcher.vision)
        copy = _copy(draft, planned, order)
        publication = _publication(draft, copy, planned, order, data, clock())
        if _recorded(publication, draft, copy, planned, store, actor, clock) and _put(
            publication, data, planned, store, actor, clock
        ):
            return copy
    raise ConsentRefused(
        "people kept withdrawing while the copy was made", reason="withdrawn", remedy="publish this photo again"
    )


def overtaken(publication: Publication, reading: Reading) -> bool:
    """Tell whether a copy may show a face that must not be seen: by a withdrawal, or by what humans decided since.

    Somebody who is rejected is in no copy made afterwards, so that a rejection does that whatever the clock said. A tag
    since does it if it is of somebody shown (at another face, then), or of somebody who may not be shown: another's
    name may have uncovered that face.
    """
    if publication.state is PublicationState.STALE:
        return True
    return bool(publication.shown) and any(
        one.person in publication.shown
        if one.verdict is Verdict.REJECTED
        else one.verdict is Verdict.TAGGED
        and one.at > publication.at
        and (one.person in publication.shown or not may_be_shown(one.person, reading))
        for one in reading.decisions(publication.source_fingerprint)
    )


def settled(unit: Unit, publication: str, actor: Actor, *, placed: bool) -> None:
    """Keep that a pending copy is in its place, or forget it, with the entry."""
    if placed:
        unit.place_publication(publication)
    else:
        unit.drop_publication(publication)
    unit.record(
        Entry(
            kind=EntryKind.PUBLICATION_SETTLED,
            at=unit.now,
            actor=actor,
            body={"publication": publication, "placed": placed},
            concerns={},
        )
    )


def is_there(publication: Publication) -> bool:
    """Tell whether the file at the target is this copy, and not an earlier one."""
    try:
        return fingerprint_file(publication.target) == publication.target_fingerprint
    except PhotoProblem:
        return False


def _copy(draft: Draft, planned: Plan, order: Order) -> Copy:
    photo = draft.photo
    return Copy(
        draft.source,
        draft.target,
        planned.covered,
        planned.shown,
        photo.width,
        photo.height,
        order.reviewed_by,
        planned.unmeasured,
    )


def _publication(draft: Draft, copy: Copy, planned: Plan, order: Order, data: bytes, at: datetime) -> Publication:
    temporary = draft.target.with_name(f".{draft.target.stem}.{secrets.token_hex(6)}.part{draft.target.suffix}")
    return Publication(
        id="c-" + secrets.token_hex(8),
        source=draft.source,
        source_fingerprint=draft.fingerprint,
        temporary=temporary,
        target=draft.target,
        target_fingerprint=sha256_hex(data),
        style=str(order.style),
        reviewed_by=order.reviewed_by,
        at=at,
        covered=draft.covered_before + len(copy.covered),
        shown=tuple(sorted({permit.person for permit in planned.permits.values()})),
        state=PublicationState.PENDING,
    )


def _planned(draft: Draft, copy: Copy, planned: Plan, store: Store, actor: Actor, clock: Clock) -> bool:
    """Record what a copy would show, before it is told. False when somebody has withdrawn meanwhile."""
    shown = sorted({permit.person for permit in planned.permits.values()})
    facts: dict[str, JSON] = {"source_sha256": draft.fingerprint, "photo": str(draft.source)}
    body: dict[str, JSON] = {"source_sha256": draft.fingerprint, "covered": len(copy.covered), "shown": shown}
    with store.write(now=clock()) as unit:
        if not all(may_be_shown(person, unit) for person in shown):
            return False
        concerns = dict.fromkeys(shown, facts)
        unit.record(Entry(kind=EntryKind.PUBLICATION_PLANNED, at=unit.now, actor=actor, body=body, concerns=concerns))
    return True


def _recorded(
    publication: Publication, draft: Draft, copy: Copy, planned: Plan, store: Store, actor: Actor, clock: Clock
) -> bool:
    """Transaction 1: the entry and the pending copy. False when somebody shown has withdrawn meanwhile."""
    facts: dict[str, JSON] = {
        "publication": publication.id,
        "source_sha256": publication.source_fingerprint,
        "target_sha256": publication.target_fingerprint,
        "style": publication.style,
        "reviewed_by": publication.reviewed_by,
        "replaces": draft.replaces or None,
    }
    body: dict[str, JSON] = {
        **facts,
        "covered": publication.covered,
        "shown": list(publication.shown),
        "visible": [list(box.as_tuple()) for box in copy.shown],
    }
    concerns: dict[str, dict[str, JSON]] = {
        person: {**facts, "target": str(publication.target)} for person in publication.shown
    }
    try:
        with store.write(now=clock()) as unit:
            unit.add_publication(publication, list(planned.permits.values()))
            unit.record(Entry(kind=EntryKind.PUBLISHED, at=unit.now, actor=actor, body=body, concerns=concerns))
    except ConsentRefused:
        return False
    return True


def _put(publication: Publication, data: bytes, planned: Plan, store: Store, actor: Actor, clock: Clock) -> bool:
    """Write the recorded copy and give it its name; a disk that refuses leaves neither file nor row.

    If it has its name, and only the disk's word for it is missing, it stays pending: the next opening settles it.
    """
    try:
        write_new(data, publication.temporary)
        return _placed(publication, planned, store, actor, clock)
    except PhotoProblem:
        if not is_there(publication):
            with store.write(now=clock()) as unit:
                settled(unit, publication.id, actor, placed=False)
        raise
    finally:
        discard(publication.temporary)


def _placed(publication: Publication, planned: Plan, store: Store, actor: Actor, clock: Clock) -> bool:
    """Transaction 2, under the lock that withdraw takes too: permits and decisions once more, then the name."""
    with store.write(now=clock()) as unit:
        live = unit.publication_permits_live(publication.id) and planned.decisions == frozenset(
            unit.decisions(publication.source_fingerprint)
        )
        if live:
            place(publication.temporary, publication.target)
        settled(unit, publication.id, actor, placed=live)
    return live
