"""The JSON-LD forms say what was signed, in terms of DPV, complete as ISO/IEC TS 27560 asks, and load nothing."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Never

import pyshacl
import pytest
import rdflib
from pyld import jsonld

from countenance.consent import Hold, Purpose, receipt_jsonld, record_jsonld
from receipt_example import Example, drafted, example, second

GOLDEN = Path(__file__).parent / "golden"
SHAPES = rdflib.Graph().parse(Path(__file__).parent / "receipt-shapes.ttl", format="turtle")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
FIELD = "urn:countenance:shapes:1#"
AUTUMN = datetime(2025, 10, 1, 7, tzinfo=UTC)
LATER = datetime(2026, 7, 2, tzinfo=UTC)

Place = tuple[str | int, ...]

_RECORD: Place = ("dpv:hasRecordOfActivity",)
_PROCESS: Place = (*_RECORD, "dpv:hasProcess")
_GIVEN: Place = (*_RECORD, "dpv:hasConsentStatus", 0)

# Every term that ISO/IEC TS 27560 or GDPR 13 makes mandatory, and the shape that misses it.
MANDATORY: dict[Place, str] = {
    ("dct:conformsTo",): "receipt_schema_version",
    ("dct:identifier",): "receipt_id",
    ("dct:created",): "receipt_created",
    _RECORD: "receipt_record",
    (*_RECORD, "dct:conformsTo"): "record_schema_version",
    (*_RECORD, "dct:identifier"): "record_id",
    (*_RECORD, "dpv:hasDataSubject"): "pii_principal",
    (*_RECORD, "dpv:hasDataSubject", "dpv:hasIdentifier"): "pii_principal_id",
    (*_RECORD, "dpv:hasDataSubject", "dpv:hasName"): "pii_principal_name",
    (*_RECORD, "dpv:hasNotice"): "privacy_notice",
    (*_RECORD, "dpv:hasNotice", "schema:text"): "notice_text",
    (*_RECORD, "dpv:hasNotice", "countenance:sha256"): "notice_sha256",
    (*_RECORD, "dpv:hasNotice", "dct:language"): "language",
    (*_RECORD, "dpv:hasDataController"): "pii_controllers",
    (*_RECORD, "dpv:hasDataController", "dpv:hasIdentifier"): "party_id",
    (*_RECORD, "dpv:hasDataController", "dpv:hasName"): "party_name",
    (*_RECORD, "dpv:hasDataController", "dpv:hasAddress"): "party_address",
    (*_RECORD, "dpv:hasDataController", "dpv:hasContact"): "party_contact",
    (*_RECORD, "dpv:hasLegalBasis"): "lawful_basis",
    (*_RECORD, "dpv:hasLegalBasis", "dct:description"): "lawful_basis_text",
    (*_RECORD, "dpv:hasLegalBasis", "skos:broader"): "explicit_consent",
    (*_RECORD, "dpv:hasJurisdiction"): "jurisdiction",
    (*_RECORD, "dpv:hasJurisdiction", "dct:description"): "jurisdiction_text",
    (*_RECORD, "dpv:hasConsentControl"): "withdrawal_method",
    (*_RECORD, "dpv:hasConsentControl", "dct:description"): "withdrawal_method_text",
    (*_RECORD, "dpv:hasConsentControl", "dpv:isExercisedAt"): "withdrawal_place",
    (*_RECORD, "dpv:hasRight"): "privacy_rights",
    (*_RECORD, "dpv:hasRight", 3, "dct:description"): "privacy_right_text",
    (*_RECORD, "dpv:hasAuthority"): "authority_party",
    (*_RECORD, "dpv:hasAuthority", "dpv:hasName"): "authority_party_name",
    _PROCESS: "purposes_of",
    (*_PROCESS, "countenance:withTemplate"): "with_template",
    (*_PROCESS, "dpv:hasPurpose"): "purposes",
    (*_PROCESS, "dpv:hasPurpose", 1, "dct:identifier"): "purpose_id",
    (*_PROCESS, "dpv:hasPurpose", 1, "dct:description"): "purpose_text",
    (*_PROCESS, "dpv:hasPersonalData"): "pii_information",
    (*_PROCESS, "dpv:hasPersonalData", 0, "skos:broader"): "pii_type",
    (*_PROCESS, "dpv:hasPersonalData", 3): "Record",
    (*_PROCESS, "dpv:hasPersonalData", 3, "@type"): "Record",
    (*_PROCESS, "dpv:hasDataSource"): "collection_method",
    (*_PROCESS, "dpv:hasDataSource", "dct:description"): "described",
    (*_PROCESS, "dpv:hasProcessing"): "processing_method",
    (*_PROCESS, "dpv:hasProcessing", "dct:description"): "described",
    (*_PROCESS, "dpv:hasStorageCondition", 0, "dct:description"): "described",
    (*_PROCESS, "dpv:hasStorageCondition", 1): "storage_locations",
    (*_PROCESS, "dpv:hasStorageCondition", 1, "dct:description"): "described",
    (*_PROCESS, "dpv:hasStorageCondition", 2): "retention_period",
    (*_PROCESS, "dpv:hasStorageCondition", 2, "dct:description"): "described",
    (*_PROCESS, "dpv:hasStorageCondition", 2, "dpv:hasDuration", "rdf:value"): "retention_period",
    (*_PROCESS, "dpv:hasProcessingCondition"): "processing_locations",
    (*_PROCESS, "dpv:hasRecipient"): "recipient_third_parties",
    (*_PROCESS, "dpv:hasRecipient", 0, "dct:description"): "described",
    _GIVEN: "consent_given",
    (*_GIVEN, "@type"): "consent_given",
    (*_GIVEN, "@type", 1): "event_type",
    (*_GIVEN, "dpv:isIndicatedAtTime"): "event_time",
    (*_GIVEN, "dpv:hasDuration"): "validity_duration",
    (*_GIVEN, "dpv:hasDuration", "rdf:value"): "validity_duration",
    (*_GIVEN, "dpv:isIndicatedBy"): "entity_id",
    (*_GIVEN, "dpv:isIndicatedBy", "dpv:hasName"): "entity_id",
    (*_GIVEN, "dpv:hasIndicationMethod"): "indication_method",
    (*_GIVEN, "countenance:releaseSha256"): "release_sha256",
    (*_GIVEN, "countenance:receiptSchema"): "receipt_schema",
    (*_GIVEN, "countenance:ledgerCheckpoint"): "ledger_checkpoint",
}


def refuse(url: str, _: object = None) -> Never:
    """Load nothing, whatever is asked for."""
    raise AssertionError(f"a document asked for {url}")


def document(given: Example) -> dict[str, Any]:
    """Give the JSON-LD form of a receipt."""
    return receipt_jsonld(given.receipt, given.signed, public_key=given.public)


def record(given: Example, **since: Any) -> dict[str, Any]:  # noqa: ANN401  (withdrawn, held, now)
    """Give the consent record of one receipt, with what happened since."""
    now = since.pop("now", AUTUMN)
    return record_jsonld([(given.consent(**since), given.signed)], public_key=given.public, now=now)


def triples(doc: dict[str, Any]) -> rdflib.Graph:
    """Normalise a document (URDNA2015) with a loader that refuses everything, and give its statements."""
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": refuse}
    return rdflib.Graph().parse(data=jsonld.normalize(doc, options), format="nt")


def missed(doc: dict[str, Any]) -> set[str]:
    """Give the names of the shapes that a document does not have."""
    conforms, report, _ = pyshacl.validate(triples(doc), shacl_graph=SHAPES)
    assert isinstance(report, rdflib.Graph)
    names = {str(shape).removeprefix(FIELD) for shape in report.objects(None, SH.sourceShape)}
    assert conforms is (not names)
    return names


def keys(value: object) -> Iterator[str]:
    """Give every key of a document but the keywords, each as often as it stands there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.startswith("@"):
                yield name
            yield from keys(inner) if name != "@context" else ()
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def spelled(doc: dict[str, Any]) -> str:
    """Give the bytes of a document as they are written to a file."""
    return json.dumps(doc, indent=2, ensure_ascii=False) + "\n"


