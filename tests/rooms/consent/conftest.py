"""What the tests of consent share: a school's policy, and a maker of receipts and consents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from countenance.consent import Consent, Hold, Policy, Purpose, Receipt, draft_receipt

LIBRARY = "9c1f0e7a52d84b6f"
ADA = "4be1a6c2d3f80975"


@dataclass(frozen=True)
class Office:
    """Where receipts are written: `now` is when consent is given."""

    now: datetime
    policy: Policy = field(
        default_factory=lambda: Policy.draft(
            controller="Hill School", contact="office@hill-school.example", staff_search=True
        )
    )

    def receipt(
        self,
        purposes: Sequence[Purpose] = tuple(Purpose),
        *,
        days: float = 100,
        with_template: bool = True,
        person: str = ADA,
    ) -> Receipt:
        """Write a receipt of Ada's that lasts so many days."""
        return draft_receipt(
            self.policy,
            library=LIBRARY,
            person=person,
            name="Ada Example",
            purposes=purposes,
            now=self.now,
            expires=self.now + timedelta(days=days),
            release_sha256="d0" * 32,
            with_template=with_template,
        )

    def consent(
        self,
        purposes: Sequence[Purpose] = tuple(Purpose),
        *,
        days: float = 100,
        starts_in: float = 0,
        withdrawn: Sequence[Purpose] = (),
        held: Mapping[Purpose, Hold] | None = None,
        with_template: bool = True,
    ) -> Consent:
        """Give a consent that starts in so many days (negative: has started) and lasts so many days from then."""
        receipt = self.receipt(purposes, days=days, with_template=with_template)
        shift = timedelta(days=starts_in)
        receipt = replace(receipt, given=receipt.given + shift, valid_until=receipt.valid_until + shift)
        taken_back: Mapping[Purpose, datetime] = dict.fromkeys(withdrawn, self.now)
        return Consent(receipt, taken_back, held or {})


@pytest.fixture
def office(now: datetime) -> Office:
    """Give the school's office."""
    return Office(now)


@pytest.fixture
def receipt(office: Office) -> Receipt:
    """Give a receipt of Ada's for everything."""
    return office.receipt()
