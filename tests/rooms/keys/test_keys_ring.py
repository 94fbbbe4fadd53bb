"""The operating system's keyring as a place of the key: it is asked when a key is, and each way to fail is told."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from countenance.errors import KeyMissing, KeyProblem, KeyWrong, UsageWrong
from countenance.keys import KeyFile, KeyRing, backend, destroy_key, key_at, key_text, read_key, source_of
from countenance.keys._places import make_key
from ring import CANARY, BrokenRing, ForgetfulRing, LockedRing, MemoryRing, NoRing, ring_set

KEY = bytes(range(1, 33))
PLACE = KeyRing("countenance", "9c1f0e7a52d84b6f")
LINE = f"countenance-key-1:{KEY.hex()}"


@pytest.fixture
def ring() -> Iterator[MemoryRing]:
    """Give a keyring in memory, set as the operating system's."""
    held = MemoryRing()
    with ring_set(held):
        yield held


def test_a_new_key_is_read_back(ring: MemoryRing) -> None:
    """R20: the key that is made in the keyring is the one that is read, as one line under our name and the id."""
    key = make_key(PLACE)
    assert read_key(PLACE) == key
    assert ring.held == {("countenance", "9c1f0e7a52d84b6f"): f"countenance-key-1:{key.hex()}"}
    assert len(key) == 32


def test_a_key_is_never_overwritten(ring: MemoryRing) -> None:
    """A key that is there stays; whoever asks for the key of the place is given it."""
    ring.held["countenance", PLACE.library] = LINE
    with pytest.raises(UsageWrong, match="already") as caught:
        make_key(PLACE)
    assert caught.value.remedy
    assert key_at(PLACE) == (KEY, False)
    assert ring.held == {("countenance", PLACE.library): LINE}


def test_a_library_has_its_own_name_in_the_keyring() -> None:
    """The flag alone says that the keyring holds the key; whose it is comes from the library that is opened."""
    assert source_of(KeyRing(), "a1") == KeyRing("countenance", "a1")
    assert source_of(PLACE, "a1") == PLACE
    assert isinstance(source_of(None, "a1"), KeyFile)


def test_a_key_taken_out_is_gone(ring: MemoryRing) -> None:
    """A key is destroyed once; doing it again is no error."""
    make_key(PLACE)
    destroy_key(PLACE)
    destroy_key(PLACE)
    assert not ring.held


def test_a_key_with_comments_is_read(ring: MemoryRing) -> None:
    """What was copied out of a key file by hand is a key as well."""
    ring.held["countenance", PLACE.library] = key_text(KEY)
    assert read_key(PLACE) == KEY


def test_no_key_in_the_keyring_is_told(ring: MemoryRing) -> None:
    """R20: a keyring without the key: where it was looked for, what is lost and what is not."""
    with pytest.raises(KeyMissing, match="countenance, 9c1f0e7a52d84b6f") as caught:
        read_key(PLACE)
    assert "face templates" in caught.value.remedy
    assert not ring.held


@pytest.mark.parametrize(
    "held", ["", "hunter2", LINE[:-1], f"{LINE}\n{LINE}", KEY.hex(), "countenance-key-1:" + "0" * 64]
)
def test_what_is_no_key_is_refused_without_repeating_it(ring: MemoryRing, held: str) -> None:
    """R20: somebody else's entry, a cut or a doubled key is no key, and the error says nothing of what was in it."""
    ring.held["countenance", PLACE.library] = held
    with pytest.raises(KeyWrong) as caught:
        read_key(PLACE)
    said = f"{caught.value} {caught.value.remedy} {caught.value.__cause__} {caught.value.__context__}"
    assert KEY.hex()[:8] not in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("ring", "words"),
    [
        (LockedRing(), "is locked"),
        (NoRing(), "no keyring"),
        (BrokenRing(), r"did not let us read .*ConnectionResetError"),
    ],
    ids=["locked", "none", "broken"],
)
def test_a_keyring_that_cannot_be_asked_is_told(ring: MemoryRing, words: str) -> None:
    """R20: a locked, missing or broken keyring is one plain error with what to do, without the backend's own words."""
    with ring_set(ring):
        for deed in (read_key, make_key, destroy_key):
            with pytest.raises(KeyMissing, match=words) as caught:
                deed(PLACE)
            assert caught.value.remedy
            assert caught.value.__cause__ is None
            assert CANARY not in f"{caught.value} {caught.value.remedy}"


def test_a_keyring_that_keeps_nothing_is_noticed() -> None:
    """R20: a new key that the keyring did not keep is an error at once, before anything is sealed under it."""
    with ring_set(ForgetfulRing()), pytest.raises(KeyProblem, match="did not keep") as caught:
        make_key(PLACE)
    assert "file" in caught.value.remedy


def test_the_keyring_is_named(ring: MemoryRing) -> None:
    """A doctor can say which keyring it is."""
    assert backend() == ring.name


def test_without_the_package_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is an extra: without it there is one plain error that says how to install it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(KeyMissing, match="not installed") as caught:
        read_key(PLACE)
    assert "countenance[keyring]" in caught.value.remedy


def test_the_package_is_loaded_when_a_keyring_is_asked() -> None:
    """R10: a key out of a file loads no keyring and none of what it talks to."""
    spy = "import sys, countenance.library; print({'keyring', 'jeepney', 'secretstorage'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-B", "-c", spy], check=True, capture_output=True, text=True)  # noqa: S603  (our own interpreter)
    assert done.stdout.strip() == "set()"
