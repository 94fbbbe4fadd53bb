"""tools/verify_receipt.py: written a second time, with nothing of ours, it accepts what was signed and nothing else."""

import ast
import base64
import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.consent import (
    Hold,
    Purpose,
    kantara_receipt,
    purpose_words,
    receipt_jsonld,
    record_jsonld,
    sign_receipt,
    verify_receipt,
)
from countenance.consent._terms import DATA_CATEGORIES, RIGHT_ARTICLES
from countenance.errors import ReceiptInvalid
from countenance.seals import canonical, public_key_of, sign_jws
from ledger_notes import ROOT, signed_checkpoint, signed_note
from receipt_example import VERIFIER, Example, drafted, example, second, verifier

AUTUMN = datetime(2025, 10, 1, 7, tzinfo=UTC)


def document(one: Example) -> dict[str, Any]:
    """Give the JSON-LD form of a receipt."""
    return receipt_jsonld(one.receipt, one.signed, public_key=one.public)


def record(one: Example) -> dict[str, Any]:
    """Give the consent record of a receipt of which a purpose was withdrawn and another waits."""
    told = one.consent({Purpose.BE_SHOWN: AUTUMN}, {Purpose.FIND_ME: Hold.STEWARD})
    return record_jsonld([(told, one.signed)], public_key=one.public, now=AUTUMN)


def run(folder: Path, name: str, content: str | bytes, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier on a file, in a Python of its own in which nothing of ours can be imported."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "library.pub").write_text(example().public.hex() + "\n", encoding="ascii")
    alone = (
        "import runpy, sys; sys.modules['countenance'] = None; "
        f"sys.argv = sys.argv[1:]; runpy.run_path({str(VERIFIER)!r}, run_name='__main__')"
    )
    command = [
        sys.executable,
        "-I",
        "-c",
        alone,
        "verify_receipt.py",
        str(path),
        *(options or ("--key", "library.pub")),
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  (our own tool)


def refused(changed: object) -> str:
    """Give why a document is refused; fail if it is not."""
    tool = verifier()
    with pytest.raises((tool.Wrong, AttributeError, IndexError, KeyError, TypeError, ValueError)) as caught:
        list(tool.check_document(changed, example().public))
    return str(caught.value)


def test_it_imports_nothing_of_ours() -> None:
    """R2: only the standard library and `cryptography` are imported."""
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"))
    names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("receipt.jws", example().signed + "\n"),
        ("receipt.jsonld", json.dumps(document(example()))),
        ("record.jsonld", json.dumps(record(example()), indent=2)),
        ("receipt.json", json.dumps(kantara_receipt(example().receipt, example().signed, public_key=example().public))),
        ("export.json", json.dumps({"person": "p", "receipts": [{"receipt": "r", "signed": example().signed}]})),
    ],
    ids=["jws", "jsonld", "record", "kantara", "export"],
)
def test_it_accepts_what_was_signed(tmp_path: Path, name: str, content: str) -> None:
    """R2: alone in its Python it accepts each form of the receipt, and tells of it in 80 columns."""
    done = run(tmp_path, name, content)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Receipt {example().receipt.id} holds.\n")
    for told in ("Ada Example", "find-me", "be-shown", "2026-07-01T00:00:00Z", "by Grace Example", "Hill School"):
        assert told in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert ("not signed" in done.stdout) is (name == "record.jsonld")


@pytest.mark.parametrize("name", ["receipt.jws", "receipt.jsonld"])
def test_it_tells_what_the_receipt_remembers(tmp_path: Path, name: str) -> None:
    """R27: of a receipt of version 2 it says how many entries the ledger had, and its root; of version 1 nothing."""
    told = {
        one: run(tmp_path, name, one.signed if name.endswith("jws") else json.dumps(document(one))).stdout
        for one in (example(), second())
    }
    words = " ".join(told[second()].split())
    root = base64.b64encode(ROOT).decode()
    assert f"Ledger {ORIGIN} had 3 entries when it was signed, and the root {root}" in words
    assert max(map(len, told[second()].splitlines())) <= 80
    assert "Ledger" not in told[example()]


