"""Reading the fields of a policy from JSON or TOML, of this version or of an earlier one."""

from typing import TypedDict

from countenance.consent._fields import Fields
from countenance.consent._notice import Notice
from countenance.consent._policy_terms import (
    DEFAULT_ENROLMENTS_PER_DAY,
    DEFAULT_PEOPLE_FOUND_PER_DAY,
    NO_WAIT,
    SEARCHERS,
    for_children,
    refuse,
)
from countenance.consent._values import MAX_DAYS, Purpose

POLICY_SCHEMA = "urn:countenance:policy:3"
SECOND_POLICY_SCHEMA = "urn:countenance:policy:2"
FIRST_POLICY_SCHEMA = "urn:countenance:policy:1"


class ThirdFields(TypedDict):
    """The fields that the third version added."""

    search_record_days: int
    people_found_per_day: int


class LaterFields(ThirdFields):
    """The fields that the second version added or spells in another way, and those of the third."""

    regions: tuple[str, ...]
    searchers: tuple[str, ...]
    be_found_waits: str
    retention_days: int
    child_retention_days: int
    evidence_days: int
    enrolments_per_day: int
    notices: tuple[Notice, ...]


class PolicyFields(LaterFields):
    """The fields of a policy, each of its type and not yet checked further."""

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


def read_fields(value: object) -> PolicyFields:
    """Give the fields of a policy.

    Raises:
        PolicyRefused: a field is missing, unknown or of another type; the error names it.
    """
    fields = Fields(value, refuse)
    match fields.text("schema"):
        case schema if schema == POLICY_SCHEMA:
            later = _later(
                fields,
                ThirdFields(
                    search_record_days=fields.number("search_record_days"),
                    people_found_per_day=fields.number("people_found_per_day"),
                ),
            )
        case schema if schema == SECOND_POLICY_SCHEMA:
            later = _later(fields, _BEFORE_THE_THIRD)
        case schema if schema == FIRST_POLICY_SCHEMA:
            later = _as_in_the_first(fields)
        case _:
            refuse("schema", f"must be {POLICY_SCHEMA}")
    found = PolicyFields(
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
        **later,
    )
    fields.done()
    return found


# What a policy of an earlier version meant: nothing that people were told says less.
_BEFORE_THE_THIRD = ThirdFields(search_record_days=MAX_DAYS, people_found_per_day=DEFAULT_PEOPLE_FOUND_PER_DAY)


def _later(fields: Fields, third: ThirdFields) -> LaterFields:
    return LaterFields(
        regions=fields.texts("regions"),
        searchers=fields.texts("searchers"),
        be_found_waits=fields.text("be_found_waits"),
        retention_days=fields.number("retention_days"),
        child_retention_days=fields.number("child_retention_days"),
        evidence_days=fields.number("evidence_days"),
        enrolments_per_day=fields.number("enrolments_per_day"),
        notices=tuple(_notice(one) for one in fields.objects("notices")),
        **third,
    )


def _as_in_the_first(fields: Fields) -> LaterFields:
    """Give what a policy of the first version meant: one notice, and what was not in it at its cautious default."""
    retention_days = fields.number("retention_days")
    return LaterFields(
        regions=(),
        searchers=(SEARCHERS[0],),
        be_found_waits=NO_WAIT,
        retention_days=retention_days,
        child_retention_days=for_children(retention_days),
        evidence_days=fields.number("evidence_days"),
        enrolments_per_day=DEFAULT_ENROLMENTS_PER_DAY,
        notices=(Notice(fields.text("notice_language"), fields.text("notice")),),
        **_BEFORE_THE_THIRD,
    )


def _notice(fields: Fields) -> Notice:
    notice = Notice(fields.text("language"), fields.text("text"))
    fields.done()
    return notice
