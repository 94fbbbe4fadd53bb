"""Signed notes are those of C2SP: what Go signed opens here, and what is framed or signed otherwise is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import SealBroken
from countenance.seals import note_key, open_note, public_key_of, sign_note

# The keys and notes of golang.org/x/mod/sumdb/note, from which the specification was written (note_test.go).
PETER_PRIVATE = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

PRIVATE = bytes(range(32))
PUBLIC = public_key_of(PRIVATE)
NAME = "example.com/a-log"


def public(key: str) -> bytes:
    """Give the 32 bytes of a key as verifiers take it."""
    return base64.b64decode(key.split("+", 2)[2])[1:]


def opened(note: str, key: str = PETER_KEY) -> str:
    """Give the text of a note as the holder of one key reads it."""
    return open_note(note, name=key.partition("+")[0], public_key=public(key))


def refused(note: str, key: str = PETER_KEY) -> str:
    """Give why a note is refused."""
    with pytest.raises(SealBroken) as caught:
        opened(note, key)
    return caught.value.what


def test_what_go_signed() -> None:
    """R25: the published key gives the published note to the byte, its verifier key, and the note opens."""
    assert sign_note(TEXT, name="PeterNeumann", private_key=PETER_PRIVATE) == f"{TEXT}\n{PETER}"
    assert note_key("PeterNeumann", public_key_of(PETER_PRIVATE)) == PETER_KEY
    assert note_key("EnochRoot", public(ENOCH_KEY)) == ENOCH_KEY
    assert opened(f"{TEXT}\n{PETER}") == TEXT


def test_several_signatures() -> None:
    """R25: whoever knows one of the keys opens a note that several have signed, in whichever order they did."""
    for lines in (PETER + ENOCH, ENOCH + PETER, PETER + PETER + ENOCH):
        assert opened(f"{TEXT}\n{lines}") == opened(f"{TEXT}\n{lines}", ENOCH_KEY) == TEXT


def test_unknown_keys_are_passed_over() -> None:
    """R25: a line by another name, or by this name with another key's id, says nothing for or against a note."""
    other_name = PETER.replace("PeterNeumann", "PeterNeuman")
    other_id = "— PeterNeumann " + base64.b64encode(b"\xc7\x4f\x20\xa4" + bytes(64)).decode() + "\n"
    other_kind = "— PeterNeumann " + base64.b64encode(b"1234" + bytes(2420)).decode() + "\n"
    for unknown in (other_name, other_id, other_kind):
        assert opened(f"{TEXT}\n{unknown}{PETER}") == TEXT
        assert "not signed by this key" in refused(f"{TEXT}\n{unknown}")


def test_a_known_key_that_fails_refuses_the_note() -> None:
    """R25: one line under the known key that does not hold refuses the note, though another line holds."""
    raw = base64.b64decode(PETER.split(" ")[2])
    for wrong in (raw[:-1] + bytes([raw[-1] ^ 1]), raw[:-1], raw + b"\0"):
        line = f"— PeterNeumann {base64.b64encode(wrong).decode()}\n"
        for lines in (line, line + PETER, PETER + line):
            assert "signature" in refused(f"{TEXT}\n{lines}")


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{PETER[:-1]}",
        f"{TEXT}{PETER}",
        f"\n{PETER}",
        f"\n\n{PETER}",
        f"\x01{TEXT}\n{PETER}",
        f"{TEXT}\r\n{PETER}",
        f"{TEXT}\n{PETER}Unexpected line.\n",
        f"{TEXT}\n{PETER}\n",
        f"{TEXT}\n— Bad Name {PETER.split(' ')[2]}",
        f"{TEXT}\n— Bad+Name {PETER.split(' ')[2]}{PETER}",
        f"{TEXT}\n— Bad\x00Name {PETER.split(' ')[2]}{PETER}",
        f"{TEXT}\n—  {PETER.split(' ')[2]}{PETER}",
        f"{TEXT}\n- PeterNeumann {PETER.split(' ')[2]}",
        f"{TEXT}\n{PETER.replace('=', '')}",
        f"{TEXT}\n{PETER.replace('AM=', 'AN=')}",
        f"{TEXT}\n— Somebody AAAA\n{PETER}",
        f"{TEXT}\n— Somebody ?\n{PETER}",
        f"{TEXT}\n{PETER.replace(chr(10), chr(0x2028))}{PETER}",
        f"{TEXT}\n{PETER * 65}",
    ],
)
def test_malformed_notes(note: str) -> None:
    """R25: what is not framed as a note is refused: no text, no signature, control characters, stray lines or bits."""
    refused(note)


def test_the_last_empty_line_parts_text_and_signatures() -> None:
    """R25: a text may have empty lines of its own, and even what looks like a signature; all of it is signed."""
    for text in (f"{TEXT}\nand another\n", f"{TEXT}\n{PETER}", "\nbegins empty\n"):
        note = sign_note(text, name=NAME, private_key=PRIVATE)
        assert open_note(note, name=NAME, public_key=PUBLIC) == text


def test_an_endless_note_is_refused() -> None:
    """R25: a note of more than a million letters is refused, whoever signed it."""
    note = sign_note("x" * 1_000_000 + "\n", name=NAME, private_key=PRIVATE)
    with pytest.raises(SealBroken, match="not framed"):
        open_note(note, name=NAME, public_key=PUBLIC)


def test_as_many_signatures_as_witnesses_give() -> None:
    """R25: 64 lines are read, four times what the specification asks for."""
    assert opened(f"{TEXT}\n{ENOCH * 63}{PETER}") == TEXT


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("no end", NAME),
        ("", NAME),
        ("\n", NAME),
        ("a\tb\n", NAME),
        ("a\r\n", NAME),
        ("a\n", ""),
        ("a\n", "a b"),
        ("a\n", "a+b"),
        ("a\n", "a\u2028b"),
        ("a\n", "a\x00b"),
    ],
)
def test_what_is_no_note_is_not_signed(text: str, name: str) -> None:
    """R25: a text without a line end or with control characters, or a name with a blank or a plus, is not signed."""
    with pytest.raises(ValueError, match="a note is lines of text"):
        sign_note(text, name=name, private_key=PRIVATE)


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1).map("{}\n".format)
names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="+"), min_size=1)


@given(text=texts, name=names, private=st.binary(min_size=32, max_size=32))
def test_whatever_is_signed_opens(text: str, name: str, private: bytes) -> None:
    """R25: any text opens to itself under its name and key, and under no other name or key."""
    note = sign_note(text, name=name, private_key=private)
    assert open_note(note, name=name, public_key=public_key_of(private)) == text
    for other_name, other_key in ((f"{name}x", public_key_of(private)), (name, PUBLIC)):
        with pytest.raises(SealBroken):
            open_note(note, name=other_name, public_key=other_key)


@given(data=st.data())
def test_one_letter_is_noticed(data: st.DataObject) -> None:
    """R26: put another letter in any place of a note: it is refused, or opens to the very same text."""
    note = f"{TEXT}\n{PETER}{ENOCH}"
    place = data.draw(st.integers(0, len(note) - 1))
    letter = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda one: one != note[place]))
    try:
        text = opened(note[:place] + letter + note[place + 1 :])
    except SealBroken:
        return
    # Only the line of a key that is not known can differ.
    assert text == TEXT
    assert place >= len(f"{TEXT}\n{PETER}")
