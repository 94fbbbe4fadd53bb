"""What every store must decide alike, without knowing where anything is kept."""

import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from countenance.consent import Consent, Hold, Permit, Purpose, Reason, Receipt, Refusal, decide, decide_template
from countenance.errors import (
    ConsentRefused,
    CountenanceError,
    DeedUnrecorded,
    LedgerBroken,
    LibraryBusy,
    PersonAmbiguous,
    PersonUnknown,
    ReceiptInvalid,
    ReleaseUsed,
    UsageWrong,
)
from countenance.ledger import SealedEntry, open_person_part, read_moment
from countenance.ports import Appearance, Decision, Job, PersonFinding, Publication, SeenPhoto, Verdict
from countenance.seals import sha256_hex

# An appearance answers "where am I" and "where is she"; being shown is decided anew from the pixels at publication.
APPEARANCE_PURPOSES: Final = (Purpose.FIND_ME, Purpose.BE_FOUND)
# A human's word that puts a person at a box: it founds an appearance as a reference does.
PLACING_VERDICTS: Final = (Verdict.TAGGED, Verdict.CONFIRMED)
# How long a transaction waits for another process before it says that the library is busy.
BUSY_SECONDS: Final = 5.0
# SHA-256 as hexadecimal.
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Named:
    """A person as a name is looked up: everything withdrawn or not."""

    id: str
    name: str
    withdrawn: bool


def chosen_person(named: str, people: Iterable[Named]) -> str:
    """Give the id of the one person with this id or name; who withdrew everything is asked for last.

    Raises:
        PersonUnknown: nobody.
        PersonAmbiguous: several.
    """
    everybody = list(people)
    if any(person.id == named for person in everybody):
        return named
    wanted = _folded(named)
    same = [person for person in everybody if _folded(person.name) == wanted]
    staying = [person for person in same if not person.withdrawn] or same
    if not staying:
        raise unknown_person(named)
    if len(staying) > 1:
        raise PersonAmbiguous(
            f"{len(staying)} people are called {named}",
            ids=[person.id for person in staying],
            remedy="give the person's id instead of the name",
        )
    return staying[0].id


def unknown_person(named: str) -> PersonUnknown:
    """Give the error for a name that nobody has; it names nobody else."""
    return PersonUnknown(f"nobody here is called {named}", remedy="give the whole name as it was enrolled, or the id")


def refused(permit: Permit, consents: Sequence[Consent], now: datetime, *, template: bool = False) -> ConsentRefused:
    """Give the error for a permit that is not live in this transaction, with the gate's own reason."""
    decision = decide_template(consents, now=now) if template else decide(consents, permit.purpose, now=now)
    reason, what = Reason.NO_CONSENT, "there is no live consent for it"
    if isinstance(decision, Refusal):
        reason, what = decision.reason, decision.what
    return ConsentRefused(what, reason=reason, remedy="ask the person for a new signed form")


def check_receipt(receipt: Receipt, person: str, *, known: Collection[str]) -> None:
    """Refuse a receipt of another person, and one that is kept already: it could bring back what was withdrawn.

    Raises:
        ReceiptInvalid: either.
    """
    if receipt.person != person:
        raise ReceiptInvalid("the receipt is another person's", remedy="add it to the person whom it names")
    if receipt.id in known:
        raise ReceiptInvalid("the receipt was added before", remedy="draw up a new receipt for a new consent")


def check_held(receipt: Receipt, held: Mapping[Purpose, Hold]) -> None:
    """Refuse to hold a purpose that was not signed for.

    Raises:
        ValueError: a defect of the caller.
    """
    if not held.keys() <= set(receipt.purposes):
        raise ValueError("a purpose is held that the receipt does not have")


def known_already(person: str) -> ValueError:
    """Give the error for taking up somebody who is there; a defect of the caller."""
    return ValueError(f"the person {person} is known already")


def forgotten_before(person: str) -> ValueError:
    """Give the error for taking up somebody under the id of a forgotten person; a defect of the caller."""
    return ValueError(f"the person {person} was forgotten, and does not come back under the same id")


