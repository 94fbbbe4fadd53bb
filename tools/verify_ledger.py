"""Check what a library of Countenance gives out of its ledger: a copy of it, proofs of entries, and two checkpoints.

    verify_ledger.py copy FILE --key HEX|FILE [--against FILE...]
    verify_ledger.py proof FILE... --key HEX|FILE
    verify_ledger.py checkpoints OLD NEW --key HEX|FILE [--proof FILE]

The key is the library's public key, which you have from the library itself: 64 hexadecimal digits, or a file with them.
A checkpoint is taken from any file that holds one: a bare one, a proof, a copy, a signed receipt, or JSON with these in
it, such as an export. Needs Python 3.11 and the package `cryptography`, and nothing of Countenance: it is a second
writing of what docs/formats/ledger.md says. Exit code: 0 it holds, 1 it does not, 2 it could not be read or compared.
"""

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# The texts, line by line: c2sp.org/tlog-checkpoint in c2sp.org/signed-note, c2sp.org/tlog-proof, c2sp.org/tlog-witness.
NUMBER = "(0|[1-9][0-9]{0,18})"
HASH = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
ORIGIN = "countenance/ledger/([A-Za-z0-9][A-Za-z0-9._-]{0,127})/([1-9][0-9]{0,8})"
SEAL = r"— [^\s+\x00-\x20]+ [A-Za-z0-9+/]{7,}={0,2}\n"
CHECKPOINT = re.compile(rf"(({ORIGIN})\n{NUMBER}\n({HASH})\n)\n((?:{SEAL}){{1,64}})")
PROOF = re.compile(rf"c2sp\.org/tlog-proof@v1\nextra ([^\n]+)\nindex {NUMBER}\n((?:{HASH}\n)*)\n(.*)", re.DOTALL)
GROWTH = re.compile(rf"old {NUMBER}\n((?:{HASH}\n)*)\n(.*)", re.DOTALL)
RECEIPT = re.compile(r"eyJ[\w-]+\.([\w-]+)\.[\w-]+\s*", re.ASCII)
COPY_SCHEMA = "urn:countenance:ledger-copy:1"

KEY_BYTES = SALT_BYTES = COMMITMENT_BYTES = 32
KEY_ID_BYTES, LENGTH_BYTES, NONCE_BYTES = 4, 4, 12
# By the version of a payload: what a part has beside its text, that is nonce and tag, and before them the commitment.
BESIDE_TEXT_BYTES = {1: 12 + 16, 2: 32 + 12 + 16}
SMALLEST_TEXT_BYTES, LARGEST_TEXT_BYTES = 2**10, 2**24
SIZE_LIMIT, NUMBER_LIMIT, COLUMNS = 2**63, 2**53, 80

KINDS = {  # what those tell that concern people; the others are shown by their names
    "enrolled": "A person was enrolled.",
    "searched": "A search was made by a photo of a face.",
    "photos-listed": "The photos that a person is in were listed.",
    "publication-planned": "It was asked which faces a copy of a photo would show.",
    "published": "A copy of a photo was made for publication, with faces covered.",
    "withdrawn": "A consent was withdrawn, in whole or in part.",
    "renewed": "A new consent was taken up.",
    "enrolment-refused": "An enrolment was refused, or held.",
    "released": "What had been held was allowed, or a private link was opened.",
    "decided": "A human said whether a person is in a photo.",
    "swept": "What no consent allows any more was erased.",
    "exported": "What is kept about a person was written down for that person.",
    "restored": "The library went on from a backup, or from an older copy of itself.",
    "re-embedded": "The template of a person's face was made anew.",
}
WORDS = {  # what is told first, and in which words
    "purpose": "The purpose",
    "reason": "The reason given",
    "reason_class": "The kind of reason",
    "outcome": "What was answered about this person",
    "photos": "Photos",
}
SPLIT_VIEW = (
    "SPLIT VIEW: two ledgers were shown. Two different ones of {0.entries} were signed under the one name "
    "{0.origin}. Keep both files: nobody but the library could have signed them."
)
OLDER_STATE = (
    "between branch {0.branch} and branch {1.branch} the library was put back to an older state of itself, as by "
    "restoring a backup. What came after that state is not in the later branch; ask when and why."
)
ASK_FOR_PROOF = (
    "Both were signed, of {0.entries} and of {1.entries}. Whether the later ledger begins with the earlier one, only "
    "a proof shows: ask for it (countenance ledger prove --since CHECKPOINT --to FILE, with that of {0.entries}), "
    "and give it with --proof. If there is none, two ledgers were shown."
)

