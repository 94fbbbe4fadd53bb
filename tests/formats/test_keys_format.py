"""`docs/formats/keys.md` and the code promise the same; the formulas are computed here without any code of ours."""

import hashlib
import hmac
import json
import re
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countenance.keys import KeyFile, KeyRing, MasterVault, default_key_path, key_text, parse_key, waiting
from countenance.keys._file import MAX_FILE_BYTES
from countenance.ports import KeyKind

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "keys.md").read_text(encoding="utf-8")
MASTER = bytes(range(32))
LIBRARY = "9c1f0e7a52d84b6f"


def info(*words: str) -> bytes:
    """Spell a list in canonical JSON; these words need no escapes."""
    return json.dumps(["countenance-vault-1", *words], separators=(",", ":")).encode()


def hkdf(key: bytes, *words: str) -> bytes:
    """Derive 32 bytes by RFC 5869: extract without salt, then the first block of expand."""
    extracted = hmac.digest(bytes(32), key, hashlib.sha256)
    return hmac.digest(extracted, info(*words) + b"\x01", hashlib.sha256)


def test_keys_are_derived_as_the_page_says() -> None:
    """R20: another program derives the same keys from the page, and the page's example is true."""
    root = hkdf(MASTER, "root", LIBRARY)
    vault = MasterVault(MASTER, LIBRARY)
    labels = re.findall(r"`(\w+)`", PAGE.partition("The labels are")[2].partition("For the master key")[0])
    assert labels == ["check", "rows", "tallies", "rest", "digest"]
    for label in labels:
        assert vault.derive(label) == hkdf(root, "derive", label)
    assert hkdf(root, "derive", "check").hex() in PAGE


def test_keys_are_wrapped_as_the_page_says() -> None:
    """R20: another program opens a wrapped key by the page."""
    wrapping = hkdf(hkdf(MASTER, "root", LIBRARY), "wrap")
    wrapped = MasterVault(MASTER, LIBRARY).wrap(bytes([7]) * 32, kind=KeyKind.DIGEST, subject=LIBRARY)
    assert len(wrapped) == 60
    opened = AESGCM(wrapping).decrypt(wrapped[:12], wrapped[12:], info("wrapped", LIBRARY, "digest", LIBRARY))
    assert opened == bytes([7]) * 32


def test_keys_are_written_down_as_the_page_says() -> None:
    """The line, its comments and the largest file are those of the page."""
    comments, line = key_text(MASTER).splitlines()[:2], key_text(MASTER).splitlines()[2]
    assert all(comment.startswith("#") for comment in comments)
    assert line == f"countenance-key-1:{MASTER.hex()}"
    assert (
        parse_key(f"\n# mine\n {line.upper().replace('COUNTENANCE-KEY-1', 'countenance-key-1')}\n", source="x")
        == MASTER
    )
    assert f"at most {MAX_FILE_BYTES:,} bytes" in PAGE


def test_places_are_those_of_the_page(tmp_path: Path) -> None:
    """The default file, the keyring's names, and where a key waits."""
    assert default_key_path(LIBRARY).parts[-3:] == ("countenance", "keys", f"{LIBRARY}.key")
    assert waiting(KeyFile(tmp_path / "a.key")) == KeyFile(tmp_path.resolve() / "a.key.new")
    assert waiting(KeyRing(library=LIBRARY)) == KeyRing("countenance", f"{LIBRARY}.new")
