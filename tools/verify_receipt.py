"""Check a signed receipt: python verify_receipt.py FILE --key HEX|FILE [--form FILE].

FILE is a receipt as it was signed (.jws), its JSON-LD form, a consent record in JSON-LD, or any other JSON with signed
receipts in it, such as an export or a Kantara receipt: of these only the signed receipts are checked and shown.
Needs Python 3.11 and the package `cryptography`, and nothing of Countenance: it is a second writing of what
docs/formats/receipt.md says. Exit code: 0 it holds, 1 it does not, 2 it could not be read.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEADER = b'{"alg":"EdDSA","typ":"vnd.countenance.receipt+jws"}'
SCHEMAS = ("urn:countenance:receipt:1", "urn:countenance:receipt:2")
PURPOSES = ("find-me", "be-found", "be-shown")
MAX_DAYS = 1095
COLUMNS = 80
KEY_BYTES = 32

# Every field of a receipt by its part, and what it must be; the last one of the event is there from version 2 on.
FIELDS = {
    part: dict(pair.split("=") for pair in pairs.split())
    for part, pairs in {
        "header": "record_id=id receipt_id=id pii_principal_id=id pii_principal_name=line library_id=id",
        "processing": """privacy_notice=page privacy_notice_sha256=sha256 language=language purposes=purposes
            lawful_basis=line pii_information=lines with_template=truth pii_controller=controller collection_method=line
            processing_method=line storage=line retention_period=line storage_location=line jurisdiction=line
            recipient_third_parties=lines withdrawal_method=line privacy_rights=lines authority_party=line""",
        "event": """event_time=moment valid_until=moment event_type=explicit event_state=given release_sha256=sha256
            guardian=line-or-empty ledger_checkpoint=note""",
    }.items()
}
PATTERNS = {
    "id": r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
    "sha256": r"[0-9a-f]{64}",
    "language": r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*",
    "moment": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
    "explicit": "explicit",
    "given": "given",
    # No line moves the cursor: no control characters and no line ends, also none of the rarer ones.
    "line": r"(?=\S)[^\x00-\x1f\x7f-\x9f\u2028\u2029]+(?<=\S)",
    "line-or-empty": r"((?=\S)[^\x00-\x1f\x7f-\x9f\u2028\u2029]+(?<=\S))?",
    # c2sp.org/tlog-checkpoint: origin, size, root; below them the one signature. In the one spelling of their base64.
    "note": r"(countenance/ledger/([A-Za-z0-9][A-Za-z0-9._-]{0,127})/[1-9][0-9]{0,8})\n(0|[1-9][0-9]{0,18})\n"
    r"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)\n\n— \1 ([A-Za-z0-9+/]{90}[AEIMQUYcgkosw048]=)\n",
}

# The words of receipts, in every language, with the terms that the JSON-LD form gives them.
WORDS = {
    "en": {
        "find-me": "I can find the photos that I am in. The answer goes to me.",
        "be-found": "Authorised staff can find me by a photo. They must state a reason each time, and I can see each "
        "such search and its reason.",
        "be-shown": "My face may be seen in photos that are published. Without this, it is covered.",
    },
    "fr": {
        "find-me": "Je peux retrouver les photos sur lesquelles je figure. La réponse est pour moi.",
        "be-found": "Le personnel autorisé peut me retrouver à partir d\u2019une photo. Il doit chaque fois indiquer "
        "un motif, et je peux voir chacune de ces recherches avec son motif.",
        "be-shown": "Mon visage peut être visible sur les photos qui sont publiées. Sans cette autorisation, il est "
        "masqué.",
    },
}
DATA = {
    "name": "pd:Name",
    "the signed form": "dpv:ProvidedPersonalData",
    "the photos given for enrolment": "pd:Picture",
    "a face template made from them (biometric data)": "pd:FacialPrint",
    "the places of the face in the library's photos": "dpv:DerivedPersonalData",
    "the places of the face in the library's photos, marked by hand": "dpv:DerivedPersonalData",
    "le nom": "pd:Name",
    "le formulaire signé": "dpv:ProvidedPersonalData",
    "les photos données pour l\u2019inscription": "pd:Picture",
    "un gabarit biométrique du visage, calculé à partir de ces photos": "pd:FacialPrint",
    "les emplacements du visage sur les photos de la photothèque": "dpv:DerivedPersonalData",
    "les emplacements du visage sur les photos de la photothèque, indiqués à la main": "dpv:DerivedPersonalData",
}
RIGHTS = {
    "to withdraw consent at any time, without giving a reason and without disadvantage": "A7-3",
    "to see what is kept about me and to get a copy of it": "A15",
    "to have mistakes corrected": "A16",
    "to have what is kept about me erased": "A17",
    "to have its use restricted": "A18",
    "to take it with me in a common format": "A20",
    "to complain to the supervisory authority": "A77",
    "retirer mon consentement à tout moment, sans donner de raison et sans en subir de désavantage": "A7-3",
    "savoir ce qui est conservé à mon sujet et en obtenir une copie": "A15",
    "faire corriger les erreurs": "A16",
    "faire effacer ce qui est conservé à mon sujet": "A17",
    "faire limiter l\u2019usage de mes données": "A18",
    "emporter mes données dans un format courant": "A20",
    "déposer une réclamation auprès de l\u2019autorité de contrôle": "A77",
}
# The @context of every document, which is always the same: SHA-256 of it with its keys sorted and no blanks.
CONTEXT_SHA256 = "fc24100e5e3cac7598b26040a69d426eaa487b2b31e237dbe7503348884f6031"
CATEGORIES = {"find-me": "dpv:RequestedServiceProvision", "be-found": "dpv:SearchFunctionalities", "be-shown": ""}
# What a record may state beyond the receipt: it is the controller's word, and not signed.
STATED = {
    "dpv:ConsentWithdrawn": "withdrawn",
    "dpv:ConsentExpired": "ended",
    "dpv:ConsentStatusInvalidForProcessing": "waiting",
}

Json = dict[str, Any]


class Wrong(Exception):
    """What does not hold, in words."""


def check_signed(token: str, key: bytes) -> Json:
    """Give the receipt in a compact JWS if everything about it holds; raise Wrong if anything does not."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004  (header, receipt, signature)
        raise Wrong("it is no signed receipt: it has not three parts")
    header, payload, signature = (_decoded(part) for part in parts)
    if header != HEADER:
        raise Wrong("the header is not the one that receipts have")
    if not _has_signed(key, signature, ".".join(parts[:2])):
        raise Wrong("the signature does not hold: changed, or signed with another key")
    receipt = _parsed(payload)
    _check_fields(receipt)
    processing, event = receipt["processing"], receipt["event"]
    if hashlib.sha256(processing["privacy_notice"].encode()).hexdigest() != processing["privacy_notice_sha256"]:
        raise Wrong("the notice is not the one that was hashed")
    if processing["purposes"] != [one for one in PURPOSES if one in processing["purposes"]]:
        raise Wrong("the purposes are not each once and in their order")
    given, until = _moment(event["event_time"]), _moment(event["valid_until"])
    if not timedelta(0) < until - given <= timedelta(days=MAX_DAYS):
        raise Wrong(f"it would hold from {given:%Y-%m-%d} to {until:%Y-%m-%d}, which no receipt does")
    if "ledger_checkpoint" in event:
        _check_note(event["ledger_checkpoint"], receipt["header"]["library_id"], key)
    return receipt


