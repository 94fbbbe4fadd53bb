"""The policy of a library: who answers for it, what is offered to people, for how long, in which words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from countenance.consent._fields import check_language, check_line, check_lines, check_page, check_purposes
from countenance.consent._notice import Notice, NoticeFacts, chosen, primary
from countenance.consent._notice_en import notice_en
from countenance.consent._notice_fr import notice_fr
from countenance.consent._policy_fields import POLICY_SCHEMA, read_fields
from countenance.consent._policy_terms import (
    BE_FOUND_WAITS,
    DEFAULT_ENROLMENTS_PER_DAY,
    DEFAULT_PEOPLE_FOUND_PER_DAY,
    MAX_ENROLMENTS_PER_DAY,
    MAX_PEOPLE_FOUND_PER_DAY,
    MIN_SEARCH_RECORD_DAYS,
    NO_WAIT,
    SEARCHERS,
    for_children,
    possible,
    refuse,
)
from countenance.consent._regions import is_region
from countenance.consent._values import DEFAULT_RETENTION_DAYS, MAX_DAYS, Hold, Purpose
from countenance.consent._words import AUTHORITY, JURISDICTION, LOCATION, NOBODY, lawful_basis
from countenance.errors import PolicyRefused, SealBroken
from countenance.seals import canonical, read_canonical, sha256_hex

_PLAIN_NOTICES = MappingProxyType({"en": notice_en, "fr": notice_fr})
PLAIN_LANGUAGES = tuple(_PLAIN_NOTICES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the controller offers and promises. A wrong one cannot be made.

    `contact` is where people turn to, `authority` where they may complain, `location` where the data is stored, and
    `regions` whose law is looked at (ISO 3166; none: not stated). `purposes` are those offered: `be-found` only with
    `staff_search`, and `be-shown` alone without `recognition`. `searchers` are the roles that may search, and
    `be_found_waits` says what must happen before be-found begins. `retention_days` is the longest validity of a
    consent, `child_retention_days` that of one signed by a guardian, and `evidence_days` how long receipt and name are
    kept after it. `search_record_days` is how long the controller can read its own part of a search, and no period
    of anybody else's. At most `enrolments_per_day` are taken up on paper, and one account finds at most
    `people_found_per_day` different people. `notices` are the texts as they are shown to people, one per language;
    the first serves whoever reads none of them.

    Raises:
        PolicyRefused: a field is blank or wrong; the error names it.
    """

    controller: str
    contact: str
    authority: str
    jurisdiction: str
    regions: tuple[str, ...] = ()
    location: str
    recipients: tuple[str, ...]
    lawful_basis: str
    purposes: tuple[Purpose, ...]
    staff_search: bool
    searchers: tuple[str, ...] = (SEARCHERS[0],)
    be_found_waits: str = NO_WAIT
    recognition: bool
    retention_days: int
    child_retention_days: int
    evidence_days: int
    search_record_days: int = MAX_DAYS
    enrolments_per_day: int = DEFAULT_ENROLMENTS_PER_DAY
    people_found_per_day: int = DEFAULT_PEOPLE_FOUND_PER_DAY
    notices: tuple[Notice, ...]

    def __post_init__(self) -> None:
        """Refuse a policy with a blank or wrong field, or one that offers what it does not do."""
        for field, text in (
            ("controller", self.controller),
            ("contact", self.contact),
            ("authority", self.authority),
            ("jurisdiction", self.jurisdiction),
            ("location", self.location),
            ("lawful_basis", self.lawful_basis),
        ):
            check_line(field, text, refuse)
        check_lines("recipients", self.recipients, refuse)
        _check_once("recipients", self.recipients)
        self._check_regions()
        self._check_periods()
        self._check_limits()
        self._check_offer()
        self._check_notices()

    def _check_regions(self) -> None:
        for region in self.regions:
            if not is_region(region):
                refuse("regions", f"has {region!r}, which is no ISO 3166 code such as IE or US-IL")
        _check_once("regions", self.regions)

    def _check_periods(self) -> None:
        for field, days in (
            ("retention_days", self.retention_days),
            ("child_retention_days", self.child_retention_days),
            ("evidence_days", self.evidence_days),
        ):
            if not 1 <= days <= MAX_DAYS:
                refuse(field, f"is {days}; it must be 1 to {MAX_DAYS}")
        if self.child_retention_days > self.retention_days:
            refuse("child_retention_days", f"is longer than retention_days, which is {self.retention_days}")

    def _check_limits(self) -> None:
        for field, number, least, most in (
            ("search_record_days", self.search_record_days, MIN_SEARCH_RECORD_DAYS, MAX_DAYS),
            ("enrolments_per_day", self.enrolments_per_day, 1, MAX_ENROLMENTS_PER_DAY),
            ("people_found_per_day", self.people_found_per_day, 1, MAX_PEOPLE_FOUND_PER_DAY),
        ):
            if not least <= number <= most:
                refuse(field, f"is {number}; it must be {least} to {most}")

    def _check_offer(self) -> None:
        check_purposes("purposes", self.purposes, refuse)
        if self.staff_search and not self.recognition:
            refuse("staff_search", "cannot be had without recognition")
        for purpose in self.purposes:
            if purpose not in possible(staff_search=self.staff_search, recognition=self.recognition):
                refuse("purposes", f"has {purpose}, which the policy switches off")
        if not self.searchers:
            refuse("searchers", "is empty")
        for role in self.searchers:
            if role not in SEARCHERS:
                refuse("searchers", f"has {role!r}; the roles are {', '.join(SEARCHERS)}")
        _check_once("searchers", self.searchers)
        if self.be_found_waits not in BE_FOUND_WAITS:
            refuse("be_found_waits", f"is {self.be_found_waits!r}; it must be one of {', '.join(BE_FOUND_WAITS)}")
        if self.be_found_waits != NO_WAIT and not self.offers(Purpose.BE_FOUND):
            refuse("be_found_waits", f"must be {NO_WAIT}, because be-found is not offered")

    def _check_notices(self) -> None:
        if not self.notices:
            refuse("notices", "is empty")
        for notice in self.notices:
            check_language("notices.language", notice.language, refuse)
            check_page("notices.text", notice.text, refuse)
        _check_once("notices.language", [notice.language.casefold() for notice in self.notices])

    @staticmethod
    def draft(  # noqa: PLR0913  (each is a choice of the controller's)
        *,
        controller: str,
        contact: str,
        staff_search: bool = False,
        recognition: bool = True,
        notice: str | None = None,
        notice_language: str = PLAIN_LANGUAGES[0],
        retention_days: int = DEFAULT_RETENTION_DAYS,
        child_retention_days: int | None = None,
        evidence_days: int = MAX_DAYS,
        be_found_waits: str = NO_WAIT,
    ) -> "Policy":
        """Write a policy with cautious texts for what is not asked; without `notice`, the plain ones are written.

        The notice in `notice_language` is the first.

        Raises:
            PolicyRefused: something given is blank or wrong, or there is no plain notice in the language.
        """
        if notice is None and not has_plain_notice(notice_language):
            raise PolicyRefused(
                f"there is no plain notice in {notice_language!r}",
                remedy=f"choose from {', '.join(PLAIN_LANGUAGES)}, or give a notice of your own",
            )
        if child_retention_days is None:
            child_retention_days = for_children(retention_days)
        policy = Policy(
            controller=controller,
            contact=contact,
            authority=AUTHORITY,
            jurisdiction=JURISDICTION,
            location=LOCATION,
            recipients=(NOBODY,),
            lawful_basis=lawful_basis(recognition=recognition),
            purposes=possible(staff_search=staff_search, recognition=recognition),
            staff_search=staff_search,
            be_found_waits=be_found_waits,
            recognition=recognition,
            retention_days=retention_days,
            child_retention_days=child_retention_days,
            evidence_days=evidence_days,
            notices=(Notice(notice_language, "to be written" if notice is None else notice),),
        )
        return policy if notice is not None else policy.in_plain_words(notice_language)

    def in_plain_words(self, first: str = PLAIN_LANGUAGES[0]) -> "Policy":
        """Give this policy with the plain notices in place of its own, in every language that there is one in."""
        languages = (first, *(language for language in PLAIN_LANGUAGES if language != primary(first)))
        return replace(self, notices=tuple(Notice(language, self.plain_notice(language)) for language in languages))

    def plain_notice(self, language: str = PLAIN_LANGUAGES[0]) -> str:
        """Write the notice that says in plain words what this policy is; the language has such: `fr`, `fr-CA`."""
        facts = NoticeFacts(
            controller=self.controller,
            contact=self.contact,
            authority=self.authority,
            location=self.location,
            recipients=self.recipients,
            lawful_basis=self.lawful_basis,
            purposes=self.purposes,
            recognition=self.recognition,
            be_found_waits=self.be_found_waits,
            retention_days=self.retention_days,
            child_retention_days=self.child_retention_days,
            evidence_days=self.evidence_days,
        )
        return _PLAIN_NOTICES[primary(language)](facts)

    def notice_for(self, language: str) -> Notice:
        """Give the notice in this language or the nearest to it; without one, the first."""
        return chosen(self.notices, language)

    @property
    def notice(self) -> str:
        """The text of the first notice."""
        return self.notices[0].text

    @property
    def notice_language(self) -> str:
        """The language of the first notice."""
        return self.notices[0].language

    @property
    def be_found_hold(self) -> Hold | None:
        """What be-found is held for when somebody enrols; None if it begins at once."""
        return None if self.be_found_waits == NO_WAIT else Hold(self.be_found_waits)

    def offers(self, purpose: Purpose) -> bool:
        """Tell whether people are asked for this purpose."""
        return purpose in self.purposes

    def to_object(self) -> dict[str, object]:
        """Give the fields as JSON and TOML hold them."""
        return {
            "schema": POLICY_SCHEMA,
            "controller": self.controller,
            "contact": self.contact,
            "authority": self.authority,
            "jurisdiction": self.jurisdiction,
            "regions": list(self.regions),
            "location": self.location,
            "recipients": list(self.recipients),
            "lawful_basis": self.lawful_basis,
            "purposes": [str(purpose) for purpose in self.purposes],
            "staff_search": self.staff_search,
            "searchers": list(self.searchers),
            "be_found_waits": self.be_found_waits,
            "recognition": self.recognition,
            "retention_days": self.retention_days,
            "child_retention_days": self.child_retention_days,
            "evidence_days": self.evidence_days,
            "search_record_days": self.search_record_days,
            "enrolments_per_day": self.enrolments_per_day,
            "people_found_per_day": self.people_found_per_day,
            "notices": [{"language": notice.language, "text": notice.text} for notice in self.notices],
        }

    def to_json(self) -> bytes:
        """Give the one spelling of the policy: canonical JSON (RFC 8785), UTF-8."""
        return canonical(self.to_object())

    @property
    def sha256(self) -> str:
        """The SHA-256 of its JSON, hexadecimal, as the ledger keeps it."""
        return sha256_hex(self.to_json())

    @staticmethod
    def from_object(value: object) -> "Policy":
        """Read a policy from what its JSON or its file holds.

        Raises:
            PolicyRefused: a field is missing, blank, unknown or wrong; the error names it.
        """
        return Policy(**read_fields(value))

    @staticmethod
    def from_json(data: bytes) -> "Policy":
        """Read a policy in its one spelling, of this version or of an earlier one.

        Raises:
            SealBroken: it was never written by `to_json`: no canonical JSON, or other fields than a policy's.
            PolicyRefused: a field is blank or beyond its limits; the error names it.
        """
        try:
            fields = read_fields(read_canonical(data))
        except PolicyRefused as problem:
            raise SealBroken(f"what should be a policy is none: {problem.what}") from problem
        return Policy(**fields)


def has_plain_notice(language: str) -> bool:
    """Tell whether there is a plain notice for a language tag: `fr-CA` has that of `fr`."""
    return primary(language) in _PLAIN_NOTICES


def _check_once(field: str, texts: Sequence[str]) -> None:
    if len(set(texts)) < len(texts):
        refuse(field, "has something twice")
