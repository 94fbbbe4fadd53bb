"""When a person's audit key is shredded the ledger stays whole, and what it told them is gone for everybody."""

import hashlib
import hmac
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countenance.errors import SealBroken
from countenance.ledger import (
    Entry,
    SealedEntry,
    controller_part_key,
    leaf_hash,
    open_controller_part,
    open_person_part,
    open_with_part_key,
    person_part_key,
    verify,
    verify_against,
)
from countenance.ledger._frame import framed, split_payload
from countenance.seals import canonical, new_key
from grown_ledger import ANNA, AUDIT_KEYS, BERT, CONTROLLER_KEY, LIBRARY, PUBLIC_KEY, GrownLedger, deed, sealed, told
from ledger_page import ledger_verifier

SIZE = 6
# What Anna was told, and what she might have been told as well: equally long, so that no length decides.
TRUTH, OTHERS = "anna, beside bert", ("anna, beside carl", "dora, beside bert", "anna, beside herr")
# What a person might use as a key, were they asked to make one up.
WORDS = ("anna", "Anna", "bert", "yearbook", "password", "0", "", ANNA, BERT, LIBRARY, TRUTH, *OTHERS)


def search(number: int, text: str = TRUTH) -> Entry:
    """Give a search that found Anna and Bert, and tells Anna this text, and Bert another."""
    return replace(deed(number), concerns={ANNA: {"reason": text}, BERT: {"reason": f"bert, in {number}"}})


@cache
def ledger() -> GrownLedger:
    """Give a ledger whose entries all tell Anna the same."""
    return GrownLedger.of(sealed(search(number)) for number in range(SIZE))


@cache
def left() -> Mapping[str, bytes]:
    """Give the keys that are left: the library's, Bert's, those of each part that a proof may have given out, by name.

    One proof was given to Anna herself, of the first entry: whoever got hold of it has the key of that one part.
    """
    keys = {"controller": CONTROLLER_KEY, "bert": AUDIT_KEYS[BERT]}
    for number, row in enumerate(ledger().rows):
        for name, key in (
            ("controller's part", controller_part_key(row, CONTROLLER_KEY, library=LIBRARY)),
            ("bert's part", person_part_key(row, AUDIT_KEYS[BERT], library=LIBRARY)),
        ):
            assert key is not None
            keys[f"{name} of {number}"] = key
    first = person_part_key(ledger().rows[0], AUDIT_KEYS[ANNA], library=LIBRARY)
    assert first is not None
    return {**keys, "anna's part of 0": first}


def annas(row: SealedEntry) -> bytes:
    """Give the part that is Anna's; only her key shows which it is."""
    key = person_part_key(row, AUDIT_KEYS[ANNA], library=LIBRARY)
    assert key is not None
    commitment = hmac.digest(key, b"commitment", "sha256")
    (part,) = (part for part in split_payload(row.payload).persons if part.startswith(commitment))
    return part


def test_the_ledger_stays_whole() -> None:
    """R29: without Anna's key the ledger verifies, against all that others remember too, and so does a copy of it."""
    assert verify(ledger().rows, ledger().edge).ok
    assert verify_against(ledger().rows, [ledger().checkpoint(size) for size in range(SIZE + 1)]).ok
    checkpoint, _ = ledger_verifier().check_copy(io.StringIO("".join(ledger().copy())), PUBLIC_KEY)
    assert (checkpoint.size, checkpoint.root) == (SIZE, ledger().checkpoint().root)


def test_others_read_on() -> None:
    """R29: Bert reads what he is told and can prove it, and the controller what was done, and about which id."""
    for number, row in enumerate(ledger().rows):
        read = open_person_part(row, AUDIT_KEYS[BERT], library=LIBRARY)
        assert read is not None
        assert read["facts"] == {"reason": f"bert, in {number}"}
        key = person_part_key(row, AUDIT_KEYS[BERT], library=LIBRARY)
        assert told(ledger().entry_proof(number, part_key=key)) == read
        opened = open_controller_part(row, CONTROLLER_KEY, library=LIBRARY)
        assert opened.concerns == {ANNA: {}, BERT: {}}