def _check_note(note: str, library: str, key: bytes) -> None:
    """Check the ledger's checkpoint, a C2SP signed note: it is of this library, and signed by the same key."""
    origin, seal = note.partition("\n")[0], base64.b64decode(note.rsplit(maxsplit=1)[-1])
    if origin.split("/")[2] != library:
        raise Wrong("its checkpoint is of the ledger of another library")
    key_id = hashlib.sha256(f"{origin}\n\x01".encode() + key).digest()[:4]
    if seal[:4] != key_id or not _has_signed(key, seal[4:], note.partition("\n\n")[0] + "\n"):
        raise Wrong("its checkpoint of the ledger is not signed by the library, or was changed")


def _has_signed(key: bytes, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _decoded(part: str) -> bytes:
    try:
        data = base64.b64decode(part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Wrong("it is no signed receipt: it is not base64url") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != part:
        raise Wrong("it is no signed receipt: stray bits in its base64url")
    return data


def _parsed(payload: bytes) -> Json:
    try:
        value = json.loads(payload.decode("utf-8"))
    except ValueError:
        raise Wrong("what was signed is no JSON") from None
    # The keys are ASCII and there are no numbers, so this is RFC 8785's one spelling.
    spelled = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    if spelled != payload or not isinstance(value, dict):
        raise Wrong("what was signed is not spelled in the one way that receipts are")
    return value


def _check_fields(receipt: Json) -> None:
    if receipt.keys() != {"schema", *FIELDS} or receipt["schema"] not in SCHEMAS:
        raise Wrong(f"it is not of the format {SCHEMAS[1]} or {SCHEMAS[0]}")
    for section, known in FIELDS.items():
        fields = {name: kind for name, kind in known.items() if kind != "note" or receipt["schema"] != SCHEMAS[0]}
        told = receipt[section]
        if not isinstance(told, dict) or told.keys() != fields.keys():
            raise Wrong(f"a field of its part {section} is missing, or one is not known")
        for name, kind in fields.items():
            if not _is(kind, told[name]):
                raise Wrong(f"its field {section}.{name} is blank or wrong")


def _is(kind: str, value: object) -> bool:
    if kind == "truth":
        return isinstance(value, bool)
    if kind == "controller":
        return isinstance(value, dict) and value.keys() == {"name", "contact"} and _is("lines", [*value.values()])
    if kind in {"lines", "purposes"}:
        items = value if isinstance(value, list) else []
        return (
            bool(items) and all(_is("line", one) for one in items) and (kind == "lines" or set(items) <= set(PURPOSES))
        )
    if kind == "page":
        return isinstance(value, str) and bool(value.strip())
    return isinstance(value, str) and re.fullmatch(PATTERNS[kind], value) is not None


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def as_jsonld(receipt: Json, token: str, key: bytes) -> Json:
    """Write the JSON-LD form of a receipt, to compare it with the one that was given."""
    return {
        "@id": _urn(receipt, "receipt", receipt["header"]["receipt_id"]),
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt" + _profile(receipt),
        "dct:identifier": receipt["header"]["receipt_id"],
        "dct:created": receipt["event"]["event_time"],
        "countenance:signedReceipt": token,
        "countenance:publicKey": key.hex(),
        "dpv:hasRecordOfActivity": as_record(receipt),
    }


def as_record(receipt: Json) -> Json:
    """Write the record in the JSON-LD form, as it was when the receipt was signed."""
    header, processing, event = receipt["header"], receipt["processing"], receipt["event"]
    subject, by = _urn(receipt, "person", header["pii_principal_id"]), _urn(receipt, "controller")
    controller, contact = processing["pii_controller"]["name"], processing["pii_controller"]["contact"]
    articles = ["eu-gdpr:A6-1-a"] if _profile(receipt) else []
    articles += ["eu-gdpr:A9-2-a"] if articles and processing["with_template"] and _names(receipt, "9", "2") else []
    guardian = _node("GuardianOfDataSubject", hasName=event["guardian"])
    until, note = {"@type": "dpv:UntilTimeDuration", "rdf:value": event["valid_until"]}, event.get("ledger_checkpoint")
    digest = base64.urlsafe_b64encode(bytes.fromhex(processing["privacy_notice_sha256"])).rstrip(b"=")
    return {
        "@id": _urn(receipt, "record", header["record_id"]),
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#record" + _profile(receipt),
        "dct:identifier": header["record_id"],
        "countenance:library": header["library_id"],
        "dpv:hasDataSubject": _node(
            "DataSubject", at=subject, hasIdentifier=header["pii_principal_id"], hasName=header["pii_principal_name"]
        ),
        "dpv:hasNotice": {
            "@id": f"ni:///sha-256;{digest.decode('ascii')}",
            "@type": "dpv:ConsentNotice",
            "dct:language": processing["language"],
            "schema:text": processing["privacy_notice"],
            "countenance:sha256": processing["privacy_notice_sha256"],
        },
        "dpv:hasDataController": _node(
            "DataController", at=by, hasIdentifier=by, hasName=controller, hasAddress=controller, hasContact=contact
        ),
        "dpv:hasLegalBasis": _node(
            "LegalBasis", processing["lawful_basis"], ["dpv:ExplicitlyExpressedConsent", *articles]
        ),
        "dpv:hasJurisdiction": _node("Jurisdiction", processing["jurisdiction"]),
        "dpv:hasConsentControl": _node("WithdrawConsent", processing["withdrawal_method"], isExercisedAt=contact),
        "dpv:hasRight": [
            _node("DataSubjectRight", right, f"eu-gdpr:{RIGHTS[right]}" if articles and right in RIGHTS else "")
            for right in processing["privacy_rights"]
        ],
        "dpv:hasAuthority": _node("Authority", hasName=processing["authority_party"]),
        "dpv:hasProcess": _process(receipt, until),
        "dpv:hasConsentStatus": [
            {
                "@type": ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"],
                "dpv:isIndicatedAtTime": event["event_time"],
                "dpv:hasDuration": until,
                "dpv:isIndicatedBy": guardian if event["guardian"] else {"@id": subject},
                "dpv:hasIndicationMethod": processing["collection_method"],
                "countenance:releaseSha256": event["release_sha256"],
                **({"countenance:receiptSchema": SCHEMAS[1], "countenance:ledgerCheckpoint": note} if note else {}),
            }
        ],
    }


def _process(receipt: Json, until: Json) -> Json:
    processing = receipt["processing"]
    location, purposes, made = processing["storage_location"], processing["purposes"], processing["with_template"]
    data = [_data(kind) for kind in processing["pii_information"]]
    if made and not any(kind["skos:broader"] == "pd:FacialPrint" for kind in data):
        data.append({"@type": "dpv:SpecialCategoryPersonalData", "skos:broader": "pd:FacialPrint"})
    automation = {"hasAutomationLevel": "dpv:NotAutomated"}
    if made:
        automation["hasAutomationLevel"] = "dpv:PartialAutomation"
        automation["hasHumanInvolvement"] = "dpv:HumanInvolvementForVerification"
    operations = ["dpv:Collect", "dpv:Store", *(["dpv:Derive", "dpv:Match"] if made else [])]
    operations += ["dpv:MakeAvailable"] if "be-shown" in purposes else []
    return {
        "@type": "dpv:Process",
        "countenance:withTemplate": made,
        "dpv:hasPurpose": [
            {
                **_node(
                    "Purpose", _words(receipt)[purpose], CATEGORIES[purpose], at=f"urn:countenance:purpose:{purpose}"
                ),
                "dct:identifier": purpose,
            }
            for purpose in purposes
        ],
        "dpv:hasPersonalData": data,
        "dpv:hasDataSource": _node("DataSubjectDataSource", processing["collection_method"]),
        "dpv:hasProcessing": _node("Processing", processing["processing_method"], operations, **automation),
        "dpv:hasStorageCondition": [
            _node("StorageCondition", processing["storage"]),
            _node("StorageLocation", location),
            _node("StorageDuration", processing["retention_period"], hasDuration=until),
        ],
        "dpv:hasProcessingCondition": _node("ProcessingLocation", location),
        "dpv:hasRecipient": [_node("Recipient", one) for one in processing["recipient_third_parties"]],
    }


def _data(kind: str) -> Json:
    category = DATA.get(kind, "dpv:PersonalData")
    return _node("SpecialCategoryPersonalData" if category == "pd:FacialPrint" else "PersonalData", kind, category)


def _node(kind: str, text: str = "", broader: str | list[str] = "", *, at: str = "", **terms: str | Json) -> Json:
    told = {"@id": at, "@type": f"dpv:{kind}", "dct:description": text, "skos:broader": broader}
    return {**{name: value for name, value in told.items() if value}, **{f"dpv:{one}": terms[one] for one in terms}}


def _words(receipt: Json) -> dict[str, str]:
    return WORDS.get(receipt["processing"]["language"].partition("-")[0].lower(), WORDS["en"])


def _urn(receipt: Json, *names: str) -> str:
    return ":".join(("urn:countenance:library", receipt["header"]["library_id"], *names))


def _profile(receipt: Json) -> str:
    return "-eu-gdpr" if _names(receipt, "6", "1") else ""


def _names(receipt: Json, article: str, paragraph: str) -> bool:
    basis = receipt["processing"]["lawful_basis"]
    return f"{article}({paragraph})(a)" in basis or f"{article}, paragraphe {paragraph}, point a)" in basis


def check_document(document: object, key: bytes) -> Iterator[tuple[Json, list[str]]]:
    """Give each receipt of a JSON document with what the document states beyond it; raise Wrong if one is not right."""
    if isinstance(document, dict) and "@context" in document:
        context = json.dumps(document.pop("@context"), sort_keys=True, separators=(",", ":"))
        if hashlib.sha256(context.encode()).hexdigest() != CONTEXT_SHA256:
            raise Wrong("its @context is another, so its words mean something else")
        if "@graph" not in document:
            token = str(document.get("countenance:signedReceipt"))
            receipt = check_signed(token, key)
            _compare(document, as_jsonld(receipt, token, key), "the JSON-LD form")
            yield receipt, []
        elif document.keys() == {"@graph"} and document["@graph"]:
            yield from (_check_record(record, key) for record in document["@graph"])
        else:
            raise Wrong("it is not written as records are")
    else:
        tokens = list(dict.fromkeys(_tokens(document)))
        if not tokens:
            raise Wrong("it holds no signed receipt")
        yield from ((check_signed(token, key), []) for token in tokens)


def _check_record(record: Json, key: bytes) -> tuple[Json, list[str]]:
    token = str(record.get("countenance:signedReceipt"))
    receipt = check_signed(token, key)
    first, *later = record.get("dpv:hasConsentStatus", [None])
    stated = [_stated(event) for event in later]
    unsigned = {"countenance:state", "dct:modified"}
    told = {**{name: value for name, value in record.items() if name not in unsigned}, "dpv:hasConsentStatus": [first]}
    proof = {"countenance:signedReceipt": token, "countenance:publicKey": key.hex()}
    _compare(told, {**as_record(receipt), **proof, "dct:created": receipt["event"]["event_time"]}, "the record")
    return receipt, [f"state: {record.get('countenance:state')}", *stated]


def _stated(event: Json) -> str:
    word = STATED.get(str(event.get("@type")))
    if word is None:
        raise Wrong("the record states an event of a kind that is not known")
    purposes = ", ".join(str(one.get("@id")).rpartition(":")[2] for one in event.get("dpv:hasPurpose", []))
    when = f" at {event['dpv:isIndicatedAtTime']}" if "dpv:isIndicatedAtTime" in event else ""
    what = f" for {event['countenance:waitsFor']}" if "countenance:waitsFor" in event else ""
    return f"{word}{what}{when}: {purposes}"


def _compare(told: object, signed: object, what: str, place: str = "") -> None:
    """Raise Wrong with the first place where a document says something else than what was signed."""
    if isinstance(told, dict) and isinstance(signed, dict):
        if odd := sorted(told.keys() ^ signed.keys()):
            raise Wrong(f"{what} has too much or too little at {place or 'its top'}: {', '.join(odd)}")
        for name, value in signed.items():
            _compare(told[name], value, what, f"{place} {name}".strip())
    elif isinstance(told, list) and isinstance(signed, list) and len(told) == len(signed):
        for one, other in zip(told, signed, strict=True):
            _compare(one, other, what, place)
    elif type(told) is not type(signed) or told != signed:
        raise Wrong(f"{what} says something else than what was signed, at {place}")


def _tokens(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _tokens(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _tokens(inner)
    elif isinstance(value, str) and re.fullmatch(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", value):
        yield value


def _check_form(form: str | None, receipts: list[Json]) -> None:
    if form is not None and form not in {receipt["event"]["release_sha256"] for receipt in receipts}:
        raise Wrong("the form is another one than the one that was signed")


def summary(receipt: Json, stated: list[str], now: datetime) -> str:
    """Say what a receipt is about, for people, in lines of at most 80 columns."""
    header, processing, event = receipt["header"], receipt["processing"], receipt["event"]
    over = "" if _moment(event["valid_until"]) > now else " (this is over)"
    rows = [
        ("Person", f"{header['pii_principal_name']} ({header['pii_principal_id']})"),
        *(("May", f"{purpose}: {_words(receipt)[purpose]}") for purpose in processing["purposes"]),
        ("Face data", "a face template may be made" if processing["with_template"] else "none may be computed"),
        ("Given", f"{event['event_time']}, by {event['guardian'] or header['pii_principal_name']}"),
        ("Until", event["valid_until"] + over),
        ("Controller", f"{processing['pii_controller']['name']}; {processing['pii_controller']['contact']}"),
        ("Withdraw", processing["withdrawal_method"]),
        ("Notice", f"in {processing['language']}, SHA-256 {processing['privacy_notice_sha256']}"),
        ("Form", f"SHA-256 {event['release_sha256']}"),
        *(("Stated", f"{line} (by the controller, not signed)") for line in stated),
    ]
    if note := event.get("ledger_checkpoint"):
        origin, size, root = note.splitlines()[:3]
        rows.append(("Ledger", f"{origin} had {size} entries when it was signed, and the root {root}"))
    if not stated:
        rows.append(("Not in it", "whether it was withdrawn since: ask the controller"))
    return "\n".join([f"Receipt {header['receipt_id']} holds.", *(_row(name, text) for name, text in rows)])


def _row(name: str, text: str) -> str:
    shown = "".join(one if one.isprintable() else "?" for one in text)
    return textwrap.fill(shown, COLUMNS, initial_indent=f"  {name:<11}", subsequent_indent=" " * 13)


def read_key(given: str) -> bytes:
    """Give the public key that is written as 64 hexadecimal digits, or stands so in a file."""
    text = given if re.fullmatch(r"[0-9a-fA-F]{64}", given) else Path(given).read_text(encoding="ascii").strip()
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError("the public key is no 64 hexadecimal digits")
    return key


def _once(pairs: list[tuple[str, Any]]) -> Json:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice in one object, so two readers may see two things")
    return dict(pairs)


def main() -> int:
    """Check what the command line names, and say how it stands."""
    asked = argparse.ArgumentParser(description="Check a signed receipt of Countenance, without Countenance.")
    asked.add_argument("file", type=Path, metavar="FILE", help=".jws, .jsonld or .json")
    asked.add_argument("--key", required=True, metavar="HEX|FILE", help="the library's public key")
    asked.add_argument("--form", type=Path, metavar="FILE", help="the signed form, to check its hash as well")
    given = asked.parse_args()
    try:
        key = read_key(given.key)
        text = given.file.read_text(encoding="utf-8").strip()
        form = hashlib.sha256(given.form.read_bytes()).hexdigest() if given.form else None
        document = json.loads(text, object_pairs_hook=_once) if text.startswith(("{", "[")) else None
    except (OSError, ValueError) as problem:
        print(f"verify_receipt: cannot be read: {problem}", file=sys.stderr)
        return 2
    try:
        checked = [(check_signed(text, key), [])] if document is None else list(check_document(document, key))
        _check_form(form, [receipt for receipt, _ in checked])
    except Wrong as problem:
        print(textwrap.fill(f"DOES NOT HOLD: {problem}", COLUMNS), file=sys.stderr)
        return 1
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # shaped like nothing that we write
        print("DOES NOT HOLD: it is not written as receipts are", file=sys.stderr)
        return 1
    print("\n\n".join(summary(receipt, stated, datetime.now(UTC)) for receipt, stated in checked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