def test_the_key_may_be_written_out_and_the_form_checked(tmp_path: Path) -> None:
    """R2: the key is given in hexadecimal digits too; with the form its hash is checked as well."""
    (tmp_path / "form").write_bytes(b"the signed form")
    (tmp_path / "other").write_bytes(b"another form")
    key = ("--key", example().public.hex())
    assert run(tmp_path, "r.jws", example().signed, *key, "--form", "form").returncode == 0
    done = run(tmp_path, "r.jws", example().signed, *key, "--form", "other")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the form is another one" in done.stderr


@pytest.mark.parametrize(
    ("content", "options", "code", "why"),
    [
        (example().signed[:-5], (), 1, "DOES NOT HOLD"),
        (example().signed, ("--key", "ab" * 32), 1, "signature does not hold"),
        ('{"nothing": "here"}', (), 1, "no signed receipt"),
        ("[1, 2", (), 2, "cannot be read"),
        ('{"a": 1, "a": 2}', (), 2, "stands twice"),
        (b"\xff\xfe", (), 2, "cannot be read"),
        (example().signed, ("--key", "nowhere.pub"), 2, "cannot be read"),
        (example().signed, ("--key", "library.pub", "--form", "nowhere.pdf"), 2, "cannot be read"),
        (example().signed, ("--keys",), 2, "usage"),
    ],
    ids=["cut", "other-key", "no-receipt", "no-json", "twice", "no-text", "no-key", "no-form", "usage"],
)
def test_its_exit_code_says_how_it_went(
    tmp_path: Path, content: str | bytes, options: tuple[str, ...], code: int, why: str
) -> None:
    """R2: 1 for what does not hold, 2 for what could not be read; nothing on stdout, no traceback."""
    done = run(tmp_path, "given", content, *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_every_byte_counts() -> None:
    """R2: flip a bit of every byte of the signed receipt in turn: ours and the other verifier refuse each."""
    tool, signed, public = verifier(), example().signed, example().public
    assert tool.check_signed(signed, public) == json.loads(example().receipt.to_bytes())
    for place in range(len(signed)):
        changed = signed[:place] + chr(ord(signed[place]) ^ 1) + signed[place + 1 :]
        with pytest.raises(tool.Wrong):
            tool.check_signed(changed, public)
        with pytest.raises(ReceiptInvalid):
            verify_receipt(changed, public_key=public, library=example().receipt.library)
    assert len(signed) > 3000


def test_every_letter_of_the_checkpoint_counts() -> None:
    """R2, R27: change a letter of the note's part of a signed receipt: refused by both, for its signature."""
    tool, one = verifier(), second()
    header, payload, signature = one.signed.split(".")
    spelled = one.receipt.to_bytes()
    first, last = spelled.index(b'"ledger_checkpoint"'), spelled.index(b'"release_sha256"')
    for place in range(first * 4 // 3, last * 4 // 3):
        changed = f"{header}.{payload[:place]}{chr(ord(payload[place]) ^ 1)}{payload[place + 1 :]}.{signature}"
        with pytest.raises(tool.Wrong):
            tool.check_signed(changed, one.public)
        with pytest.raises(ReceiptInvalid):
            verify_receipt(changed, public_key=one.public, library=one.receipt.library)
    assert (last - first) * 4 // 3 > 300


def test_every_letter_of_the_checkpoint_is_signed_for_itself() -> None:
    """R27: change a letter of the note, and let the library sign the receipt around it: refused by both."""
    note = second().receipt.checkpoint
    for place, letter in enumerate(note):
        both_refuse(f"{note[:place]}{chr(ord(letter) ^ 1)}{note[place + 1 :]}")
    assert len(note) > 200


LIBRARY = second().receipt.library
ORIGIN = f"countenance/ledger/{LIBRARY}/1"
BY_ANOTHER = bytes(range(32))
NOTE = second().receipt.checkpoint
TEXT, _, BY = NOTE.partition("\n\n")


@pytest.mark.parametrize(
    "note",
    [
        signed_checkpoint(LIBRARY, BY_ANOTHER),
        signed_checkpoint("another", second().private),
        signed_checkpoint(LIBRARY, second().private, name="countenance/ledger/another/1"),
        signed_checkpoint(LIBRARY, second().private, name=f"countenance/ledger/{LIBRARY}/2"),
        signed_note(f"{TEXT.replace('/1', '/0')}\n", second().private, f"countenance/ledger/{LIBRARY}/0"),
        signed_note(f"{TEXT.replace(LIBRARY, '..')}\n", second().private, "countenance/ledger/../1"),
        signed_note(f"{TEXT}\nand this\n", second().private, ORIGIN),
        signed_note(TEXT.replace("\n3\n", "\n03\n") + "\n", second().private, ORIGIN),
        signed_note(TEXT.replace("\n3\n", "\n-3\n") + "\n", second().private, ORIGIN),
        signed_note(TEXT.replace("\n3\n", "\n\u0663\n") + "\n", second().private, ORIGIN),
        signed_note(TEXT.replace("sw=", "sx=") + "\n", second().private, ORIGIN),
        signed_note(TEXT.replace("sw=", "s=") + "\n", second().private, ORIGIN),
        NOTE + BY,
        NOTE.rstrip("\n"),
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("—", "-"),
        TEXT + "\n",
        "a note",
        " ",
        "",
    ],
    ids=[
        *("another-key", "another-library", "under-another-library", "under-another-branch", "branch-0", "no-library"),
        *("a-line-more", "zero-before", "minus", "other-digits", "stray-bits", "short-root", "signed-twice"),
        *("no-end", "an-end-more", "carriage-returns", "no-dash", "unsigned", "words", "blank", "empty"),
    ],
)
def test_both_refuse_a_checkpoint_that_is_not_the_librarys(note: str) -> None:
    """R27: a note of another key, library or spelling, or none at all, is refused although the receipt is signed."""
    assert both_refuse(note)


def both_refuse(note: str) -> str:
    """Put a note into the second example and sign it; fail if either program takes it. Gives why the other does not."""
    value = json.loads(second().receipt.to_bytes())
    value["event"]["ledger_checkpoint"] = note
    token = signed(value)
    tool = verifier()
    with pytest.raises(ReceiptInvalid):
        verify_receipt(token, public_key=second().public, library=LIBRARY)
    with pytest.raises(tool.Wrong) as caught:
        tool.check_signed(token, second().public)
    return str(caught.value)


def test_a_version_has_its_own_fields_and_no_others() -> None:
    """R27: version 2 without a checkpoint, version 1 with one, and a version that is not known are refused by both."""
    tool = verifier()
    with_note, without = json.loads(second().receipt.to_bytes()), json.loads(example().receipt.to_bytes())
    for value, schema in ((with_note, "1"), (without, "2"), (with_note, "3"), (without, "0")):
        token = signed({**value, "schema": f"urn:countenance:receipt:{schema}"})
        with pytest.raises(tool.Wrong):
            tool.check_signed(token, second().public)
        with pytest.raises(ReceiptInvalid):
            verify_receipt(token, public_key=second().public, library=LIBRARY)


def test_every_bit_of_what_was_encoded_counts() -> None:
    """R2: flip each bit of header, receipt and signature, encoded anew: the other verifier refuses each."""
    tool, public = verifier(), example().public
    parts = [base64.urlsafe_b64decode(part + "==") for part in example().signed.split(".")]
    for which, data in enumerate(parts):
        for bit in range(0, 8 * len(data), 1 if which != 1 else 7):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            changed = [*parts[:which], bytes(flipped), *parts[which + 1 :]]
            token = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in changed)
            with pytest.raises(tool.Wrong):
                tool.check_signed(token, public)


def test_a_new_purpose_needs_a_new_signature() -> None:
    """R8: a receipt into which another purpose was written does not verify; one that is signed anew does."""
    tool, one = verifier(), example()
    header, _, signature = one.signed.split(".")
    wider = replace(one.receipt, purposes=tuple(Purpose))
    edited = f"{header}.{base64.urlsafe_b64encode(wider.to_bytes()).rstrip(b'=').decode()}.{signature}"
    with pytest.raises(tool.Wrong, match="signature"):
        tool.check_signed(edited, one.public)
    with pytest.raises(ReceiptInvalid, match="signature"):
        verify_receipt(edited, public_key=one.public, library=one.receipt.library)
    anew = sign_receipt(wider, one.private)
    assert tool.check_signed(anew, one.public)["processing"]["purposes"] == ["find-me", "be-found", "be-shown"]


def leaves(value: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the place of every value in a document that holds no other."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        if isinstance(inner, dict | list):
            yield from leaves(inner, (*above, name))
        else:
            yield (*above, name)


STATED = ("countenance:state", "dct:modified")


@pytest.mark.parametrize("form", ["receipt", "record"])
def test_the_json_ld_says_only_what_was_signed(form: str) -> None:
    """R2: change any value of the JSON-LD form, take it away or add one beside it: refused, by its place."""
    sound = document(second()) if form == "receipt" else record(second())
    tried = 0
    for place in leaves(sound):
        # What a record states beyond the receipt is the controller's word: it is shown as that, not compared.
        if place[2:3] and (place[2] in STATED or (place[2] == "dpv:hasConsentStatus" and place[3] != 0)):
            continue
        tried += 1
        for how in ("change", "remove", "add"):
            doc = copy.deepcopy(sound)
            holder: Any = doc
            for step in place[:-1]:
                holder = holder[step]
            if how == "change":
                old = holder[place[-1]]
                holder[place[-1]] = (not old) if isinstance(old, bool) else f"{old} "
            elif how == "remove":
                del holder[place[-1]]
            elif isinstance(holder, list):
                holder.append("dpv:Purpose")
            else:
                holder["dpv:hasPurposes"] = "be-found"
            assert refused(doc), (place, how)
    assert tried > 80


def test_another_context_is_refused() -> None:
    """R2: the same keys under another @context mean something else, and are refused."""
    doc = document(example())
    doc["@context"] = {**doc["@context"], "dpv": "https://example.com/dpv#"}
    assert "@context" in refused(doc)
    assert refused({"@context": document(example())["@context"], "@graph": []})


def test_what_a_record_states_is_told_apart() -> None:
    """R2: what the controller states since is shown with a word that it is not signed, and an unknown event refused."""
    tool = verifier()
    ((receipt, stated),) = tool.check_document(record(example()), example().public)
    assert receipt["header"]["receipt_id"] == example().receipt.id
    assert stated == ["state: waiting", "withdrawn at 2025-10-01T07:00:00Z: be-shown", "waiting for steward: find-me"]
    odd = record(example())
    odd["@graph"][0]["dpv:hasConsentStatus"].append({"@type": "dpv:RenewedConsentGiven"})
    assert "not known" in refused(odd)


@pytest.mark.parametrize(
    "one",
    [
        drafted(),
        drafted(language="fr", guardian="Grâce Exemple"),
        drafted(language="fr-CA"),
        drafted(language="de"),
        drafted((Purpose.BE_SHOWN,), with_template=False),
        drafted((Purpose.BE_SHOWN,), with_template=False, language="fr"),
        second(),
        example().other(data_kinds=("all that there is",), rights=("what the law gives",), recipients=("a printer",)),
        example().other(lawful_basis="a written release (740 ILCS 14/15)"),
    ],
    ids=[
        "english",
        "french",
        "canadian",
        "german",
        "no-template",
        "no-template-fr",
        "second",
        "own-words",
        "elsewhere",
    ],
)
def test_both_write_the_same_form(one: Example) -> None:
    """R2: whatever a receipt says, in whichever language, both programs write one and the same JSON-LD of it."""
    ((receipt, _),) = verifier().check_document(document(one), one.public)
    assert receipt == json.loads(one.receipt.to_bytes())


def test_both_know_the_same_words() -> None:
    """R8: the words of purposes, data and rights, in every language, are the same in both programs."""
    tool = verifier()
    for language, words in tool.WORDS.items():
        assert words == {str(purpose): text for purpose, text in purpose_words(language).items()}
    assert dict(DATA_CATEGORIES) == tool.DATA
    assert {text: f"eu-gdpr:{article}" for text, article in tool.RIGHTS.items()} == dict(RIGHT_ARTICLES)


def signed(value: object) -> str:
    """Sign whatever JSON as if it were a receipt, by the example's library."""
    return sign_jws(example().private, canonical(value), media_type="vnd.countenance.receipt+jws")


# Every field: a list counts as one, for what is taken out of it may be missing rightly.
PLACES = sorted(
    {place[:-1] if isinstance(place[-1], int) else place for place in leaves(json.loads(example().receipt.to_bytes()))},
    key=str,
)


@given(place=st.sampled_from(PLACES), wrong=st.sampled_from(["drop", " ", "", [], None, 7, "two\nlines", ["\t"]]))
def test_both_refuse_an_incomplete_receipt(place: tuple[str | int, ...], wrong: object) -> None:
    """R1, R2: drop, blank or spoil any field before the controller signs: both refuse it."""
    value = json.loads(example().receipt.to_bytes())
    holder: Any = value
    for step in place[:-1]:
        holder = holder[step]
    if wrong == "drop":
        del holder[place[-1]]
    else:
        holder[place[-1]] = wrong
    token = signed(value)
    tool = verifier()
    if place == ("event", "guardian") and wrong == "":
        assert tool.check_signed(token, example().public)
        return
    with pytest.raises((tool.Wrong, KeyError)):
        tool.check_signed(token, example().public)
    with pytest.raises(ReceiptInvalid):
        verify_receipt(token, public_key=example().public, library=example().receipt.library)


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("event", "valid_until", "2025-09-01T08:30:00Z"),
        ("event", "valid_until", "2028-08-31T08:30:01Z"),
        ("event", "event_time", "2025-13-01T08:30:00Z"),
        ("event", "event_state", "withdrawn"),
        ("processing", "purposes", ["be-shown", "find-me"]),
        ("processing", "purposes", ["find-me", "find-me"]),
        ("processing", "privacy_notice", "Another notice."),
        ("processing", "pii_controller", {"name": "Hill School", "contact": "x", "more": "y"}),
        ("processing", "jurisdiction", "two\u2028lines"),
        ("header", "record_id", "a/b"),
    ],
)
def test_both_refuse_what_cannot_be(section: str, field: str, value: object) -> None:
    """R1, R2, R7: dates, order, hash and spelling are checked by both, although the controller signed it so."""
    whole = json.loads(example().receipt.to_bytes())
    whole[section][field] = value
    tool = verifier()
    with pytest.raises((tool.Wrong, ValueError)):
        tool.check_signed(signed(whole), example().public)
    with pytest.raises(ReceiptInvalid):
        verify_receipt(signed(whole), public_key=example().public, library=example().receipt.library)


