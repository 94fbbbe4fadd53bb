"""Receipts as files to be given away: printed, as they were signed, and in the forms that other programs read."""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from countenance.consent import kantara_receipt, receipt_jsonld, record_jsonld
from countenance.errors import ReceiptNotWritten
from countenance.library._printed_receipt import printed_receipt
from countenance.ports import Person, StoredReceipt


class ReceiptFormat(StrEnum):
    """What a receipt can be written as."""

    HTML = "html"
    """A page to print: words, tick boxes, rights, how to withdraw."""
    JWS = "jws"
    """As it was signed."""
    JSONLD = "jsonld"
    """ISO/IEC TS 27560 in the terms of the W3C Data Privacy Vocabulary, and the record of what happened since."""
    KANTARA = "kantara"
    """Kantara Initiative Consent Receipt 1.1."""


# What a receipt in each form is called: `receipt-` with its id, and this.
SUFFIXES: Mapping[ReceiptFormat, str] = {
    ReceiptFormat.HTML: ".html",
    ReceiptFormat.JWS: ".jws",
    ReceiptFormat.JSONLD: ".jsonld",
    ReceiptFormat.KANTARA: ".kantara.json",
}
PUBLIC_KEY_FILE = "library.pub"
_OWNER_ONLY_FILE = 0o600


def write_receipts(
    person: Person,
    stored: Sequence[StoredReceipt],
    folder: Path,
    formats: Collection[ReceiptFormat],
    *,
    public_key: bytes,
    now: datetime,
) -> tuple[Path, ...]:
    """Write a person's receipts into a folder, with the public key that they are checked with; gives the files.

    A file that is there already and says the same is left as it is.

    Raises:
        ReceiptNotWritten: one is there already and says something else (then none is written), or the disk refuses.
    """
    files = receipt_files(person, stored, formats, public_key=public_key, now=now)
    contents = {folder / name: content for name, content in files.items()}
    _write_all(contents)
    return tuple(contents)


def receipt_files(
    person: Person,
    stored: Sequence[StoredReceipt],
    formats: Collection[ReceiptFormat],
    *,
    public_key: bytes,
    now: datetime,
) -> dict[str, bytes]:
    """Give a person's receipts as files by their names, with the public key that they are checked with."""
    files = {PUBLIC_KEY_FILE: public_key.hex().encode("ascii") + b"\n"}
    for one in stored:
        for form in ReceiptFormat:
            if form in formats:
                files[f"receipt-{one.id}{SUFFIXES[form]}"] = _content(one, form, public_key=public_key, now=now)
    if ReceiptFormat.JSONLD in formats:
        told = record_jsonld([(one.consent, one.jws) for one in stored], public_key=public_key, now=now)
        files[f"record-{person.id}.jsonld"] = spelled(told)
    return files


def write_printed_receipt(
    one: StoredReceipt,
    path: Path,
    *,
    public_key: bytes,
    now: datetime,
    link_code: str | None = None,
    base: str | None = None,
) -> None:
    """Write the page of one receipt, with the person's private code if it is known; never over another file.

    Raises:
        ReceiptNotWritten: there is a file by that name, or the disk refuses.
        UsageWrong: `base` is no https:// address.
    """
    page = printed_receipt(one.consent, public_key=public_key, now=now, link_code=link_code, base=base)
    _write_all({path: page.encode("utf-8")})


def spelled(document: Mapping[str, object]) -> bytes:
    """Give the bytes that a JSON document is written as: readable, in UTF-8."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _content(one: StoredReceipt, form: ReceiptFormat, *, public_key: bytes, now: datetime) -> bytes:
    match form:
        case ReceiptFormat.HTML:
            return printed_receipt(one.consent, public_key=public_key, now=now).encode("utf-8")
        case ReceiptFormat.JWS:
            return one.jws.encode("ascii") + b"\n"
        case ReceiptFormat.JSONLD:
            return spelled(receipt_jsonld(one.consent.receipt, one.jws, public_key=public_key))
        case ReceiptFormat.KANTARA:
            return spelled(kantara_receipt(one.consent.receipt, one.jws, public_key=public_key))


def _write_all(contents: Mapping[Path, bytes]) -> None:
    """Write files where there are none; look at all of them before the first is written."""
    try:
        new = {path: content for path, content in contents.items() if not _is_there(path, content)}
        for path, content in new.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, content)
    except OSError as problem:
        raise ReceiptNotWritten(
            f"a receipt could not be written: {problem.strerror or 'the disk refuses'}",
            remedy="check the space and the permissions of the folder it was to go to",
        ) from problem


def _is_there(path: Path, content: bytes) -> bool:
    if not path.exists():
        return False
    if path.is_file() and path.read_bytes() == content:
        return True
    raise ReceiptNotWritten(f"{path} is there already and says something else", remedy="name another place")


def _write(path: Path, content: bytes) -> None:
    with open(path, "xb", opener=_owner_only) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:  # also on Ctrl-C: nobody would know later that it is only half a receipt
            with suppress(OSError):
                path.unlink()
            raise


def _owner_only(path: str, flags: int) -> int:
    """Open a file that no other user reads: each has a name in it, and the first page the person's private code."""
    return os.open(path, flags, _OWNER_ONLY_FILE)