def told() -> dict[str, Any]:
    """Give the record of the example's consent: one purpose withdrawn, the other held."""
    return record(example(), withdrawn={Purpose.BE_SHOWN: AUTUMN}, held={Purpose.FIND_ME: Hold.LINK})


@pytest.mark.parametrize(
    ("name", "doc"),
    [
        ("receipt-1.jsonld", document(example())),
        ("record-1.jsonld", told()),
        ("receipt-2.jsonld", document(second())),
    ],
)
def test_the_golden_documents_are_written_as_they_were(name: str, doc: dict[str, Any]) -> None:
    """R1: the examples' receipts and record come out as they are kept, to the byte."""
    assert spelled(doc) == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("doc", [document(example()), told(), document(second())], ids=["receipt", "record", "second"])
def test_nothing_is_loaded_and_nothing_is_lost(doc: dict[str, Any]) -> None:
    """R1: expanded with a loader that refuses everything, each key of the document is a term with an address."""
    (expanded, *_) = jsonld.expand(doc, {"documentLoader": refuse})
    wanted = {name.split(":")[0]: doc["@context"][name.split(":")[0]] for name in keys(doc)}
    full = sorted(wanted[name.split(":")[0]] + name.split(":")[1] for name in keys(doc))
    assert sorted(keys(expanded)) == full
    assert all(name.startswith(("https://", "http://", "urn:")) for name in full)