def test_both_refuse_another_spelling() -> None:
    """R2: blanks, another order of keys, a key twice or needless escapes under a good signature: refused by both."""
    tool, private, public = verifier(), example().private, example().public
    golden = example().receipt.to_bytes()
    for other in (
        golden.replace(b'{"event"', b'{ "event"'),
        json.dumps(dict(reversed(json.loads(golden).items())), separators=(",", ":")).encode(),
        golden.replace(b'{"event":', b'{"event":{},"event":', 1),
        golden.replace(b"Ada", b"\\u0041da"),
        golden + b"\n",
        b"[]",
        b"\xff",
    ):
        token = sign_jws(private, other, media_type="vnd.countenance.receipt+jws")
        with pytest.raises(tool.Wrong):
            tool.check_signed(token, public)
        with pytest.raises(ReceiptInvalid):
            verify_receipt(token, public_key=public, library=example().receipt.library)


def test_both_refuse_another_header() -> None:
    """R2: a header that names no algorithm, another one, or a key is refused whatever else is right."""
    tool, one = verifier(), example()
    _, payload, signature = one.signed.split(".")
    for header in (
        {"alg": "none", "typ": "vnd.countenance.receipt+jws"},
        {"alg": "HS256", "typ": "vnd.countenance.receipt+jws"},
        {"alg": "EdDSA", "jwk": {}, "typ": "vnd.countenance.receipt+jws"},
        {"alg": "EdDSA", "typ": "JWT"},
    ):
        token = f"{base64.urlsafe_b64encode(canonical(header)).rstrip(b'=').decode()}.{payload}.{signature}"
        with pytest.raises(tool.Wrong, match="header"):
            tool.check_signed(token, one.public)
        with pytest.raises(ReceiptInvalid, match="header"):
            verify_receipt(token, public_key=one.public, library=one.receipt.library)


def test_a_receipt_of_another_key_is_refused() -> None:
    """R2: what another library signed does not hold under this one's key, in any form."""
    other = bytes(range(32))
    foreign = sign_receipt(example().receipt, other)
    doc = receipt_jsonld(example().receipt, foreign, public_key=public_key_of(other))
    assert "signature" in refused(doc)
    assert "signature" in refused({"receipts": [{"signed": example().signed}, {"signed": foreign}]})