def test_what_was_given_out_before_stays_given_out() -> None:
    """R28, R29: a proof that Anna was given while her key was there still shows what it says, and nothing else does."""
    proof = ledger().entry_proof(0, part_key=left()["anna's part of 0"])
    said = told(proof)
    assert said is not None
    assert said["facts"] == {"reason": TRUTH}
    for row in ledger().rows[1:]:
        with pytest.raises(SealBroken):
            open_with_part_key(row, left()["anna's part of 0"], library=LIBRARY)


def guessed_keys() -> Iterator[bytes]:
    """Give keys that somebody might try who has all the bytes, knows who Anna is and what she was told."""
    yield from left().values()
    yield from (bytes(32), b"\xff" * 32, PUBLIC_KEY)
    for word in WORDS:
        yield word.encode()[:32].ljust(32, b"\0")
        yield hashlib.sha256(word.encode()).digest()
        for secret in (CONTROLLER_KEY, AUDIT_KEYS[BERT], LIBRARY.encode()):
            yield hmac.digest(secret, word.encode(), "sha256")
    for row in ledger().rows:
        yield from (row.salt, leaf_hash(row), hashlib.sha256(row.salt).digest(), annas(row)[:32], annas(row)[-32:])


def ways_to_use(key: bytes, row: SealedEntry) -> Iterator[bytes]:
    """Give a key, and what the format derives from it, as the key of the person's part and as that of its text."""
    label = f"countenance ledger 2 person {row.salt.hex()} {LIBRARY}".encode()
    for own in (key, hmac.digest(key, label, "sha256")):
        yield own
        yield hmac.digest(own, b"sealing", "sha256")


def opens(row: SealedEntry, key: bytes) -> bool:
    """Tell whether a key opens Anna's part, in whichever role it is tried, or shows which part is hers."""
    part = annas(row)
    label = f"countenance ledger 2 person {row.salt.hex()} {LIBRARY}".encode()
    for own in ways_to_use(key, row):
        if part.startswith(hmac.digest(own, b"commitment", "sha256")):
            return True
        try:
            AESGCM(own).decrypt(part[32:44], part[44:], label)
        except InvalidTag:
            continue
        return True
    return False


def test_no_other_key_opens_it() -> None:
    """R29: no key that is left, and none that can be guessed or computed from the bytes, opens a part of Anna's.

    Only the key in the proof that she was given opens the one part that it was given for; and her own key, while it
    was there, all: so the attempts are such as would succeed.
    """
    guesses = set(guessed_keys())
    assert len(guesses) > 100
    for number, row in enumerate(ledger().rows):
        opened = {key for key in guesses if opens(row, key)}
        assert opened == ({left()["anna's part of 0"]} if number == 0 else set())
        assert opens(row, AUDIT_KEYS[ANNA])


def plain(text: str, number: int) -> bytes:
    """Give the very bytes that were sealed for Anna, if she was told this text."""
    at = f"2026-03-14T09:{26 + number}:53.000000Z"
    said = {"at": at, "facts": {"reason": text}, "kind": "searched", "role": "staff"}
    return canonical(said).ljust(1024, b"\0")


def confirmations(row: SealedEntry, text: str, number: int, keys: Iterator[bytes]) -> list[str]:
    """Give each way in which a guess of what Anna was told is confirmed by the bytes of the ledger.

    The guesser has every byte and the salt, and knows all other words of the entry, to the last zero byte.
    """
    parts, guess = split_payload(row.payload), plain(text, number)
    found = []
    bare = (guess, guess.rstrip(b"\0"), text.encode())
    for said in bare:
        for salted in (said, row.salt + said, said + row.salt, b"\x00" + row.salt + said):
            digest = hashlib.sha256(salted).digest()
            found += ["a digest of the text is in the entry"] * (digest in row.payload or digest == leaf_hash(row))
        found += ["the text lies open"] * (said in row.payload)
    of_text = (hashlib.sha256(guess), hashlib.sha256(row.salt + guess), hashlib.sha256(guess.rstrip(b"\0")))
    for key in (*keys, *(one.digest() for one in of_text)):
        # Sealed again under the guessed key with the nonce that stands there, the part would be the same.
        for own in ways_to_use(key, row):
            label = f"countenance ledger 2 person {row.salt.hex()} {LIBRARY}".encode()
            for part in parts.persons:
                again = part[:44] + AESGCM(own).encrypt(part[32:44], guess, label)
                same = leaf_hash(
                    replace(row, payload=framed(parts.controller, [again, *(set(parts.persons) - {part})]))
                )
                found += ["sealed again it has the same leaf"] * (again == part or same == leaf_hash(row))
                found += ["its keyed digest is the commitment"] * (hmac.digest(own, guess, "sha256") == part[:32])
    return found


