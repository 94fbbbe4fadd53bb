"""The receipt: everything that a person was told and agreed to, as one value with one spelling."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Never

from countenance.consent._fields import (
    Fields,
    check_id,
    check_language,
    check_line,
    check_lines,
    check_page,
    check_purposes,
    check_sha256,
)
from countenance.consent._remembered import RememberedLedger, remembered
from countenance.consent._values import MAX_DAYS, Purpose, moment_text, whole_second
from countenance.errors import ReceiptInvalid, SealBroken
from countenance.seals import canonical, read_canonical, sha256_hex

# The first version has no checkpoint; what was signed in it verifies for ever.
FIRST_SCHEMA = "urn:countenance:receipt:1"
RECEIPT_SCHEMA = "urn:countenance:receipt:2"

_EXPLICIT: Literal["explicit"] = "explicit"
_GIVEN: Literal["given"] = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A consent as it was given; `docs/formats/receipt.md` says what each field means. A wrong one cannot be made.

    `id` is the receipt's; `record` is that of the consent record it is a copy of. `given` and `valid_until` are UTC in
    whole seconds; the consent is live from the first and no longer at the second. `release_sha256` is the content hash
    of the signed form. `guardian` is the name of who signed for the person, or empty. Without `with_template` nothing
    may be computed from the person's face. `checkpoint` is the signed note of the ledger as it stood when the receipt
    was signed; without one the receipt is of the first version.

    Raises:
        ReceiptInvalid: a field is blank or wrong; the error names it.
    """

    id: str
    record: str
    library: str
    person: str
    person_name: str
    notice: str
    notice_sha256: str
    notice_language: str
    purposes: tuple[Purpose, ...]
    lawful_basis: str
    data_kinds: tuple[str, ...]
    with_template: bool
    controller: str
    contact: str
    collection_method: str
    processing_method: str
    storage: str
    retention: str
    location: str
    jurisdiction: str
    recipients: tuple[str, ...]
    withdrawal_method: str
    rights: tuple[str, ...]
    authority: str
    given: datetime
    valid_until: datetime
    release_sha256: str
    guardian: str = ""
    checkpoint: str = ""
    event_type: str = _EXPLICIT
    event_state: str = _GIVEN

    def __post_init__(self) -> None:
        """Refuse a receipt with a blank or wrong field."""
        check_id("header.record_id", self.record, _refuse)
        check_id("header.receipt_id", self.id, _refuse)
        check_id("header.pii_principal_id", self.person, _refuse)
        check_line("header.pii_principal_name", self.person_name, _refuse)
        check_id("header.library_id", self.library, _refuse)
        self._check_processing()
        self._check_event()

    def _check_processing(self) -> None:
        check_page("processing.privacy_notice", self.notice, _refuse)
        if self.notice_sha256 != sha256_hex(self.notice.encode()):
            _refuse("processing.privacy_notice_sha256", "is not the hash of the notice")
        check_language("processing.language", self.notice_language, _refuse)
        check_purposes("processing.purposes", self.purposes, _refuse)
        for field, text in (
            ("lawful_basis", self.lawful_basis),
            ("pii_controller.name", self.controller),
            ("pii_controller.contact", self.contact),
            ("collection_method", self.collection_method),
            ("processing_method", self.processing_method),
            ("storage", self.storage),
            ("retention_period", self.retention),
            ("storage_location", self.location),
            ("jurisdiction", self.jurisdiction),
            ("withdrawal_method", self.withdrawal_method),
            ("authority_party", self.authority),
        ):
            check_line(f"processing.{field}", text, _refuse)
        for field, texts in (
            ("pii_information", self.data_kinds),
            ("recipient_third_parties", self.recipients),
            ("privacy_rights", self.rights),
        ):
            check_lines(f"processing.{field}", texts, _refuse)

    def _check_event(self) -> None:
        for field, moment in (("event_time", self.given), ("valid_until", self.valid_until)):
            if moment.utcoffset() is None or moment != whole_second(moment):
                _refuse(f"event.{field}", "must be a whole second in UTC")
        if self.valid_until <= self.given:
            _refuse("event.valid_until", "must be after event_time")
        if self.valid_until - self.given > timedelta(days=MAX_DAYS):
            _refuse("event.valid_until", f"must be at most {MAX_DAYS} days after event_time")
        if self.event_type != _EXPLICIT:
            _refuse("event.event_type", f"must be {_EXPLICIT}")
        if self.event_state != _GIVEN:
            _refuse("event.event_state", f"must be {_GIVEN}")
        check_sha256("event.release_sha256", self.release_sha256, _refuse)
        if self.guardian:
            check_line("event.guardian", self.guardian, _refuse)
        ledger = self.ledger
        if ledger and ledger.library != self.library:
            _refuse(_CHECKPOINT, "is of the ledger of another library")

    @property
    def schema(self) -> str:
        """The version of the format."""
        return RECEIPT_SCHEMA if self.checkpoint else FIRST_SCHEMA

    @property
    def ledger(self) -> RememberedLedger | None:
        """The ledger as it stood when the receipt was signed; None in the first version, which does not say."""
        try:
            return remembered(self.checkpoint) if self.checkpoint else None
        except ValueError as problem:
            _refuse(_CHECKPOINT, f"is no checkpoint of a ledger: {problem}")

    def to_bytes(self) -> bytes:
        """Give the one spelling of the receipt: canonical JSON (RFC 8785), UTF-8."""
        return canonical(
            {
                "schema": self.schema,
                "header": {
                    "record_id": self.record,
                    "receipt_id": self.id,
                    "pii_principal_id": self.person,
                    "pii_principal_name": self.person_name,
                    "library_id": self.library,
                },
                "processing": {
                    "privacy_notice": self.notice,
                    "privacy_notice_sha256": self.notice_sha256,
                    "language": self.notice_language,
                    "purposes": [str(purpose) for purpose in self.purposes],
                    "lawful_basis": self.lawful_basis,
                    "pii_information": list(self.data_kinds),
                    "with_template": self.with_template,
                    "pii_controller": {"name": self.controller, "contact": self.contact},
                    "collection_method": self.collection_method,
                    "processing_method": self.processing_method,
                    "storage": self.storage,
                    "retention_period": self.retention,
                    "storage_location": self.location,
                    "jurisdiction": self.jurisdiction,
                    "recipient_third_parties": list(self.recipients),
                    "withdrawal_method": self.withdrawal_method,
                    "privacy_rights": list(self.rights),
                    "authority_party": self.authority,
                },
                "event": {
                    "event_time": moment_text(self.given),
                    "valid_until": moment_text(self.valid_until),
                    "event_type": self.event_type,
                    "event_state": self.event_state,
                    "release_sha256": self.release_sha256,
                    "guardian": self.guardian,
                    **({"ledger_checkpoint": self.checkpoint} if self.checkpoint else {}),
                },
            }
        )

    @staticmethod
    def from_bytes(data: bytes) -> "Receipt":
        """Read a receipt in its one spelling.

        Raises:
            ReceiptInvalid: it is no canonical JSON, or a field is missing, blank, unknown or wrong; the error names it.
        """
        try:
            value = read_canonical(data)
        except SealBroken as problem:
            raise ReceiptInvalid("the receipt is not canonical JSON", remedy=_REMEDY) from problem
        whole = Fields(value, _refuse)
        schema = whole.text("schema")
        if schema not in {FIRST_SCHEMA, RECEIPT_SCHEMA}:
            _refuse("schema", f"must be {RECEIPT_SCHEMA}, or {FIRST_SCHEMA}")
        header, processing, event = whole.fields("header"), whole.fields("processing"), whole.fields("event")
        controller = processing.fields("pii_controller")
        receipt = Receipt(
            record=header.text("record_id"),
            id=header.text("receipt_id"),
            person=header.text("pii_principal_id"),
            person_name=header.text("pii_principal_name"),
            library=header.text("library_id"),
            notice=processing.text("privacy_notice"),
            notice_sha256=processing.text("privacy_notice_sha256"),
            notice_language=processing.text("language"),
            purposes=processing.purposes("purposes"),
            lawful_basis=processing.text("lawful_basis"),
            data_kinds=processing.texts("pii_information"),
            with_template=processing.yes_or_no("with_template"),
            controller=controller.text("name"),
            contact=controller.text("contact"),
            collection_method=processing.text("collection_method"),
            processing_method=processing.text("processing_method"),
            storage=processing.text("storage"),
            retention=processing.text("retention_period"),
            location=processing.text("storage_location"),
            jurisdiction=processing.text("jurisdiction"),
            recipients=processing.texts("recipient_third_parties"),
            withdrawal_method=processing.text("withdrawal_method"),
            rights=processing.texts("privacy_rights"),
            authority=processing.text("authority_party"),
            given=event.moment("event_time"),
            valid_until=event.moment("valid_until"),
            event_type=event.text("event_type"),
            event_state=event.text("event_state"),
            release_sha256=event.text("release_sha256"),
            guardian=event.text("guardian"),
            checkpoint=event.text("ledger_checkpoint") if schema == RECEIPT_SCHEMA else "",
        )
        if receipt.schema != schema:
            _refuse(_CHECKPOINT, "is blank")
        for fields in (whole, header, processing, controller, event):
            fields.done()
        return receipt


_CHECKPOINT = "event.ledger_checkpoint"
_REMEDY = "ask for the original receipt; a changed one proves nothing"


def _refuse(field: str, wrong: str) -> Never:
    raise ReceiptInvalid(f"the receipt's field {field} {wrong}", remedy=_REMEDY)
