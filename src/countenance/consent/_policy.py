"""The policy of a library: who answers for it, what is offered to people, for how long, in which words."""

from dataclasses import dataclass, replace
from typing import Never

from countenance.consent._fields import (
    Fields,
    check_language,
    check_line,
    check_lines,
    check_page,
    check_purposes,
)
from countenance.consent._values import DEFAULT_RETENTION_DAYS, MAX_DAYS, Purpose
from countenance.consent._words import lawful_basis, plain_notice
from countenance.errors import SealBroken, UsageWrong
from countenance.seals import canonical, read_canonical

POLICY_SCHEMA = "urn:countenance:policy:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the controller offers and promises. A wrong one cannot be made.

    `contact` is where people turn to, `authority` where they may complain, `location` where the data is stored.
    `purposes` are those offered: `be-found` only with `staff_search`, and `be-shown` alone without `recognition`.
    `retention_days` is the longest validity of a consent, `evidence_days` how long receipt and name are kept after it.
    `notice` is the text as it is shown to people.

    Raises:
        UsageWrong: a field is blank or wrong; the error names it.
    """

    controller: str
    contact: str
    authority: str
    jurisdiction: str
    location: str
    recipients: tuple[str, ...]
    lawful_basis: str
    purposes: tuple[Purpose, ...]
    staff_search: bool
    recognition: bool
    retention_days: int
    evidence_days: int
    notice: str
    notice_language: str

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
            check_line(field, text, _refuse)
        check_lines("recipients", self.recipients, _refuse)
        check_page("notice", self.notice, _refuse)
        check_language("notice_language", self.notice_language, _refuse)
        for field, days in (("retention_days", self.retention_days), ("evidence_days", self.evidence_days)):
            if not 1 <= days <= MAX_DAYS:
                _refuse(field, f"must be 1 to {MAX_DAYS}")
        check_purposes("purposes", self.purposes, _refuse)
        if self.staff_search and not self.recognition:
            _refuse("staff_search", "cannot be had without recognition")
        for purpose in self.purposes:
            if purpose not in _possible(staff_search=self.staff_search, recognition=self.recognition):
                _refuse("purposes", f"has {purpose}, which the policy switches off")

    @staticmethod
    def draft(
        *,
        controller: str,
        contact: str,
        staff_search: bool = False,
        recognition: bool = True,
        notice: str | None = None,
        notice_language: str = "en",
        retention_days: int = DEFAULT_RETENTION_DAYS,
        evidence_days: int = MAX_DAYS,
    ) -> "Policy":
        """Write a policy with cautious texts for what is not asked; without `notice`, a plain English one is written.

        Raises:
            UsageWrong: something given is blank or wrong.
        """
        policy = Policy(
            controller=controller,
            contact=contact,
            authority="the data protection authority of the controller's place of establishment",
            jurisdiction="the law of the controller's place of establishment",
            location="on the controller's own computers, at its place of establishment",
            recipients=("nobody outside the controller",),
            lawful_basis=lawful_basis(recognition=recognition),
            purposes=_possible(staff_search=staff_search, recognition=recognition),
            staff_search=staff_search,
            recognition=recognition,
            retention_days=retention_days,
            evidence_days=evidence_days,
            notice="to be written" if notice is None else notice,
            notice_language=notice_language,
        )
        return policy if notice is not None else replace(policy, notice=policy.plain_notice())

    def plain_notice(self) -> str:
        """Write the notice that says in plain English what this policy is."""
        return plain_notice(
            controller=self.controller,
            contact=self.contact,
            authority=self.authority,
            location=self.location,
            recipients=self.recipients,
            lawful_basis=self.lawful_basis,
            purposes=self.purposes,
            recognition=self.recognition,
            retention_days=self.retention_days,
            evidence_days=self.evidence_days,
        )

    def offers(self, purpose: Purpose) -> bool:
        """Tell whether people are asked for this purpose."""
        return purpose in self.purposes

    def to_json(self) -> bytes:
        """Give the one spelling of the policy: canonical JSON (RFC 8785), UTF-8."""
        return canonical(
            {
                "schema": POLICY_SCHEMA,
                "controller": self.controller,
                "contact": self.contact,
                "authority": self.authority,
                "jurisdiction": self.jurisdiction,
                "location": self.location,
                "recipients": list(self.recipients),
                "lawful_basis": self.lawful_basis,
                "purposes": [str(purpose) for purpose in self.purposes],
                "staff_search": self.staff_search,
                "recognition": self.recognition,
                "retention_days": self.retention_days,
                "evidence_days": self.evidence_days,
                "notice": self.notice,
                "notice_language": self.notice_language,
            }
        )

    @staticmethod
    def from_json(data: bytes) -> "Policy":
        """Read a policy in its one spelling.

        Raises:
            UsageWrong: it is no canonical JSON, or a field is missing, blank, unknown or wrong; the error names it.
        """
        try:
            value = read_canonical(data)
        except SealBroken as problem:
            raise UsageWrong("the policy is not canonical JSON", remedy=_REMEDY) from problem
        fields = Fields(value, _refuse)
        if fields.text("schema") != POLICY_SCHEMA:
            _refuse("schema", f"must be {POLICY_SCHEMA}")
        policy = Policy(
            controller=fields.text("controller"),
            contact=fields.text("contact"),
            authority=fields.text("authority"),
            jurisdiction=fields.text("jurisdiction"),
            location=fields.text("location"),
            recipients=fields.texts("recipients"),
            lawful_basis=fields.text("lawful_basis"),
            purposes=fields.purposes("purposes"),
            staff_search=fields.yes_or_no("staff_search"),
            recognition=fields.yes_or_no("recognition"),
            retention_days=fields.number("retention_days"),
            evidence_days=fields.number("evidence_days"),
            notice=fields.text("notice"),
            notice_language=fields.text("notice_language"),
        )
        fields.done()
        return policy


def _possible(*, staff_search: bool, recognition: bool) -> tuple[Purpose, ...]:
    """Give the purposes that can be offered: without recognition nobody is found, but faces may still be shown."""
    if not recognition:
        return (Purpose.BE_SHOWN,)
    if not staff_search:
        return (Purpose.FIND_ME, Purpose.BE_SHOWN)
    return (Purpose.FIND_ME, Purpose.BE_FOUND, Purpose.BE_SHOWN)


_REMEDY = "correct that field of the policy"


def _refuse(field: str, wrong: str) -> Never:
    raise UsageWrong(f"the policy's field {field} {wrong}", remedy=_REMEDY)
