"""Writing a person's export: a folder or a zip with a page to read, the same as JSON, receipts, form and photos."""

import io
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from countenance.errors import PhotoNotWritten, UsageWrong
from countenance.journeys.export import Dossier
from countenance.library._export_ledger import proof_name
from countenance.library._export_page import export_page
from countenance.library._receipt_files import ReceiptFormat, receipt_files
from countenance.photos import sniff_release
from countenance.ports import Basis

CHECKPOINT_FILE = "ledger.checkpoint"
"""The signed checkpoint that all proofs of an export are under."""

# Zip files know no time zone and no year before 1980; a fixed moment makes equal exports equal files.
_ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)
_OWNER_ONLY_FILE = 0o600
_OWNER_ONLY_FOLDER = 0o700


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where, and what of."""

    to: Path
    files: tuple[str, ...]
    dossier: Dossier


def write_export(dossier: Dossier, to: Path) -> Exported:
    """Write an export into a new folder, or into a new zip file if the name ends so; whole or not at all.

    Raises:
        UsageWrong: something is there already.
        PhotoNotWritten: the disk refuses; nothing is left of the attempt.
    """
    refuse_taken(to)
    bundle = export_files(dossier)
    temporary = to.with_name(f".{to.name}.{secrets.token_hex(6)}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        if to.suffix.lower() == ".zip":
            _write(temporary, _zipped(bundle))
        else:
            for name, content in bundle.items():
                (temporary / name).parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
                _write(temporary / name, content)
            with suppress(FileNotFoundError):
                to.rmdir()
        temporary.rename(to)
    except OSError as problem:
        shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise PhotoNotWritten(
            f"the export could not be written ({problem.strerror})", remedy="name another place with --to"
        ) from problem
    return Exported(to, tuple(bundle), dossier)


def refuse_taken(to: Path) -> None:
    """Refuse a place where something is: an empty folder is nothing.

    Raises:
        UsageWrong: there is.
    """
    if os.path.lexists(to) and not (to.is_dir() and not any(to.iterdir())):
        raise UsageWrong(f"there is something at {to} already", remedy="name a new folder or zip file with --to")


def export_files(dossier: Dossier) -> Mapping[str, bytes]:
    """Give the files of an export by their names in it."""
    receipts = receipt_files(
        dossier.person, dossier.receipts, tuple(ReceiptFormat), public_key=dossier.public_key, now=dossier.at
    )
    files = {f"receipts/{name}": content for name, content in receipts.items()}
    for number, form in enumerate(dossier.forms.values(), start=1):
        files[f"forms/form-{number}.{_suffix(form)}"] = form
    for number, crop in enumerate(dossier.crops, start=1):
        files[f"enrolment-photos/photo-{number}.jpg"] = crop
    files[CHECKPOINT_FILE] = dossier.checkpoint.encode()
    for one in dossier.told:
        files[proof_name(one)] = one.proof.to_text().encode()
    shape = export_shape(dossier)
    return {
        "index.html": export_page(dossier, tuple(files)).encode("utf-8", "backslashreplace"),
        "export.json": json.dumps(shape, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n",
        **files,
    }


def export_shape(dossier: Dossier) -> dict[str, object]:
    """Give an export as JSON; docs/formats/export.md says what each field holds."""
    person = dossier.person
    return {
        "schema": "urn:countenance:export:1",
        "library": dossier.library,
        "public_key": dossier.public_key.hex(),
        "exported": _moment(dossier.at),
        "controller": dossier.policy.controller,
        "contact": dossier.policy.contact,
        "authority": dossier.policy.authority,
        "person": {
            "id": person.id,
            "name": person.name,
            "state": str(person.state),
            "purposes": [str(purpose) for purpose in person.purposes],
            "waiting": {str(purpose): str(hold) for purpose, hold in person.held.items()},
            "face_template_kept": person.has_template,
            "last_own_act": _moment(person.last_act),
        },
        "periods": {
            "consent_ends": _moment(person.expires),
            "everything_is_gone_by": _moment(dossier.evidence_ends),
        },
        "receipts": [
            {
                "receipt": one.id,
                "state": str(one.state),
                "purposes": [str(purpose) for purpose in one.consent.receipt.purposes],
                "given": _moment(one.consent.receipt.given),
                "valid_until": _moment(one.consent.receipt.valid_until),
                "withdrawn": {str(purpose): _moment(at) for purpose, at in one.consent.withdrawn.items()},
                "signed": one.jws,
            }
            for one in dossier.receipts
        ],
        "photos": [
            {
                "photo": str(place.photo),
                "box": list(place.box.as_tuple()),
                "said_by": "machine" if place.decided is Basis.POSSIBLE else "human",
                "decided": str(place.decided),
            }
            for place in dossier.places
        ],
        "decisions": [
            {
                "photo_sha256": word.decision.fingerprint,
                "photos": [str(photo) for photo in word.photos],
                "verdict": str(word.decision.verdict),
                "box": list(word.decision.box.as_tuple()) if word.decision.box else None,
                "at": _moment(word.decision.at),
            }
            for word in dossier.words
        ],
        "published_copies": [str(copy) for copy in dossier.copies],
        "ledger": [
            {
                "entry": one.finding.index,
                "kind": one.finding.kind,
                "at": _moment(one.finding.at),
                "role": one.finding.role,
                "facts": one.finding.facts,
                "proof": proof_name(one),
                "proof_opens": one.opens,
            }
            for one in dossier.told
        ],
        "ledger_entry": dossier.entry,
        "checkpoint": dossier.checkpoint,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _suffix(form: bytes) -> str:
    kind = sniff_release(form).rpartition("/")[2]
    return {"jpeg": "jpg", "tiff": "tif"}.get(kind, kind)


def _zipped(bundle: Mapping[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in bundle.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_MOMENT), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY_FILE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