def test_two_spellings_are_one_graph() -> None:
    """Whatever the order of its keys, a document states the same."""
    doc = document(example())
    backwards = json.loads(json.dumps(doc), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert triples(doc).isomorphic(triples(backwards))


@pytest.mark.parametrize(
    "given",
    [
        example(),
        second(),
        second().other(guardian=""),
        drafted(),
        drafted(language="fr", guardian="Grâce Exemple"),
        drafted(language="de"),
        drafted((Purpose.BE_SHOWN,), with_template=False),
        example().other(data_kinds=("all that there is",), lawful_basis="a written release (740 ILCS 14/15)"),
    ],
    ids=["golden", "second", "adult", "english", "french", "german", "no-template", "own-words"],
)
def test_a_complete_receipt_conforms(given: Example) -> None:
    """R1: whatever was allowed, in each language and under each law, receipt and record have every mandatory field."""
    assert missed(document(given)) == set()
    assert missed(record(given)) == set()


@pytest.mark.parametrize(("place", "shape"), MANDATORY.items(), ids=str)
def test_a_term_that_is_dropped_or_blank_is_missed_by_name(place: Place, shape: str) -> None:
    """R1, R27: drop or blank any mandatory term of the receipt: the shape of that field reports it."""
    dropped = copy.deepcopy(document(second()))
    del holder(dropped, place)[place[-1]]
    assert shape in missed(dropped)
    if "@type" not in place:
        blank = copy.deepcopy(document(second()))
        old = holder(blank, place)[place[-1]]
        holder(blank, place)[place[-1]] = "  " if isinstance(old, str) else {}
        assert shape in missed(blank)


def holder(doc: dict[str, Any], place: Place) -> Any:  # noqa: ANN401  (an object or a list)
    """Give the object or list that holds what stands at a place."""
    value: Any = doc
    for step in place[:-1]:
        value = value[step]
    return value


def test_every_shape_has_its_turn() -> None:
    """R1: no property shape of the file goes untried (but two that only narrow a shape that is tried)."""
    named = {shape for shape in SHAPES.objects(None, SH.property) if isinstance(shape, rdflib.URIRef)}
    properties = {shape.removeprefix(FIELD) for shape in named}
    assert properties - set(MANDATORY.values()) == {"pii_text", "retention_end"}
    assert set(MANDATORY.values()) - properties == {"Record"}


def test_biometric_data_is_said_to_be_special() -> None:
    """R1, R12: with a template there is special category data (GDPR 9) whatever the words; without one, none."""
    special = rdflib.URIRef("https://w3id.org/dpv#SpecialCategoryPersonalData")
    for given, number in (
        (drafted(), 1),
        (drafted(language="fr"), 1),
        (example().other(data_kinds=("all that there is",)), 1),
        (drafted((Purpose.BE_SHOWN,), with_template=False), 0),
    ):
        assert len(list(triples(document(given)).subjects(rdflib.RDF.type, special))) == number


def test_the_law_of_the_union_is_named_only_where_it_is_the_basis() -> None:
    """R1: articles of the GDPR stand in the document if the receipt's own basis names them, and not otherwise."""
    elsewhere = example().other(lawful_basis="a written release (740 ILCS 14/15)")
    assert "gdpr:A" in spelled(document(example()))
    assert "gdpr:A" not in spelled(document(elsewhere)).replace(elsewhere.signed, "")
    assert document(elsewhere)["dct:conformsTo"].endswith("#receipt")


def test_a_record_tells_what_happened_since() -> None:
    """R4, R5: the record has each withdrawal with its purposes and moment, what waits and for what, and the end."""
    since = told()["@graph"][0]
    given, withdrawn, waiting = since["dpv:hasConsentStatus"]
    assert given == document(example())["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"][0]
    assert withdrawn["@type"] == "dpv:ConsentWithdrawn"
    assert withdrawn["dpv:isIndicatedAtTime"] == since["dct:modified"] == "2025-10-01T07:00:00Z"
    assert withdrawn["dpv:hasPurpose"] == [{"@id": "urn:countenance:purpose:be-shown"}]
    assert waiting["countenance:waitsFor"] == "link"
    assert waiting["dpv:hasPurpose"] == [{"@id": "urn:countenance:purpose:find-me"}]
    assert since["countenance:state"] == "waiting"
    ended = record(example(), now=LATER)["@graph"][0]
    assert ended["dpv:hasConsentStatus"][-1]["@type"] == "dpv:ConsentExpired"
    assert (ended["countenance:state"], ended["dct:modified"]) == ("expired", "2026-07-01T00:00:00Z")
    both = dict.fromkeys(example().receipt.purposes, AUTUMN)
    assert record(example(), withdrawn=both)["@graph"][0]["countenance:state"] == "withdrawn"
