"""Writing the receipt that the controller is to sign, from its policy and one person's own choices."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from countenance.consent._policy import Policy
from countenance.consent._receipt import Receipt
from countenance.consent._values import Purpose, in_order, whole_second
from countenance.consent._wording import wording_in
from countenance.errors import UsageWrong

# 128 random bits, as many as a random UUID has to offer and more: no two receipts ever share an id.
ID_BYTES = 16


def draft_receipt(  # noqa: PLR0913  (each is a fact that a receipt states)
    policy: Policy,
    *,
    library: str,
    person: str,
    name: str,
    purposes: Iterable[Purpose],
    now: datetime,
    release_sha256: str,
    with_template: bool,
    expires: datetime | None = None,
    guardian: str = "",
    language: str | None = None,
    checkpoint: str = "",
) -> Receipt:
    """Write a receipt for one person's consent given `now`; without `expires` it lasts as long as the policy allows.

    One that a guardian signed for a child lasts less long. `language` is the one the person reads: the policy has a
    notice in it, or shows its first. The receipt's own words are in the notice's language, if the house speaks it,
    else in English. `checkpoint` is the signed note of the library's ledger, which the receipt is to remember.

    Raises:
        UsageWrong: no purpose, one that the policy does not offer, or an end in the past or beyond the policy's.
        ReceiptInvalid: the name, the guardian, an id, the hash of the form or the checkpoint is blank or wrong.
    """
    chosen = in_order(purposes)
    if not chosen:
        raise UsageWrong("a consent needs a purpose", remedy=f"choose from {_listed(policy.purposes)}")
    for purpose in chosen:
        if not policy.offers(purpose):
            raise UsageWrong(f"this library does not offer {purpose}", remedy=f"choose from {_listed(policy.purposes)}")
    if with_template and not policy.recognition:
        raise UsageWrong("this library makes no face templates", remedy="enrol without a photo of the face")
    given = whole_second(now)
    until = _end(policy.child_retention_days if guardian else policy.retention_days, given, expires)
    notice = policy.notice_for(language or "")
    words = wording_in(notice.language)
    return Receipt(
        id=secrets.token_hex(ID_BYTES),
        record=secrets.token_hex(ID_BYTES),
        library=library,
        person=person,
        person_name=name,
        notice=notice.text,
        notice_sha256=notice.sha256,
        notice_language=notice.language,
        purposes=chosen,
        lawful_basis=words.own(policy.lawful_basis),
        data_kinds=words.data[with_template],
        with_template=with_template,
        controller=policy.controller,
        contact=policy.contact,
        collection_method=words.collection_method,
        processing_method=words.methods[with_template],
        storage=words.storage,
        retention=words.retention(until=until, evidence_days=policy.evidence_days, with_template=with_template),
        location=words.own(policy.location),
        jurisdiction=words.own(policy.jurisdiction),
        recipients=tuple(map(words.own, policy.recipients)),
        withdrawal_method=words.withdrawal(policy.contact),
        rights=words.rights,
        authority=words.own(policy.authority),
        given=given,
        valid_until=until,
        release_sha256=release_sha256,
        guardian=guardian,
        checkpoint=checkpoint,
    )


def _end(days: int, given: datetime, expires: datetime | None) -> datetime:
    latest = given + timedelta(days=days)
    if expires is None:
        return latest
    end = whole_second(expires)
    if end <= given:
        raise UsageWrong("the consent would end before it begins", remedy="give a day in the future")
    if end > latest:
        raise UsageWrong(
            f"the policy keeps such a consent for at most {days} days",
            remedy=f"give {latest:%Y-%m-%d} or an earlier day",
        )
    return end


def _listed(purposes: Iterable[Purpose]) -> str:
    return ", ".join(purposes)