Json = Mapping[str, Any]


class Wrong(Exception):
    """What does not hold, in words."""


# --- The tree: RFC 6962, section 2.1 ----------------------------------------------------------------------------------


def leaf_hash(salt: bytes, payload: bytes) -> bytes:
    """Give the hash of a sealed entry."""
    return hashlib.sha256(b"\x00" + salt + payload).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The tree over the leaves appended so far, kept as the roots of the complete subtrees that it is made of."""

    size = 0
    edge: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> None:
        """Add a leaf; equal neighbours merge, one pair for each 1 at the end of the size in binary."""
        size = self.size
        while size & 1:
            leaf, self.edge, size = node_hash(self.edge[-1], leaf), self.edge[:-1], size >> 1
        self.edge, self.size = (*self.edge, leaf), self.size + 1

    def root(self) -> bytes:
        """Give the root, folded from the right; that of no leaves is the hash of nothing."""
        root = self.edge[-1] if self.edge else hashlib.sha256(b"").digest()
        for left in reversed(self.edge[:-1]):
            root = node_hash(left, root)
        return root


def root_by_inclusion(leaf: bytes, place: int, size: int, hashes: list[bytes]) -> bytes:
    """Give the root that a tree has whose leaf at a place has these hashes beside its path: 2.1.1, read backwards."""
    if (size == 1) == bool(hashes):
        raise Wrong("the proof has too many or too few hashes")
    if size == 1:
        return leaf
    left, beside = left_leaves(size), hashes[-1]
    if place < left:
        return node_hash(root_by_inclusion(leaf, place, left, hashes[:-1]), beside)
    return node_hash(beside, root_by_inclusion(leaf, place - left, size - left, hashes[:-1]))


def roots_by_growth(old: int, root: bytes, new: int, hashes: list[bytes], *, whole: bool = True) -> tuple[bytes, bytes]:
    """Give the earlier and the later root of a tree that grew from `old` leaves to `new`: 2.1.2, read backwards.

    Where the earlier tree is the whole of a subtree (`whole`), the hashes leave its root out, for the reader has it.
    """
    if old == new:
        if len(hashes) != (not whole):
            raise Wrong("the proof has too many or too few hashes")
        return (root, root) if whole else (hashes[0], hashes[0])
    if not hashes:
        raise Wrong("the proof has too few hashes")
    left, beside = left_leaves(new), hashes[-1]
    if old <= left:
        earlier, later = roots_by_growth(old, root, left, hashes[:-1], whole=whole)
        return earlier, node_hash(later, beside)
    earlier, later = roots_by_growth(old - left, root, new - left, hashes[:-1], whole=False)
    return node_hash(beside, earlier), node_hash(beside, later)


def left_leaves(size: int) -> int:
    """Give how many leaves the left subtree has: the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


# --- Checkpoints, proofs, copies, and the sealed entries in them ------------------------------------------------------


class Checkpoint(NamedTuple):
    """A signed size and root, and the name of the ledger: its library, and which branch of it."""

    origin: str
    library: str
    branch: int
    size: int
    root: bytes

    @property
    def entries(self) -> str:
        """Say how many entries it is of."""
        return "1 entry" if self.size == 1 else f"{self.size} entries"


