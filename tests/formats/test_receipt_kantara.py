"""The Kantara form has the fields of Consent Receipt 1.1.0 (2018-02-20), and says what was signed in them."""

import json
from pathlib import Path
from typing import Any

import pytest

from countenance.consent import Purpose, kantara_receipt
from receipt_example import Example, drafted, example, second

GOLDEN = Path(__file__).parent / "golden"

TEXT, TRUTH, NUMBER = "text", "truth", "number"
# The fields that version 1.1.0 makes mandatory ("MUST"), with their types; a list is of objects or texts like its one.
MUST: dict[str, Any] = {
    "version": TEXT,
    "jurisdiction": TEXT,
    "consentTimestamp": NUMBER,
    "collectionMethod": TEXT,
    "consentReceiptID": TEXT,
    "language": TEXT,
    "piiPrincipalId": TEXT,
    "piiControllers": [{"piiController": TEXT, "contact": TEXT, "address": {}, "email": TEXT, "phone": TEXT}],
    "policyUrl": TEXT,
    "services": [
        {
            "service": TEXT,
            "purposes": [
                {
                    "purposeCategory": [TEXT],
                    "consentType": TEXT,
                    "piiCategory": [TEXT],
                    "termination": TEXT,
                    "thirdPartyDisclosure": TRUTH,
                }
            ],
        }
    ],
    "sensitive": TRUTH,
    "spiCat": [TEXT],
}


def form(given: Example) -> dict[str, Any]:
    """Give the Kantara form of a receipt."""
    return kantara_receipt(given.receipt, given.signed, public_key=given.public)


def faults(value: object, must: object, place: str = "") -> list[str]:
    """Give what is wrong with a document by a table of what must be in it: our own reading of the specification."""
    if isinstance(must, dict):
        if not isinstance(value, dict):
            return [f"{place} is no object"]
        missing = [f"{place}.{name} is missing" for name in must if name not in value]
        present = {name: inner for name, inner in must.items() if name in value}
        return missing + [wrong for name, inner in present.items() for wrong in faults(value[name], inner, name)]
    if isinstance(must, list):
        if not isinstance(value, list) or (not value and place != "spiCat"):
            return [f"{place} is no list, or empty"]
        return [wrong for one in value for wrong in faults(one, must[0], place)]
    sound = {
        TEXT: isinstance(value, str) and bool(value.strip()),
        TRUTH: isinstance(value, bool),
        NUMBER: isinstance(value, int) and not isinstance(value, bool),
    }
    return [] if sound[str(must)] else [f"{place} is blank or of another type"]


@pytest.mark.parametrize(("name", "given"), [("receipt-1", example()), ("receipt-2", second())])
def test_the_golden_form_is_written_as_it_was(name: str, given: Example) -> None:
    """R1, R27: the Kantara form of each version's example comes out as it is kept, to the byte."""
    kept = (GOLDEN / f"{name}.kantara.json").read_text(encoding="utf-8")
    assert json.dumps(form(given), indent=2, ensure_ascii=False) + "\n" == kept
    assert form(given).get("ledgerCheckpoint", "") == given.receipt.checkpoint


@pytest.mark.parametrize(
    "given",
    [
        example(),
        drafted(language="fr"),
        drafted((Purpose.BE_SHOWN,), with_template=False),
        example().other(recipients=("the printer of the yearbook",)),
    ],
    ids=["golden", "french", "no-template", "recipient"],
)
def test_every_mandatory_field_is_there(given: Example) -> None:
    """R1: each field that Kantara CR 1.1 makes mandatory is there, of its type and not blank."""
    assert faults(form(given), MUST) == []


@pytest.mark.parametrize("name", MUST)
def test_the_check_misses_what_is_missing(name: str) -> None:
    """The check is none that passes whatever it is given."""
    assert faults({key: value for key, value in form(example()).items() if key != name}, MUST)
    assert faults({**form(example()), name: None}, MUST)


def test_biometric_data_is_sensitive() -> None:
    """R1, R12: with a template the form says sensitive and names the category; without one it says neither."""
    assert (form(example())["sensitive"], form(example())["spiCat"]) == (True, ["3 - Biometric"])
    without = form(drafted((Purpose.BE_SHOWN,), with_template=False))
    assert (without["sensitive"], without["spiCat"]) == (False, [])


def test_a_recipient_is_disclosed_by_name() -> None:
    """R1: third parties are named if there are any; in every language of the house nobody is nobody."""
    told = form(example().other(recipients=("the printer of the yearbook", "the alumni society")))
    for purpose in told["services"][0]["purposes"]:
        assert purpose["thirdPartyDisclosure"] is True
        assert purpose["thirdPartyName"] == "the printer of the yearbook; the alumni society"
    for given in (example(), drafted(language="fr")):
        assert not any(purpose["thirdPartyDisclosure"] for purpose in form(given)["services"][0]["purposes"])


def test_it_says_what_was_signed() -> None:
    """R1: what the form says is the receipt's, and the signed receipt is in it."""
    told, receipt = form(example()), example().receipt
    assert told["consentTimestamp"] == 1756715400
    assert told["consentReceiptID"] == receipt.id
    assert [purpose["purpose"] for purpose in told["services"][0]["purposes"]] == [
        "I can find the photos that I am in. The answer goes to me.",
        "My face may be seen in photos that are published. Without this, it is covered.",
    ]
    assert told["signedReceipt"] == example().signed
