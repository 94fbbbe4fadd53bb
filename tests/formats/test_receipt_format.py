"""What `docs/formats/receipt.md` promises is what the code does: the bytes, the fields, the check by hand."""

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from countenance.consent import (
    MAX_DAYS,
    PURPOSE_WORDS,
    RECEIPT_MEDIA_TYPE,
    Hold,
    Purpose,
    Receipt,
    kantara_receipt,
    purpose_words,
    receipt_jsonld,
    record_jsonld,
    sign_receipt,
    verify_receipt,
)
from countenance.consent._terms import DATA_CATEGORIES, RIGHT_ARTICLES
from countenance.ledger import Checkpoint, open_checkpoint, origin_of, sign_checkpoint
from countenance.seals import public_key_of
from ledger_notes import ROOT, signed_checkpoint
from receipt_example import drafted

PAGE = (Path(__file__).resolve().parents[2] / "docs/formats/receipt.md").read_text(encoding="utf-8")
LIBRARY = "9c1f0e7a52d84b6f"
AUTUMN = datetime(2025, 10, 1, 7, tzinfo=UTC)


def block(heading: str, language: str) -> str:
    """Give the first code block in a language after a heading or a line of text."""
    found = re.compile(rf"{re.escape(heading)}.*?^```{language}\n(.*?)^```", re.DOTALL | re.MULTILINE).search(PAGE)
    assert found is not None
    return found[1]


PRIVATE = bytes.fromhex(block("Private key:", "text"))
PUBLIC = bytes.fromhex(block("Public key:", "text"))
RECEIPT = block("Receipt:", "json").rstrip("\n").encode()
SIGNED = block("Signed receipt:", "text").strip()
# The second version; its note with its line feeds.
NOTE = block("Checkpoint:", "text")
SECOND = block("Receipt of version 2:", "json").rstrip("\n").encode()
SECOND_SIGNED = block("Signed receipt of version 2:", "text").strip()
SCRIPT = block("## Checking one by hand", "python")
SHELL = block("## Checking one by hand", "sh")


DOCUMENT = receipt_jsonld(Receipt.from_bytes(RECEIPT), SIGNED, public_key=PUBLIC)
# What the first example has not: a checkpoint, every purpose, no template, an event of each kind.
OTHERS = [
    receipt_jsonld(Receipt.from_bytes(SECOND), SECOND_SIGNED, public_key=PUBLIC),
    receipt_jsonld(drafted((Purpose.BE_SHOWN,), with_template=False).receipt, SIGNED, public_key=PUBLIC),
    record_jsonld(
        [
            (drafted().consent({Purpose.FIND_ME: AUTUMN}, {Purpose.BE_FOUND: Hold.LINK}), SIGNED),
            (drafted().consent(), SIGNED),
        ],
        public_key=PUBLIC,
        now=datetime(2027, 1, 1, tzinfo=UTC),
    ),
]