def open_checkpoint(note: str, key: bytes) -> Checkpoint:
    """Give the checkpoint of a note that the key has signed; lines that others signed are passed over."""
    found = CHECKPOINT.fullmatch(note)
    if found is None or int(found[5]) >= SIZE_LIMIT:
        raise Wrong("it is no checkpoint of a ledger, or not a whole one")
    text, origin, signatures = found[1], found[2], found[7].splitlines()
    key_id = hashlib.sha256(f"{origin}\n\x01".encode() + key).digest()[:KEY_ID_BYTES]
    signed = [(line.split(" ")[1], unbase64(line.split(" ")[2])) for line in signatures]
    own = [seal[KEY_ID_BYTES:] for name, seal in signed if (name, seal[:KEY_ID_BYTES]) == (origin, key_id)]
    if not own:
        raise Wrong("the checkpoint is not signed by this key")
    try:
        for signature in own:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except InvalidSignature:
        raise Wrong("the checkpoint's signature does not hold: it was changed") from None
    return Checkpoint(origin, found[3], int(found[4]), int(found[5]), unbase64(found[6]))


def check_proof(text: str, key: bytes) -> tuple[Checkpoint, int, int, Json | None]:
    """Give the checkpoint of a proof, the entry's place and version, and what the part says that it opens (or None)."""
    found = PROOF.fullmatch(text)
    if found is None:
        raise Wrong("it is no proof of a ledger entry")
    extra, place, checkpoint = unbase64(found[1]), int(found[2]), open_checkpoint(found[4], key)
    start = 2 + (KEY_BYTES if extra[1:2] == b"\x20" else 0)
    if extra[:2] not in {b"\x01\x00", b"\x01\x20"} or len(extra) < start + SALT_BYTES:
        raise Wrong("the proof holds no entry")
    opener, salt, payload = extra[2:start], extra[start : start + SALT_BYTES], extra[start + SALT_BYTES :]
    if place >= checkpoint.size:
        raise Wrong(f"the signed ledger has {checkpoint.entries}, and none with the number {place}")
    hashes = [unbase64(line) for line in found[3].splitlines()]
    if root_by_inclusion(leaf_hash(salt, payload), place, checkpoint.size, hashes) != checkpoint.root:
        raise Wrong("the entry is not in the ledger that was signed")
    version, _ = split_payload(payload)
    return checkpoint, place, version, open_part(salt, payload, opener, checkpoint.library) if opener else None


def check_growth(text: str, old: Checkpoint, new: Checkpoint, key: bytes) -> None:
    """Raise Wrong unless a proof shows that the ledger of the later checkpoint begins with that of the earlier one."""
    found = GROWTH.fullmatch(text)
    if found is None or int(found[1]) != old.size or open_checkpoint(found[3], key) != new:
        raise Wrong("the proof is no proof of growth, or about other checkpoints than these two")
    hashes = [unbase64(line) for line in found[2].splitlines()]
    if old.size == 0:  # every ledger begins with the empty one; there is nothing to show
        shown = (Tree().root(), b"" if hashes else new.root)
    else:
        shown = roots_by_growth(old.size, old.root, new.size, hashes)
    if shown != (old.root, new.root):
        raise Wrong("the proof does not show that the later ledger begins with the earlier one")