def test_no_guess_is_confirmed() -> None:
    """R29: not even the exact text is confirmed by leaf, commitments or ciphertext; it looks like any other guess.

    With her key it is confirmed, and the other texts are not: so the guesses are such as would be confirmed.
    """
    row = ledger().rows[1]
    for text in (TRUTH, *OTHERS):
        assert confirmations(row, text, 1, iter([*left().values(), *guessed_words()])) == []
    assert "sealed again it has the same leaf" in confirmations(row, TRUTH, 1, iter([AUDIT_KEYS[ANNA]]))
    for text in OTHERS:
        assert confirmations(row, text, 1, iter([AUDIT_KEYS[ANNA]])) == []


def guessed_words() -> Iterator[bytes]:
    """Give the keys that are made of words."""
    yield from (hashlib.sha256(word.encode()).digest() for word in WORDS)


def test_lengths_tell_no_guess_from_another() -> None:
    """R29: whatever of these Anna was told, and even if nothing, the entry has the same bytes to count."""
    texts = (TRUTH, *OTHERS, "", "x" * 800)
    shapes = {
        tuple(map(len, (one.controller, *one.persons)))
        for one in (split_payload(sealed(search(1, text)).payload) for text in texts)
    }
    assert len(shapes) == 1


def test_the_order_tells_no_guess_from_another() -> None:
    """R29: whether Anna's part stands first is a coin that is thrown for each entry, whatever it says."""
    for text in (TRUTH, OTHERS[0]):
        rows = [sealed(search(1, text)) for _ in range(64)]
        first = sum(split_payload(row.payload).persons[0] == annas(row) for row in rows)
        assert 8 < first < 56


def test_equal_texts_have_nothing_in_common() -> None:
    """R29: the same text sealed for Anna in each entry gives parts that agree in as many bytes as chance would have.

    So a text that is known from one entry, as by a proof that was given out, opens no other.
    """
    parts = [annas(row) for row in ledger().rows]
    for place, part in enumerate(parts):
        for other in parts[:place]:
            assert sum(one == two for one, two in zip(part, other, strict=True)) < 32
    assert len({part[:32] for part in parts}) == len({part[32:44] for part in parts}) == SIZE


def test_a_decoy_is_what_a_shredded_part_becomes() -> None:
    """R29: beside a decoy, which nobody can ever open, a shredded part shows nothing of its own: no length, no key."""
    row = sealed(
        replace(search(1), concerns={ANNA: {"reason": TRUTH}, BERT: {"reason": "b"}, "c3" * 16: {}}),
        audit_keys={
            **AUDIT_KEYS,
            "c3" * 16: new_key(),
        },
    )
    parts = split_payload(row.payload).persons
    assert len(parts) == 4  # Anna, Bert, somebody, and the decoy
    assert len({len(part) for part in parts}) == 1
    opened = [part for part in parts for key in guessed_keys() if opens_part(part, key, row)]
    bert = person_part_key(row, AUDIT_KEYS[BERT], library=LIBRARY)
    assert bert is not None
    assert set(opened) == {part for part in parts if part.startswith(hmac.digest(bert, b"commitment", "sha256"))}


def opens_part(part: bytes, key: bytes, row: SealedEntry) -> bool:
    """Tell whether a key shows one part to be its own."""
    return any(part.startswith(hmac.digest(own, b"commitment", "sha256")) for own in ways_to_use(key, row))
