"""The receipt and the record as JSON-LD in the terms of DPV: ISO/IEC TS 27560 as the W3C community group writes it.

They are derived from the signed receipt, which is in them; `docs/formats/receipt.md` has every field, term by term.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from countenance.consent import _terms
from countenance.consent._receipt import Receipt
from countenance.consent._standing import Consent, state_of
from countenance.consent._values import Purpose, State, in_order, moment_text
from countenance.consent._wording import purpose_words

JsonObject = dict[str, Any]


def receipt_jsonld(receipt: Receipt, jws: str, *, public_key: bytes) -> JsonObject:
    """Write a consent receipt (DPV `ConsentReceipt`) that holds the record as it was signed, and the signed receipt."""
    return {
        "@context": dict(_terms.CONTEXT),
        "@id": _urn(receipt, "receipt", receipt.id),
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": _profile(_terms.RECEIPT_PROFILE, receipt),
        "dct:identifier": receipt.id,
        "dct:created": moment_text(receipt.given),
        "countenance:signedReceipt": jws,
        "countenance:publicKey": public_key.hex(),
        "dpv:hasRecordOfActivity": _record(receipt, [_given(receipt)]),
    }


def record_jsonld(consents: Iterable[tuple[Consent, str]], *, public_key: bytes, now: datetime) -> JsonObject:
    """Write the consent records of one person (DPV `ConsentRecord`): what was signed, and what happened since.

    Each consent comes with its signed receipt. What happened since is the controller's statement at `now`; only what
    was signed can be proved.
    """
    return {
        "@context": dict(_terms.CONTEXT),
        "@graph": [
            {
                **_record(consent.receipt, [_given(consent.receipt), *_since(consent, now)]),
                "dct:created": moment_text(consent.receipt.given),
                "dct:modified": moment_text(_last_event(consent, now)),
                "countenance:state": str(state_of(consent, now)),
                "countenance:signedReceipt": jws,
                "countenance:publicKey": public_key.hex(),
            }
            for consent, jws in consents
        ],
    }


def _record(receipt: Receipt, events: Sequence[JsonObject]) -> JsonObject:
    return {
        "@id": _urn(receipt, "record", receipt.record),
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": _profile(_terms.RECORD_PROFILE, receipt),
        "dct:identifier": receipt.record,
        "countenance:library": receipt.library,
        "dpv:hasDataSubject": {
            "@id": _subject(receipt),
            "@type": "dpv:DataSubject",
            "dpv:hasIdentifier": receipt.person,
            "dpv:hasName": receipt.person_name,
        },
        "dpv:hasNotice": {
            "@id": notice_name(receipt),
            "@type": "dpv:ConsentNotice",
            "dct:language": receipt.notice_language,
            "schema:text": receipt.notice,
            "countenance:sha256": receipt.notice_sha256,
        },
        "dpv:hasDataController": {
            "@id": _urn(receipt, "controller"),
            "@type": "dpv:DataController",
            "dpv:hasIdentifier": _urn(receipt, "controller"),
            "dpv:hasName": receipt.controller,
            "dpv:hasAddress": receipt.controller,
            "dpv:hasContact": receipt.contact,
        },
        "dpv:hasLegalBasis": _legal_basis(receipt),
        "dpv:hasJurisdiction": _described("dpv:Jurisdiction", receipt.jurisdiction),
        "dpv:hasConsentControl": {
            **_described("dpv:WithdrawConsent", receipt.withdrawal_method),
            "dpv:isExercisedAt": receipt.contact,
        },
        "dpv:hasRight": [_right(text, receipt) for text in receipt.rights],
        "dpv:hasAuthority": {"@type": "dpv:Authority", "dpv:hasName": receipt.authority},
        "dpv:hasProcess": _process(receipt),
        "dpv:hasConsentStatus": list(events),
    }


def _process(receipt: Receipt) -> JsonObject:
    return {
        "@type": "dpv:Process",
        "countenance:withTemplate": receipt.with_template,
        "dpv:hasPurpose": [_purpose(purpose, receipt) for purpose in receipt.purposes],
        "dpv:hasPersonalData": _personal_data(receipt),
        "dpv:hasDataSource": _described("dpv:DataSubjectDataSource", receipt.collection_method),
        "dpv:hasProcessing": _processing(receipt),
        "dpv:hasStorageCondition": [
            _described("dpv:StorageCondition", receipt.storage),
            _described("dpv:StorageLocation", receipt.location),
            {**_described("dpv:StorageDuration", receipt.retention), "dpv:hasDuration": _until(receipt)},
        ],
        "dpv:hasProcessingCondition": _described("dpv:ProcessingLocation", receipt.location),
        "dpv:hasRecipient": [_described("dpv:Recipient", recipient) for recipient in receipt.recipients],
    }


def _purpose(purpose: Purpose, receipt: Receipt) -> JsonObject:
    node: JsonObject = {
        **_ref(purpose),
        "@type": "dpv:Purpose",
        "dct:identifier": str(purpose),
        "dct:description": purpose_words(receipt.notice_language)[purpose],
    }
    category = _terms.PURPOSE_CATEGORIES.get(purpose)
    return node if category is None else {**node, "skos:broader": category}


def _personal_data(receipt: Receipt) -> list[JsonObject]:
    nodes = []
    for text in receipt.data_kinds:
        category = _terms.DATA_CATEGORIES.get(text, _terms.PERSONAL_DATA)
        kind = _terms.SPECIAL_DATA if category == _terms.FACE_TEMPLATE else _terms.PERSONAL_DATA
        nodes.append({**_described(kind, text), "skos:broader": category})
    if receipt.with_template and not any(node["@type"] == _terms.SPECIAL_DATA for node in nodes):
        # Said in words that the tables do not know: that it is biometric is said all the same.
        nodes.append({"@type": _terms.SPECIAL_DATA, "skos:broader": _terms.FACE_TEMPLATE})
    return nodes


def _processing(receipt: Receipt) -> JsonObject:
    operations = ["dpv:Collect", "dpv:Store"]
    if receipt.with_template:
        operations += ["dpv:Derive", "dpv:Match"]
    if Purpose.BE_SHOWN in receipt.purposes:
        operations.append("dpv:MakeAvailable")
    node: JsonObject = {**_described("dpv:Processing", receipt.processing_method), "skos:broader": operations}
    if not receipt.with_template:
        return {**node, "dpv:hasAutomationLevel": "dpv:NotAutomated"}
    return {
        **node,
        "dpv:hasAutomationLevel": "dpv:PartialAutomation",
        "dpv:hasHumanInvolvement": "dpv:HumanInvolvementForVerification",
    }


def _legal_basis(receipt: Receipt) -> JsonObject:
    kinds = ["dpv:ExplicitlyExpressedConsent"]
    if _under_gdpr(receipt):
        kinds.append(_terms.CONSENT_TERM)
        if receipt.with_template and _names(receipt, _terms.EXPLICIT_ARTICLE):
            kinds.append(_terms.EXPLICIT_TERM)
    return {**_described("dpv:LegalBasis", receipt.lawful_basis), "skos:broader": kinds}


def _right(text: str, receipt: Receipt) -> JsonObject:
    node = _described("dpv:DataSubjectRight", text)
    article = _terms.RIGHT_ARTICLES.get(text) if _under_gdpr(receipt) else None
    return node if article is None else {**node, "skos:broader": article}


def _given(receipt: Receipt) -> JsonObject:
    return {
        "@type": ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"],
        "dpv:isIndicatedAtTime": moment_text(receipt.given),
        "dpv:hasDuration": _until(receipt),
        "dpv:isIndicatedBy": _signatory(receipt),
        "dpv:hasIndicationMethod": receipt.collection_method,
        "countenance:releaseSha256": receipt.release_sha256,
        **_ledger(receipt),
    }


def _ledger(receipt: Receipt) -> JsonObject:
    """Give what the first version of receipts had not."""
    if not receipt.checkpoint:
        return {}
    return {"countenance:receiptSchema": receipt.schema, "countenance:ledgerCheckpoint": receipt.checkpoint}


def _signatory(receipt: Receipt) -> JsonObject:
    if receipt.guardian:
        return {"@type": "dpv:GuardianOfDataSubject", "dpv:hasName": receipt.guardian}
    return {"@id": _subject(receipt)}


def _since(consent: Consent, now: datetime) -> list[JsonObject]:
    events: list[JsonObject] = [
        {
            "@type": "dpv:ConsentWithdrawn",
            "dpv:isIndicatedAtTime": moment_text(moment),
            "dpv:isIndicatedBy": {"@id": _subject(consent.receipt)},
            "dpv:hasPurpose": _those(consent.withdrawn, moment),
        }
        for moment in sorted(set(consent.withdrawn.values()))
    ]
    left = {purpose: hold for purpose, hold in consent.held.items() if purpose in consent.left}
    events += [
        {
            "@type": "dpv:ConsentStatusInvalidForProcessing",
            "countenance:waitsFor": str(hold),
            "dpv:hasPurpose": _those(left, hold),
        }
        for hold in sorted(set(left.values()))
    ]
    if state_of(consent, now) is State.EXPIRED and now >= consent.receipt.valid_until:
        events.append(
            {
                "@type": "dpv:ConsentExpired",
                "dpv:isIndicatedAtTime": moment_text(consent.receipt.valid_until),
                "dpv:hasPurpose": [_ref(purpose) for purpose in consent.left],
            }
        )
    return events


def _last_event(consent: Consent, now: datetime) -> datetime:
    ended = [consent.receipt.valid_until] if now >= consent.receipt.valid_until else []
    return max([consent.receipt.given, *consent.withdrawn.values(), *ended])


def _those(told: Mapping[Purpose, object], of: object) -> list[JsonObject]:
    return [_ref(purpose) for purpose in in_order(told) if told[purpose] == of]


def _until(receipt: Receipt) -> JsonObject:
    return {"@type": "dpv:UntilTimeDuration", "rdf:value": moment_text(receipt.valid_until)}


def _described(kind: str, text: str) -> JsonObject:
    return {"@type": kind, "dct:description": text}


def _ref(purpose: Purpose) -> JsonObject:
    return {"@id": f"urn:countenance:purpose:{purpose}"}


def _subject(receipt: Receipt) -> str:
    return _urn(receipt, "person", receipt.person)


def _urn(receipt: Receipt, *names: str) -> str:
    return ":".join(("urn:countenance:library", receipt.library, *names))


def _profile(profile: str, receipt: Receipt) -> str:
    return profile + _terms.EU if _under_gdpr(receipt) else profile


def _under_gdpr(receipt: Receipt) -> bool:
    return _names(receipt, _terms.CONSENT_ARTICLE)


def _names(receipt: Receipt, article: Sequence[str]) -> bool:
    return any(spelling in receipt.lawful_basis for spelling in article)


def notice_name(receipt: Receipt) -> str:
    """Name the notice by its hash (RFC 6920): a name that is no address, and that only this text has."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(receipt.notice_sha256)).rstrip(b"=")
    return f"ni:///sha-256;{digest.decode('ascii')}"