def check_copy(lines: Iterable[str], key: bytes, sizes: Iterable[int] = ()) -> tuple[Checkpoint, dict[int, bytes]]:
    """Give a copy's checkpoint, and the roots that its entries had at these sizes; it is read one entry at a time."""
    remaining, wanted, tree = iter(lines), set(sizes), Tree()
    head = fields(next(remaining, ""), schema=str, public_key=str, checkpoint=str)
    if head is None or head["schema"] != COPY_SCHEMA:
        raise Wrong("it is no copy of a ledger")
    if head["public_key"] != key.hex():
        raise Wrong("the copy names another public key than yours")
    checkpoint, roots = open_checkpoint(head["checkpoint"], key), {0: tree.root()}
    for line in remaining:
        entry = fields(line, entry=int, salt=str, payload=str)
        if entry is None or entry["entry"] != tree.size or len(unbase64(entry["salt"])) != SALT_BYTES:
            raise Wrong(f"entry {tree.size} of the copy is not in its place, or cannot be read")
        salt, payload = unbase64(entry["salt"]), unbase64(entry["payload"])
        split_payload(payload)
        tree.append(leaf_hash(salt, payload))
        if tree.size in wanted:
            roots[tree.size] = tree.root()
    if (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
        raise Wrong(f"the {tree.size} entries of the copy are not the {checkpoint.size} that were signed")
    return checkpoint, roots


def checkpoints_in(path: Path, key: bytes) -> list[Checkpoint]:
    """Give every checkpoint that a file holds. Each has a signature of its own; what is around it does not matter."""
    with path.open(encoding="utf-8") as file:
        text = file.readline()
        text += "" if COPY_SCHEMA in text else file.read()
    notes = notes_in(json.loads(text, object_pairs_hook=once) if text.startswith(("{", "[")) else text)
    try:
        found = list(dict.fromkeys(open_checkpoint(note, key) for note in notes))
    except Wrong as problem:
        raise Wrong(f"{path.name}: {problem}") from None
    if not found:
        raise Wrong(f"{path.name} holds no checkpoint")
    return found


def notes_in(value: object) -> Iterator[str]:
    """Give the checkpoints in a text or in JSON: a text itself, that of a proof, that of a signed receipt."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from notes_in(one)
    elif isinstance(value, str):
        if re.match(rf"{ORIGIN}\n", value):
            yield value
        elif found := PROOF.fullmatch(value) or GROWTH.fullmatch(value):
            yield found[found.re.groups]
        elif found := RECEIPT.fullmatch(value):
            yield from notes_in(json.loads(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))))


def split_payload(payload: bytes) -> tuple[int, list[bytes]]:
    """Give the version of a payload and its sealed parts, the controller's first."""
    version = payload[0] if payload else 0
    if version not in BESIDE_TEXT_BYTES:
        raise Wrong("an entry is of an unknown version")
    parts, end = [], 1
    while end < len(payload):
        start = end + LENGTH_BYTES
        end = start + int.from_bytes(payload[start - LENGTH_BYTES : start], "big")
        parts.append(payload[start:end])
    lengths = [len(part) - BESIDE_TEXT_BYTES[version] for part in parts]
    persons = [part[:COMMITMENT_BYTES] if version > 1 else part for part in parts[1:]]  # no two are for one key
    if not (
        end == len(payload)
        and all(SMALLEST_TEXT_BYTES <= one <= LARGEST_TEXT_BYTES and one.bit_count() == 1 for one in lengths)
        and len(set(lengths[1:])) == 1
        and len(persons).bit_count() == 1
        and persons == sorted(set(persons))
    ):
        raise Wrong("an entry is not framed as entries are")
    return version, parts


def open_part(salt: bytes, payload: bytes, key: bytes, library: str) -> Json:
    """Give what the one part says that is committed to this key: to a person concerned, or to the controller."""
    version, parts = split_payload(payload)
    commitment = hmac.digest(key, b"commitment", "sha256")
    own = [number for number, part in enumerate(parts) if part.startswith(commitment)]
    if version == 1 or not own:
        raise Wrong("the proof's key is for no part of this entry")
    role, sealed = "person" if own[0] else "controller", parts[own[0]][COMMITMENT_BYTES:]
    label = f"countenance ledger 2 {role} {salt.hex()} {library}".encode()
    try:
        cipher = AESGCM(hmac.digest(key, b"sealing", "sha256"))
        plain = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label).rstrip(b"\0")
        told: Json = json.loads(plain.decode(), object_pairs_hook=once)
        spelt = json.dumps(in_order(told), separators=(",", ":"), ensure_ascii=False).encode()
    except (InvalidTag, ValueError, RecursionError):
        raise Wrong("the part of the entry that the key is for was changed, or is not written as entries are") from None
    kinds = {"role": str, "facts": dict} if own[0] else {"actor": dict, "body": dict, "concerns": list}
    as_kinds = spelt == plain and fields(spelt, at=str, kind=str, **kinds) is not None and len(told) == len(kinds) + 2
    if not as_kinds or ("actor" in kinds and fields(json.dumps(told["actor"]), role=str, account=str) is None):
        raise Wrong("the entry opens, but does not say what an entry says")
    return told


