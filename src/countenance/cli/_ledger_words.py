"""What a ledger entry says, as a sentence."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from countenance.cli._words import allowed, count
from countenance.consent import Purpose
from countenance.ledger import REASON_CLASS_WORDS, Entry, EntryKind, ReasonClass

Body = Mapping[str, Any]
Names = Mapping[str, str]


def deed(entry: Entry, names: Names) -> str:
    """Say what was done; people are called by the name that is kept of them, else by their id."""
    return _DEEDS[entry.kind](entry.body, names)


def _made(body: Body, names: Names) -> str:  # noqa: ARG001  (every deed is told people's names)
    return f"made the library for {body['controller']}"


def _enrolled(body: Body, names: Names) -> str:
    until = str(body["expires"])[:10]
    return f"enrolled {_who(body['person'], names)}, who may {_may(body)}, until {until}"


def _indexed(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    found = f"{count(body['faces'], 'face')}, {count(body['appearances'], 'possible match', 'possible matches')}"
    return f"looked at {count(body['indexed'], 'photo')} ({found}{_failed(body)})"


def _rescanned(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    found = count(body["appearances"], "possible match", "possible matches")
    return f"looked again at {count(body['photos'], 'photo')} ({found}{_failed(body)})"


def _searched(body: Body, names: Names) -> str:
    found = ", ".join(f"{_who(one['person'], names)} in {count(one['photos'], 'photo')}" for one in body["answered"])
    return f"searched by a photo, {_because(body)}: {found or 'nobody found'}"


def _photos_listed(body: Body, names: Names) -> str:
    why = "for that person" if body.get("for_person") else _because(body)
    return f"listed the photos of {_who(body['person'], names)} ({body['photos']}), {why}"


def _planned(body: Body, names: Names) -> str:
    return f"asked what a copy of a photo would show ({_faces(body, names)})"


def _published(body: Body, names: Names) -> str:
    review = f"looked at by {body['reviewed_by']}" if body["reviewed_by"] else "not reviewed"
    return f"made a covered copy ({_faces(body, names)}; {review})"


def _settled(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return "put the covered copy in its place" if body["placed"] else "dropped the covered copy"


def _withdrawn(body: Body, names: Names) -> str:
    matches = count(body["appearances_erased"], "possible match", "possible matches")
    return f"withdrew {_who(body['person'], names)}, who may no longer {_may(body)} ({matches} erased)"


def _renewed(body: Body, names: Names) -> str:
    until = str(body["expires"])[:10]
    return f"took up a new consent of {_who(body['person'], names)}, who may {_may(body)}, until {until}"


def _enrolment_refused(body: Body, names: Names) -> str:
    whose = f" of {_who(body['person'], names)}" if body["person"] else ""
    what = _REFUSED.get(body["reason"], "refused an enrolment{} ({})")
    return what.format(whose, body["reason"])


def _released(body: Body, names: Names) -> str:
    how = "by the private link" if body["by"] == "link" else "as a second steward"
    if not body["purposes"]:
        return f"opened the private link of {_who(body['person'], names)}"
    return f"let {_who(body['person'], names)} {_may(body)}, {how}"


def _decided(body: Body, names: Names) -> str:
    said = {"tagged": "is in", "confirmed": "is rightly matched in", "rejected": "is not in"}
    return f"said that {_who(body['person'], names)} {said.get(body['verdict'], 'may be in')} a photo"


def _swept(body: Body, names: Names) -> str:
    matches = count(body["appearances_erased"], "possible match", "possible matches")
    return f"erased what no consent of {_who(body['person'], names)} allows any more ({matches})"


def _forgotten(body: Body, names: Names) -> str:
    return f"ended the evidence of {_who(body['person'], names)}"


def _exported(body: Body, names: Names) -> str:
    what = "what the ledger tells, with proofs," if body.get("scope") == "ledger" else "all that is kept"
    return f"wrote down {what} about {_who(body['person'], names)}"


def _policy_set(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return f"put policy {body['number']} in force"


def _backed_up(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return f"made a backup ({count(body['people'], 'person', 'people')}, {count(body['photos'], 'photo')})"


def _rekeyed(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return f"changed the master key ({count(body['keys'], 'key')} wrapped anew)"


def _reembedded(body: Body, names: Names) -> str:
    return f"made the template of {_who(body['person'], names)} anew, with {body['model']}"


def _restored(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    what = "found an older copy of the library" if body.get("in_place") else "restored the library from a backup"
    ended = f"ended the consent of {count(body['withdrawn'], 'person', 'people')} who had withdrawn since"
    mirror = "" if body["mirror"] else ", without a mirror"
    # Entries from before there were branches name none.
    branch = f"; the ledger goes on as branch {body['branch']}" if "branch" in body else ""
    return f"{what}{mirror}; {ended}; {count(body['templates_dropped'], 'template')} dropped{branch}"


def _search_refused(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    why = _because({**body, "reason": body["stated_reason"]})
    most = f"{count(body['limit'], 'person', 'people')} may be found in one day, and no more"
    return f"wanted to search, {why}, and was refused: {most}"


def _searches_ended(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return f"ended the record of the searches of {', '.join(body['months'])}"


def _anchored(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return f"wrote a checkpoint of {count(body['size'], 'entry', 'entries')} to {body['file']}"


def _time_stamped(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    return f"took in the time stamp of a checkpoint of {count(body['size'], 'entry', 'entries')} by {body['authority']}"


def _calibrated(body: Body, names: Names) -> str:  # noqa: ARG001  (the same)
    most = max(body["steps"], default=0)
    return f"put thresholds in force that were measured with up to {count(most, 'person', 'people')}"


# By the reason of a refusal: what was done, with the person and the reason filled in.
_REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "face-enrolled-already": "held the enrolment{}: the face is enrolled already",
        "release-used": "refused a form{} that was used before",
        "too-many": "refused a form{}: too many in one day",
        "own-approval": "refused an approval{} by whoever entered the form",
    }
)

# Entries of the first version have no class.
_CLASSES: Mapping[object, str] = MappingProxyType(
    {name: words for name, words in REASON_CLASS_WORDS.items() if name is not ReasonClass.OTHER}
)

_DEEDS: Mapping[EntryKind, Callable[[Body, Names], str]] = MappingProxyType(
    {
        EntryKind.LIBRARY_MADE: _made,
        EntryKind.ENROLLED: _enrolled,
        EntryKind.INDEXED: _indexed,
        EntryKind.RESCANNED: _rescanned,
        EntryKind.SEARCHED: _searched,
        EntryKind.PHOTOS_LISTED: _photos_listed,
        EntryKind.PUBLICATION_PLANNED: _planned,
        EntryKind.PUBLISHED: _published,
        EntryKind.PUBLICATION_SETTLED: _settled,
        EntryKind.WITHDRAWN: _withdrawn,
        EntryKind.RENEWED: _renewed,
        EntryKind.ENROLMENT_REFUSED: _enrolment_refused,
        EntryKind.RELEASED: _released,
        EntryKind.DECIDED: _decided,
        EntryKind.SWEPT: _swept,
        EntryKind.FORGOTTEN: _forgotten,
        EntryKind.EXPORTED: _exported,
        EntryKind.POLICY_SET: _policy_set,
        EntryKind.BACKED_UP: _backed_up,
        EntryKind.RESTORED: _restored,
        EntryKind.REKEYED: _rekeyed,
        EntryKind.REEMBEDDED: _reembedded,
        EntryKind.SEARCH_REFUSED: _search_refused,
        EntryKind.SEARCHES_ENDED: _searches_ended,
        EntryKind.ANCHORED: _anchored,
        EntryKind.TIME_STAMPED: _time_stamped,
        EntryKind.CALIBRATED: _calibrated,
    }
)


def _faces(body: Body, names: Names) -> str:
    shown = ", ".join(_who(person, names) for person in body["shown"])
    return f"{count(body['covered'], 'face')} covered, shown: {shown or 'nobody'}"


def _who(person: str, names: Names) -> str:
    return names.get(person, person)


def _because(body: Body) -> str:
    """Give the reason as it was written, and its class, if it is one of those that say something."""
    words = _CLASSES.get(body.get("reason_class"))
    return f'because "{body.get("reason", "")}"' + (f" ({words})" if words else "")


def _may(body: Body) -> str:
    return allowed(Purpose(purpose) for purpose in body["purposes"])


def _failed(body: Body) -> str:
    return f", {body['failed']} unreadable" if body["failed"] else ""
