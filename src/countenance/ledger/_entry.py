"""What an entry says, before it is sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"
"""What an entry may hold: JSON without fractions, so that no comparison score has a way into the ledger."""

# Whole numbers beyond this have no canonical form in JSON (RFC 8785, by way of RFC 7493).
INTEGER_LIMIT = 2**53 - 1


class EntryKind(StrEnum):
    """What was done."""

    LIBRARY_MADE = "library-made"
    ENROLLED = "enrolled"
    INDEXED = "indexed"
    RESCANNED = "rescanned"
    SEARCHED = "searched"
    PHOTOS_LISTED = "photos-listed"
    PUBLICATION_PLANNED = "publication-planned"
    PUBLISHED = "published"
    PUBLICATION_SETTLED = "publication-settled"
    WITHDRAWN = "withdrawn"
    RENEWED = "renewed"
    ENROLMENT_REFUSED = "enrolment-refused"
    RELEASED = "released"
    DECIDED = "decided"
    SWEPT = "swept"
    FORGOTTEN = "forgotten"
    EXPORTED = "exported"
    POLICY_SET = "policy-set"
    BACKED_UP = "backed-up"
    RESTORED = "restored"
    REKEYED = "rekeyed"
    REEMBEDDED = "re-embedded"
    SEARCH_REFUSED = "search-refused"
    SEARCHES_ENDED = "searches-ended"
    ANCHORED = "anchored"
    TIME_STAMPED = "time-stamped"
    CALIBRATED = "calibrated"


BODY_FIELDS: Mapping[EntryKind, frozenset[str]] = MappingProxyType(
    {
        kind: frozenset(fields.split())
        for kind, fields in {
            EntryKind.LIBRARY_MADE: "controller",
            EntryKind.ENROLLED: "person receipt purposes expires release_sha256 with_template",
            EntryKind.INDEXED: "began photos indexed unchanged failed faces appearances seen_with roll",
            EntryKind.RESCANNED: "began photos failed appearances seen_with roll",
            EntryKind.SEARCHED: (
                "began ended purpose reason reason_class probe_digest model roll ledger_size answered confirmed_by"
            ),
            EntryKind.PHOTOS_LISTED: "began purpose reason reason_class for_person person photos",
            EntryKind.PUBLICATION_PLANNED: "source_sha256 covered shown",
            EntryKind.PUBLISHED: (
                "publication source_sha256 target_sha256 covered shown style reviewed_by visible replaces"
            ),
            EntryKind.PUBLICATION_SETTLED: "publication placed",
            EntryKind.WITHDRAWN: "person purposes references_erased appearances_erased stale",
            EntryKind.RENEWED: "person receipt purposes expires release_sha256 with_template held",
            EntryKind.ENROLMENT_REFUSED: "reason person",
            EntryKind.RELEASED: "person purposes by",
            EntryKind.DECIDED: "person verdict photo_sha256",
            EntryKind.SWEPT: "person references_erased appearances_erased stale",
            EntryKind.FORGOTTEN: "person",
            EntryKind.EXPORTED: "person scope",
            EntryKind.POLICY_SET: "number policy_sha256",
            EntryKind.BACKED_UP: "people photos ledger_size",
            EntryKind.RESTORED: (
                "backup_ledger_size checkpoint_ledger_size withdrawn forgotten templates_dropped mirror in_place branch"
            ),
            EntryKind.REKEYED: "keys rows",
            EntryKind.REEMBEDDED: "person model",
            EntryKind.SEARCH_REFUSED: "purpose reason limit stated_reason reason_class",
            EntryKind.SEARCHES_ENDED: "months",
            EntryKind.ANCHORED: "origin size root file",
            EntryKind.TIME_STAMPED: "origin size root file stamped_at authority answer_sha256",
            EntryKind.CALIBRATED: (
                "number model data_set people steps sizes searches fpir_per_million calibration_sha256"
            ),
        }.items()
    }
)
"""The fields that the body of each kind always has; it may have more."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: the role, which people concerned are told, and the account, which only the controller is told."""

    role: str
    account: str

    def __post_init__(self) -> None:
        """Refuse a deed that nobody did."""
        if not self.role.strip() or not self.account.strip():
            raise ValueError("an actor has a role and an account")


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed: `body` is for the controller, `concerns` has for each person (by id) what that person is told.

    `at` is UTC. Mappings and lists are copied, so that an entry is not changed from outside. An entry that was opened
    with the controller's key names the people concerned, but has no facts about them: those open with their keys only.
    """

    kind: EntryKind
    at: datetime
    actor: Actor
    body: Mapping[str, JSON]
    concerns: Mapping[str, Mapping[str, JSON]]

    def __post_init__(self) -> None:
        """Refuse what cannot be written down for good."""
        if self.at.utcoffset() != timedelta(0):
            raise ValueError("the moment of an entry is in UTC")
        object.__setattr__(self, "at", self.at.astimezone(UTC))
        object.__setattr__(self, "body", plain_mapping(self.body))
        object.__setattr__(self, "concerns", {_id(who): plain_mapping(told) for who, told in self.concerns.items()})


def spell_moment(at: datetime) -> str:
    """Give a moment in UTC as the format spells it, always with six digits: `2026-03-14T09:26:53.589793Z`."""
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_moment(text: str) -> datetime:
    """Read a moment that `spell_moment` gave.

    Raises:
        ValueError: it is spelt in another way.
    """
    at = datetime.fromisoformat(text)
    if at.utcoffset() != timedelta(0) or spell_moment(at) != text:
        raise ValueError(f"a moment is not spelt {text!r}")
    return at.replace(tzinfo=UTC)


def _id(person: object) -> str:
    if not isinstance(person, str) or not person:
        raise ValueError("a person concerned has an id, which is text")
    return person


def plain_mapping(value: Mapping[str, JSON]) -> dict[str, JSON]:
    """Copy what an entry may hold.

    Raises:
        TypeError, ValueError: there is something else in it, such as a fraction.
    """
    plain: dict[str, JSON] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"a field's name is text, not {type(key).__name__}")
        plain[_unicode(key)] = _plain(item)
    return plain


def _plain(value: JSON) -> JSON:
    # bool first: Python counts it among the integers; text before sequences, for the same reason.
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > INTEGER_LIMIT:
            raise ValueError("a whole number in an entry has at most 53 bits")
        return int(value)
    if isinstance(value, str):
        return _unicode(value)
    if isinstance(value, Mapping):
        return plain_mapping(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise TypeError(f"an entry holds text, whole numbers, lists and mappings, not {type(value).__name__}")


def _unicode(text: str) -> str:
    # A file name in another encoding reaches Python with lone surrogates; it must not keep a deed from being recorded.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