def remembered_still(person: str) -> ValueError:
    """Give the error for forgetting somebody whose evidence period has not ended; a defect of the caller."""
    return ValueError(f"the evidence period of {person} has not ended")


def shown_in_pending(person: str) -> ValueError:
    """Give the error for forgetting somebody whom a pending copy shows: without the name it could be placed."""
    return ValueError(f"a copy that shows {person} is still pending: settle it first")


def without_reference(person: str) -> ValueError:
    """Give the error for renewing a reference that is not there; a defect of the caller."""
    return ValueError(f"{person} has no reference to renew")


def check_link(digest: str) -> None:
    """Refuse what is no SHA-256 in hexadecimal: the link itself must never be kept.

    Raises:
        ValueError: a defect of the caller.
    """
    if _DIGEST.fullmatch(digest) is None:
        raise ValueError("a private link is kept by its SHA-256, in hexadecimal")


def link_taken() -> ValueError:
    """Give the error for a private link that another person has; a defect of the caller, who draws 128 bits."""
    return ValueError("this private link is another person's")


def check_release(fingerprint: str, content: bytes) -> None:
    """Refuse a content hash that is not the content's.

    Raises:
        ValueError: it is not; a defect of the caller.
    """
    if sha256_hex(content) != fingerprint:
        raise ValueError("the fingerprint of a release is the SHA-256 of its content")


def release_used() -> ReleaseUsed:
    """Give the error for a form that was used before; it does not say by whom."""
    return ReleaseUsed("this signed form was used for an enrolment before", remedy="each enrolment needs its own form")


def check_photo(photo: SeenPhoto) -> None:
    """Refuse a photo whose path is relative, or whose matches do not fit its boxes.

    Raises:
        ValueError: a defect of the caller.
    """
    check_path(photo.path)
    check_matched(photo.matched, boxes=len(photo.boxes))


def check_matched(matched: Mapping[int, Permit], *, boxes: int) -> None:
    """Refuse a match to a box that is not there, and a person twice in one photo.

    Raises:
        ValueError: a defect of the caller.
    """
    if any(not 0 <= place < boxes for place in matched):
        raise ValueError("a match names a box that the photo does not have")
    if len({permit.person for permit in matched.values()}) != len(matched):
        raise ValueError("a person appears at most once in a photo")


def check_place(place: int, *, boxes: int) -> None:
    """Refuse a box that is not there, as all of a photo that is not done are.

    Raises:
        ValueError: a defect of the caller.
    """
    if not 0 <= place < boxes:
        raise ValueError("the photo does not have that box")


def not_done(photo: int) -> ValueError:
    """Give the error for drawing on a photo that is not done, or not known; a defect of the caller."""
    return ValueError(f"there is no photo {photo} that is done")


def check_decision(decision: Decision) -> None:
    """Refuse a human's word with a box too few or too many, or at no clear moment.

    Raises:
        ValueError: a defect of the caller.
    """
    check_moment(decision.at)
    if (decision.box is None) is not (decision.verdict is Verdict.REJECTED):
        raise ValueError("a tag and a confirmation have a box, and a rejection has none")


def undecidable(consents: Sequence[Consent], now: datetime) -> ConsentRefused | None:
    """Give the error for a human's word about somebody without live consent, with the gate's most telling reason."""
    answers = [decide(consents, purpose, now=now) for purpose in Purpose]
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    if len(refusals) < len(answers):
        return None
    most = max(refusals, key=lambda refusal: list(Reason).index(refusal.reason))
    return ConsentRefused(most.what, reason=most.reason, remedy="ask the person for a new signed form")


def check_job(job: Job, *, known: Collection[int]) -> None:
    """Refuse a job that was not queued.

    Raises:
        ValueError: a defect of the caller.
    """
    if job.number not in known:
        raise ValueError(f"there is no job {job.number}")


def check_path(path: Path) -> None:
    """Refuse a path that is not absolute.

    Raises:
        ValueError: it is relative; a defect of the caller.
    """
    if not path.is_absolute():
        raise ValueError(f"the store knows files by their absolute paths, not {path}")