def in_order(value: object) -> object:
    """Give a value with the names of its objects in the order of RFC 8785, that of UTF-16."""
    if isinstance(value, dict):
        return {name: in_order(value[name]) for name in sorted(value, key=lambda one: one.encode("utf-16-be"))}
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= NUMBER_LIMIT):
        raise ValueError("a number is not whole, or too large")
    return [in_order(one) for one in value] if isinstance(value, list) else value


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Give an object of JSON in which no name stands twice."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice in one object, so two readers may see two things")
    return dict(pairs)


def fields(line: str | bytes, **kinds: type) -> Json | None:
    """Give the JSON object of a line, if it has these fields and they are of these kinds."""
    try:
        value = json.loads(line, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and all(type(value.get(one)) is kinds[one] for one in kinds) else None


def unbase64(text: str) -> bytes:
    """Read base64 in its one spelling (RFC 4648, section 4)."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise Wrong("something in it is not base64") from None
    if base64.b64encode(data).decode("ascii") != text:
        raise Wrong("something in it is not base64 in its one spelling")
    return data


# --- What is asked, and what is said ----------------------------------------------------------------------------------


def proofs(given: argparse.Namespace, key: bytes) -> int:
    """Check proofs of entries, and say what each entry tells; a * stands for files, on every system."""
    code, seen = 0, dict[tuple[str, int], bytes]()
    for path in (one for few in given.file for one in ("*" in few.name and sorted(few.parent.glob(few.name))) or [few]):
        try:
            one, place, version, what = check_proof(path.read_text(encoding="utf-8"), key)
        except Wrong as problem:
            code = say(f"DOES NOT HOLD: {path.name}: {problem}", file=sys.stderr)
            continue
        if seen.setdefault((one.origin, one.size), one.root) != one.root:
            code = say(f"{path.name}: {SPLIT_VIEW.format(one)}", file=sys.stderr)
        signed = f"entry {place} is in the ledger {one.origin}, as it was signed when it had {one.entries}."
        say(f"{path.name} holds: {signed}", *told(version, what))
    return code


def told(version: int, what: Json | None) -> Iterator[str]:
    """Say what an entry tells, one sentence after the other."""
    if what is None:
        yield "What it says is sealed: the proof shows that it is there, unchanged, and brings no key to open it."
        yield from ["It is of the first version, of which no part opens without a lasting key."] if version == 1 else []
        return
    of_person = "facts" in what
    facts, actor = (what["facts"], what) if of_person else (what["body"], what["actor"])
    yield f"This is what it tells {'a person whom it concerns' if of_person else 'the library itself'}:"
    yield f"{KINDS.get(what['kind'], 'An entry of another kind.')} ({what['kind']})"
    yield f"Recorded: {what['at']}, by the library's clock"
    yield f"Who did it: {actor['role']}" + ("" if of_person else f", account {actor['account']}")
    if not of_person:
        yield f"Whom it concerned: {', '.join(map(str, what['concerns'])) or 'nobody'}"
    for name in (*(one for one in WORDS if one in facts), *(one for one in facts if one not in WORDS)):
        value = facts[name]
        for one in (value or ["none"]) if isinstance(value, list) else [value]:
            yield f"{WORDS.get(name, name)}: {one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)}"


def copy(given: argparse.Namespace, key: bytes) -> int:
    """Check a copy, by itself and against what others remember."""
    remembered = [(path.name, one) for path in given.against for one in checkpoints_in(path, key)]
    with given.file[0].open(encoding="utf-8") as file:
        own, roots = check_copy(file, key, {one.size for _, one in remembered})
    code = 0
    say(f"{given.file[0].name} holds: it is whole, {own.entries} as they were signed for {own.origin}.")
    for name, one in remembered:
        if problem := difference(one, own, roots.get(one.size)):
            code = say(f"DOES NOT HOLD: {name}: {problem}", file=sys.stderr)
        else:
            say(f"It begins with the {one.entries} that {name} remembers.")
    if not remembered:
        say("Whether others were shown the same ledger, only their checkpoints can tell: give them with --against.")
    return code


def difference(one: Checkpoint, own: Checkpoint, root: bytes | None) -> str:
    """Say in what a copy does not continue a checkpoint; its root at that size is None if it has fewer entries."""
    low, high = sorted((one, own), key=lambda either: either.branch)
    if one.library != own.library:
        return f"it is of another library, {one.library}"
    if root == one.root:
        return ""
    if low.branch != high.branch:
        return f"the copy does not begin with the {one.entries} that it remembers: {OLDER_STATE.format(low, high)}"
    if root is None:
        return f"it remembers {one.entries}, and the copy has {own.size}: an older copy, or entries were taken out"
    if one.size == own.size:
        return SPLIT_VIEW.format(one)
    return f"the copy does not begin with the {one.entries} that it remembers: the past was changed"


def checkpoints(given: argparse.Namespace, key: bytes) -> int:
    """Compare two checkpoints, by themselves or by a proof."""
    both = [one for path in given.file for one in checkpoints_in(path, key)]
    if len(both) != len(given.file):
        return say("A file holds several checkpoints; give files that hold one each.", file=sys.stderr, code=2)
    old, new = sorted(both, key=lambda one: (one.branch, one.size))
    if old.library != new.library:
        raise Wrong(f"they are of two libraries, {old.library} and {new.library}")
    if old.branch != new.branch:
        raise Wrong(f"they are of two branches of one ledger: {OLDER_STATE.format(old, new)}")
    if old.size == new.size and old.root != new.root:
        raise Wrong(SPLIT_VIEW.format(old))
    if given.proof is not None:
        check_growth(given.proof.read_text(encoding="utf-8"), old, new, key)
    elif old.size != new.size:
        return say(ASK_FOR_PROOF.format(old, new), file=sys.stderr, code=2)
    if old.size == new.size:
        return say(f"They are of one ledger: the same {old.entries}.", code=0)
    return say(f"The ledger of {new.entries} begins with that of {old.size}: nothing in it was changed.", code=0)


def say(*paragraphs: str, file: TextIO | None = None, code: int = 1) -> int:
    """Print in lines of at most 80 columns, with nothing that moves the cursor; give the exit code back."""
    encoding = (file or sys.stdout).encoding or "ascii"
    for place, text in enumerate(paragraphs):
        shown = "".join(letter if letter.isprintable() else "?" for letter in text).encode(encoding, "replace")
        filled = textwrap.fill(shown.decode(encoding), COLUMNS - 2, break_on_hyphens=False)
        print(textwrap.indent(filled, "  " if place else ""), file=file)
    return code


def read_key(given: str) -> bytes:
    """Give the public key that is written as 64 hexadecimal digits, or stands so in a file."""
    text = given if re.fullmatch(r"[0-9a-fA-F]{64}", given) else Path(given).read_text(encoding="ascii").strip()
    if re.fullmatch(r"[0-9a-fA-F]{64}", text) is None:
        raise ValueError("the public key is no 64 hexadecimal digits")
    return bytes.fromhex(text)


def main() -> int:
    """Check what the command line names, and say how it stands."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = asked.add_subparsers(required=True, metavar="COMMAND")
    for name, command, files in (("copy", copy, 1), ("proof", proofs, "+"), ("checkpoints", checkpoints, 2)):
        one = commands.add_parser(name, help=command.__doc__)
        one.set_defaults(command=command)
        one.add_argument("file", type=Path, nargs=files, metavar="FILE")
        one.add_argument("--key", required=True, metavar="HEX|FILE", help="the library's public key")
    copies, two = commands.choices["copy"], commands.choices["checkpoints"]
    copies.add_argument("--against", type=Path, nargs="+", action="extend", default=[], metavar="FILE")
    two.add_argument("--proof", type=Path, metavar="FILE")
    given = asked.parse_args()
    try:
        return int(given.command(given, read_key(given.key)))
    except Wrong as problem:
        return say(f"DOES NOT HOLD: {problem}", file=sys.stderr)
    except (OSError, ValueError, RecursionError) as problem:
        return say(f"verify_ledger: cannot be read: {problem}", file=sys.stderr, code=2)


if __name__ == "__main__":
    sys.exit(main())
