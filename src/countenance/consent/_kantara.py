"""The receipt as a Kantara Initiative Consent Receipt, version 1.1.0 (2018-02-20), for programs that read that.

It says less than what was signed, so the signed receipt is in it; `docs/formats/receipt.md` has it field by field.
"""

from typing import Any

from countenance.consent._jsonld import notice_name
from countenance.consent._receipt import Receipt
from countenance.consent._values import Purpose
from countenance.consent._wording import WORDINGS, purpose_words
from countenance.consent._words import NOBODY

KANTARA_VERSION = "KI-CR-v1.1.0"

# From the specification's lists of purpose categories and of personal data categories.
_PURPOSE_CATEGORIES = {
    Purpose.FIND_ME: "2 - Contracted Service",
    Purpose.BE_FOUND: "1 - Core Function",
    Purpose.BE_SHOWN: "1 - Core Function",
}
_BIOMETRIC = "3 - Biometric"

_NOBODY = frozenset(wording.own(NOBODY) for wording in WORDINGS.values())


def kantara_receipt(receipt: Receipt, jws: str, *, public_key: bytes) -> dict[str, Any]:
    """Write the receipt in the fields of Kantara CR 1.1, all that it makes mandatory among them.

    It asks for an address, an e-mail address and a telephone number of the controller; a receipt has two lines for
    all of these, which stand where one is asked for.
    """
    words = purpose_words(receipt.notice_language)
    return {
        "version": KANTARA_VERSION,
        "jurisdiction": receipt.jurisdiction,
        "consentTimestamp": int(receipt.given.timestamp()),
        "collectionMethod": receipt.collection_method,
        "consentReceiptID": receipt.id,
        "publicKey": public_key.hex(),
        "language": receipt.notice_language,
        "piiPrincipalId": receipt.person,
        "piiControllers": [
            {
                "piiController": receipt.controller,
                "onBehalf": False,
                "contact": receipt.contact,
                "address": {"streetAddress": receipt.controller},
                "email": receipt.contact,
                "phone": receipt.contact,
            }
        ],
        "policyUrl": notice_name(receipt),
        "services": [
            {
                "service": receipt.processing_method,
                "purposes": [
                    {
                        "purpose": words[purpose],
                        "purposeCategory": [_PURPOSE_CATEGORIES[purpose]],
                        "consentType": "EXPLICIT",
                        "piiCategory": list(receipt.data_kinds),
                        "primaryPurpose": purpose is receipt.purposes[0],
                        "termination": receipt.retention,
                        **_third_parties(receipt),
                    }
                    for purpose in receipt.purposes
                ],
            }
        ],
        "sensitive": receipt.with_template,
        "spiCat": [_BIOMETRIC] if receipt.with_template else [],
        "signedReceipt": jws,
        **({"ledgerCheckpoint": receipt.checkpoint} if receipt.checkpoint else {}),
    }


def _third_parties(receipt: Receipt) -> dict[str, Any]:
    if set(receipt.recipients) <= _NOBODY:
        return {"thirdPartyDisclosure": False}
    return {"thirdPartyDisclosure": True, "thirdPartyName": "; ".join(receipt.recipients)}