def check_publication(publication: Publication, permits: Sequence[Permit], *, known: Collection[str]) -> None:
    """Refuse a copy that shows somebody without a permit for being shown, and one that is kept already.

    Raises:
        ConsentRefused: somebody has no permit.
        ValueError: a relative path, or a known id; a defect of the caller.
    """
    for path in (publication.source, publication.temporary, publication.target):
        check_path(path)
    if publication.id in known:
        raise ValueError(f"the publication {publication.id} is known already")
    permitted = {permit.person for permit in permits if permit.purpose is Purpose.BE_SHOWN}
    if permitted != set(publication.shown) or len(permits) != len(permitted):
        raise ConsentRefused(
            "a copy shows somebody without a permit for being shown",
            reason=Reason.PURPOSE_NOT_GIVEN,
            remedy="cover that face",
        )


def withdrawn_meanwhile() -> ConsentRefused:
    """Give the error for a copy that would be placed though somebody it shows has no live consent any more."""
    return ConsentRefused(
        "somebody whom the copy shows has withdrawn meanwhile", reason=Reason.WITHDRAWN, remedy="make the copy anew"
    )


def not_pending(publication: str) -> ValueError:
    """Give the error for settling a copy that is not pending; a defect of the caller."""
    return ValueError(f"there is no pending publication {publication}")


def check_moment(now: datetime) -> None:
    """Refuse a moment without a time zone.

    Raises:
        ValueError: it has none; a defect of the caller.
    """
    if now.utcoffset() is None:
        raise ValueError("a moment needs a time zone")


def receiptless(people: Iterable[str]) -> ReceiptInvalid:
    """Give the error for taking up people without a receipt of theirs in the same transaction."""
    return ReceiptInvalid(
        f"nobody is taken up without a receipt: {', '.join(sorted(people))}", remedy="add the signed receipt"
    )


def plain_text(text: str) -> str:
    """Give a text that can be written down, whatever file name it quotes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def unrecorded() -> DeedUnrecorded:
    """Give the error for a transaction that changed something and recorded no entry."""
    return DeedUnrecorded("a change without its ledger entry was not kept", remedy="report this as a defect")


def busy() -> LibraryBusy:
    """Give the error for a library that somebody else holds for longer than we wait."""
    return LibraryBusy(
        f"another process has been writing to the library for more than {BUSY_SECONDS:.0f} seconds",
        remedy="wait until it has finished, and try again",
    )


def by_path(appearances: Iterable[Appearance]) -> tuple[Appearance, ...]:
    """Give appearances in the order of their paths, byte by byte, so that every store lists alike."""
    return tuple(sorted(appearances, key=lambda appearance: os.fsencode(appearance.photo)))


def no_entry(place: int, *, size: int) -> CountenanceError:
    """Give the error for an entry that a ledger of this size does not have, or has lost."""
    if 0 <= place < size:
        return LedgerBroken(f"the ledger has lost its entry {place}", remedy="restore the library from a backup")
    has = f"it has the entries 0 to {size - 1}" if size else "it has none"
    return UsageWrong(f"the ledger has no entry {place}: {has}", remedy="`countenance ledger show` lists them")


def no_node(level: int, place: int, *, size: int) -> LedgerBroken | ValueError:
    """Give the error for a node that the tree of a ledger of this size has lost, or (a caller's defect) has not."""
    if level >= 0 and 0 <= place < size >> level:
        return LedgerBroken(
            f"the ledger has lost the node {place} of level {level}", remedy="restore the library from a backup"
        )
    return ValueError(f"a tree of {size} leaves has no node {place} of level {level}")


def findings_about(
    rows: Iterable[tuple[int, SealedEntry]], audit_key: bytes, *, library: str
) -> Iterator[PersonFinding]:
    """Give what the ledger tells the person with this audit key."""
    for index, sealed in rows:
        match open_person_part(sealed, audit_key, library=library):
            case {"kind": str(kind), "at": str(at), "role": str(role), "facts": dict(facts)}:
                yield PersonFinding(index, kind, read_moment(at), role, facts)


def _folded(name: str) -> str:
    # NFC: one name can be typed as letters with accents or as letters and accents.
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()