def rows(heading: str) -> dict[str, str]:
    """Give the table under a heading: the names of its first column, each with the rest of its row."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            first, rest = line.strip("|").split("|", 1)
            found.update(dict.fromkeys(re.findall(r"`([^`]+)`", first), rest))
    return found


def fields(value: dict[str, Any], above: str = "") -> Iterator[str]:
    """Give the dotted name of every field that holds no object."""
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from fields(inner, f"{above}{name}.")
        else:
            yield above + name


def run(folder: Path, signed: str, key: str = PUBLIC.hex()) -> subprocess.CompletedProcess[str]:
    """Run the page's own script on a receipt and a key, in a folder of its own."""
    (folder / "check_receipt.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "receipt.jws").write_text(signed + "\n", encoding="ascii")
    (folder / "library.pub").write_text(key + "\n", encoding="ascii")
    command = [sys.executable, "-I", "check_receipt.py", "receipt.jws", "library.pub"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  (the page's script)


def test_the_golden_receipt_is_written_as_it_was() -> None:
    """R2: the page's receipt is read, is written again to the same bytes, and signed to the same letters."""
    receipt = Receipt.from_bytes(RECEIPT)
    assert receipt.to_bytes() == RECEIPT
    assert public_key_of(PRIVATE) == PUBLIC
    assert sign_receipt(receipt, PRIVATE) == SIGNED
    assert verify_receipt(SIGNED, public_key=PUBLIC, library=LIBRARY) == receipt
    assert (receipt.person_name, receipt.guardian) == ("Ada Example", "Grace Example")
    assert receipt.purposes == (Purpose.FIND_ME, Purpose.BE_SHOWN)


def test_the_golden_receipt_of_version_2_is_written_as_it_was() -> None:
    """R2, R27: it is the first one with the page's checkpoint in it, to the byte, and verifies as the first does."""
    receipt = Receipt.from_bytes(SECOND)
    assert receipt == replace(Receipt.from_bytes(RECEIPT), checkpoint=NOTE)
    assert receipt.to_bytes() == SECOND
    assert sign_receipt(receipt, PRIVATE) == SECOND_SIGNED
    assert verify_receipt(SECOND_SIGNED, public_key=PUBLIC, library=LIBRARY) == receipt
    assert signed_checkpoint(LIBRARY, PRIVATE) == NOTE


def test_the_ledger_reads_the_checkpoint_of_a_receipt() -> None:
    """R27: what a receipt remembers is, to the room of the ledger, a checkpoint of this library that it has signed."""
    checkpoint = open_checkpoint(NOTE, public_key=PUBLIC, library=LIBRARY)
    assert checkpoint == Checkpoint(origin_of(LIBRARY, 1), 3, ROOT)
    assert sign_checkpoint(checkpoint, PRIVATE) == NOTE
    told = Receipt.from_bytes(SECOND).ledger
    assert told is not None
    assert (told.origin, told.library, told.size) == (checkpoint.origin, LIBRARY, checkpoint.size)
    assert base64.b64decode(told.root) == checkpoint.root


def test_the_page_lists_every_field_and_no_other() -> None:
    """R1: what is in a receipt is on the page with a meaning, and what is on the page is in a receipt."""
    listed = set(rows("The receipt"))
    assert listed == set(fields(json.loads(SECOND)))
    assert listed - {"event.ledger_checkpoint"} == set(fields(json.loads(RECEIPT)))


def test_the_examples_on_the_page_are_of_the_golden_receipt() -> None:
    """An example that stands in the table as a short value is one that the golden receipt could have."""
    golden = json.loads(RECEIPT)
    for name in ("header.receipt_id", "header.pii_principal_id", "header.library_id", "event.event_time", "schema"):
        value: Any = golden
        for part in name.split("."):
            value = value[part]
        assert f"`{value}`" in rows("The receipt")[name]
    assert f"`{json.loads(SECOND)['schema']}`" in rows("The receipt")["schema"]


def test_the_page_maps_the_fields_to_the_standards() -> None:
    """R1: every field but ours has its place in ISO/IEC TS 27560 or the GDPR; ours are named as ours."""
    mapped = rows("Where the words come from")
    ours = {"pii_principal_name", "library_id", "with_template", "release_sha256"}
    for name in fields(json.loads(SECOND)):
        section = name.rpartition(".")[0]
        assert {name, name.rpartition(".")[2], section} & set(mapped) or name.rpartition(".")[2] in ours, name


def test_the_words_of_the_purposes_belong_to_the_version() -> None:
    """R8: what a purpose means is part of the format: its words on the page are those of the code."""
    for purpose, words in PURPOSE_WORDS.items():
        assert f"| `{purpose}` | {words} |" in PAGE
    assert set(PURPOSE_WORDS) == set(Purpose)


def test_the_words_in_french_stand_on_the_page() -> None:
    """R8: who was shown the notice in French is promised the same purposes in French words."""
    for purpose, words in purpose_words("fr").items():
        assert f"| `{purpose}` | {words} |" in PAGE


def test_the_page_has_the_context() -> None:
    """R1: the context of every JSON-LD document stands on the page as it stands in them."""
    assert json.loads(block("Every document has this `@context`", "json")) == DOCUMENT["@context"]


def test_the_page_has_every_term_and_no_other() -> None:
    """R1: each term of the JSON-LD forms is on the page, and each term on the page is one that they can have."""
    own = re.compile(r"\b(?:countenance|dct|dpv|eu-gdpr|pd|rdf|schema|skos):[A-Za-z][\w-]*")
    section = PAGE.split("\n## The JSON-LD form\n")[1].split("\n## ")[0]
    section = re.sub(r"^```json.*?^```", "", section, flags=re.DOTALL | re.MULTILINE).replace("urn:countenance:", "")
    used = set(own.findall(re.sub(r"urn:countenance:\S*", "", json.dumps([DOCUMENT, *OTHERS]))))
    assert set(own.findall(section)) == used


def test_the_page_has_the_words_that_terms_are_known_by() -> None:
    """R8: the words by which a kind of data or a right is given its term are all on the page, with the term."""
    for words, term in {**DATA_CATEGORIES, **RIGHT_ARTICLES}.items():
        assert f"| {words} | `{term}` |" in PAGE


def test_the_page_has_the_fields_of_the_kantara_form() -> None:
    """R1: each field of the Kantara form is on the page."""
    form = kantara_receipt(Receipt.from_bytes(SECOND), SECOND_SIGNED, public_key=PUBLIC)
    section = PAGE.split("\n## The Kantara form\n")[1].split("\n## ")[0]
    purpose = form["services"][0]["purposes"][0]
    for name in [*form, *form["piiControllers"][0], *form["services"][0], *purpose, "thirdPartyName"]:
        assert f"`{name}`" in section


def test_the_figures_on_the_page_are_those_of_the_code() -> None:
    """R7: the longest validity and the media type stand on the page as they are in the code."""
    assert f"at most {MAX_DAYS:,} days" in PAGE
    assert f'{{"alg":"EdDSA","typ":"{RECEIPT_MEDIA_TYPE}"}}' in PAGE


def test_a_script_of_nobody_verifies_it(tmp_path: Path) -> None:
    """R2: the page's script, which imports nothing of ours, accepts the golden receipts and shows them."""
    assert "countenance" not in "".join(re.findall(r"^(?:import|from) .*$", SCRIPT, re.MULTILINE))
    for signed, receipt in ((SIGNED, RECEIPT), (SECOND_SIGNED, SECOND)):
        done = run(tmp_path, signed)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout) == json.loads(receipt)


def test_a_script_of_nobody_refuses_what_was_changed(tmp_path: Path) -> None:
    """R2: the page's script refuses a changed header, receipt and signature, and another key."""
    header, receipt, signature = SIGNED.split(".")
    other_key = public_key_of(bytes(32)).hex()
    for signed, key in (
        (f"e{header[1:-1]}A.{receipt}.{signature}", PUBLIC.hex()),
        (f"{header}.{receipt[:500]}A{receipt[501:]}.{signature}", PUBLIC.hex()),
        (f"{header}.{receipt}.A{signature[1:]}", PUBLIC.hex()),
        (SIGNED, other_key),
    ):
        done = run(tmp_path, signed, key)
        assert done.returncode != 0
        assert done.stdout == ""


def test_openssl_verifies_it(tmp_path: Path) -> None:
    """R2: the page's four lines of shell say that the golden receipt verifies, and that a changed one does not."""
    if any(shutil.which(tool) is None for tool in ("sh", "openssl", "xxd", "base64", "cut", "tr")):
        pytest.skip("needs openssl and the usual small tools")
    if not _openssl_version().startswith("OpenSSL 3"):
        pytest.skip("needs OpenSSL 3")
    changed = SIGNED.replace(SIGNED[600], "A" if SIGNED[600] != "A" else "B", 1)
    for signed, verdict in ((SIGNED, 0), (changed, 1)):
        (tmp_path / "receipt.jws").write_text(signed + "\n", encoding="ascii")
        (tmp_path / "library.pub").write_text(PUBLIC.hex() + "\n", encoding="ascii")
        done = subprocess.run(["sh", "-c", SHELL], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603, S607  (the page's lines)
        assert done.returncode == verdict, done.stderr
        assert ("Verified Successfully" in done.stdout) is (verdict == 0)


def _openssl_version() -> str:
    return subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout  # noqa: S607  (whichever the user has)
