"""Sealing an entry for its readers, and opening the part that is for the reader whose key it is."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from countenance.errors import LedgerBroken, SealBroken
from countenance.ledger._entry import JSON, Actor, Entry, EntryKind, plain_mapping, read_moment, spell_moment
from countenance.ledger._frame import (
    FIRST_VERSION,
    SMALLEST_PART_BYTES,
    Parts,
    SealedEntry,
    framed,
    padded_length,
    part_count,
    split_payload,
)
from countenance.ledger._parts import (
    CONTROLLER,
    PERSON,
    is_committed_to,
    opened_first_version,
    opened_part,
    part_key,
    sealed_part,
)
from countenance.seals import canonical, new_key, read_canonical

# What the parts say, and what kind of value each field has.
CONTROLLER_FIELDS = {"actor": dict, "at": str, "body": dict, "concerns": list, "kind": str}
PERSON_FIELDS = {"at": str, "facts": dict, "kind": str, "role": str}


def seal_entry(entry: Entry, *, controller_key: bytes, audit_keys: Mapping[str, bytes], library: str) -> SealedEntry:
    """Seal an entry with a fresh salt: a part for the controller, one for each person concerned, and decoys.

    Raises:
        ValueError: a person concerned has no audit key here.
        EntryTooLarge: a part is too long.
    """
    keyless = sorted(entry.concerns.keys() - audit_keys.keys())
    if keyless:
        raise ValueError(f"no audit key for {', '.join(keyless)}, whom the entry concerns")
    # Drawn like a key: 32 bytes from the operating system.
    salt = new_key()

    def sealed(key: bytes, plain: bytes, length: int, part: str) -> bytes:
        own = part_key(key, part, salt=salt, library=library)
        return sealed_part(own, plain.ljust(length, b"\0"), part, salt=salt, library=library)

    body = _controller_plain(entry)
    told = {person: _person_plain(entry, facts) for person, facts in entry.concerns.items()}
    length = max((padded_length(plain) for plain in told.values()), default=SMALLEST_PART_BYTES)
    persons = [sealed(audit_keys[person], plain, length, PERSON) for person, plain in told.items()]
    persons += [sealed(new_key(), b"", length, PERSON) for _ in range(part_count(len(told)) - len(told))]
    return SealedEntry(salt, framed(sealed(controller_key, body, padded_length(body), CONTROLLER), persons))


def open_controller_part(sealed: SealedEntry, controller_key: bytes, *, library: str) -> Entry:
    """Open the controller's part; the people concerned are named in `concerns`, each without facts.

    Raises:
        SealBroken: it was changed, is of another library, or sealed with another key.
        LedgerBroken: it opens, but is no entry; or the payload is not framed as it must be.
    """
    parts = split_payload(sealed.payload)
    value = _read(_opened(parts.version, sealed.salt, controller_key, CONTROLLER, library)(parts.controller))
    try:
        actor, concerns = value["actor"], value["concerns"]
        if concerns != sorted(set(concerns)) or value.keys() != CONTROLLER_FIELDS.keys():
            raise _no_entry()
        return Entry(
            kind=EntryKind(value["kind"]),
            at=read_moment(value["at"]),
            actor=Actor(role=actor["role"], account=actor["account"]),
            body=value["body"],
            concerns={person: {} for person in concerns},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise _no_entry() from problem


def fitting_controller_key(sealed: SealedEntry, keys: Iterable[bytes], *, library: str) -> bytes | None:
    """Give the first of these keys under which the controller's part was sealed, as its commitment says; None if none.

    A part of the first version has no commitment: there it is the key that opens it.

    Raises:
        LedgerBroken: the payload is not framed as it must be.
    """
    parts = split_payload(sealed.payload)
    return next((key for key in keys if _fits(parts, key, sealed.salt, library)), None)


def open_person_part(sealed: SealedEntry, audit_key: bytes, *, library: str) -> Mapping[str, JSON] | None:
    """Give what an entry tells the person with this audit key: `kind`, `at`, `role`, `facts`; None if nothing.

    Raises:
        LedgerBroken: a part is theirs, but was changed or does not say what it must; or the payload is not framed as it
            must be. (Whether a part of the first version is theirs shows only by its opening.)
    """
    parts = split_payload(sealed.payload)
    opened = _opened(parts.version, sealed.salt, audit_key, PERSON, library)
    own = part_key(audit_key, PERSON, salt=sealed.salt, library=library)
    for part in parts.persons:
        try:
            plain = opened(part)
        except SealBroken as problem:
            if parts.version == FIRST_VERSION or not is_committed_to(part, own):
                continue  # another person's part, or a decoy
            raise LedgerBroken(
                "a person's part of a ledger entry was changed", remedy="restore the library from a backup"
            ) from problem
        value = _read(plain)
        if value.keys() != PERSON_FIELDS.keys():
            raise _no_entry()
        return value
    return None


def controller_part_key(sealed: SealedEntry, controller_key: bytes, *, library: str) -> bytes | None:
    """Give the key of the controller's part of this entry alone; None for an entry of the first version.

    Raises:
        SealBroken, LedgerBroken: as `open_controller_part`.
    """
    open_controller_part(sealed, controller_key, library=library)
    return _part_key(sealed, controller_key, CONTROLLER, library)


def person_part_key(sealed: SealedEntry, audit_key: bytes, *, library: str) -> bytes | None:
    """Give the key of a person's part of this entry alone; None if nothing is for them, or for the first version.

    Raises:
        LedgerBroken: as `open_person_part`.
    """
    if open_person_part(sealed, audit_key, library=library) is None:
        return None
    return _part_key(sealed, audit_key, PERSON, library)


def open_with_part_key(sealed: SealedEntry, key: bytes, *, library: str) -> Mapping[str, JSON]:
    """Give the plain text of the one part that this key is for, the controller's or a person's, as JSON.

    Raises:
        SealBroken: no part of this entry is committed to the key, or the part was changed.
        LedgerBroken: it opens, but does not say what it must; or the payload is not framed as it must be.
    """
    parts = split_payload(sealed.payload)
    # A part of the first version is committed to no key, so what it opens to would prove nothing.
    own = () if parts.version == FIRST_VERSION else (parts.controller, *parts.persons)
    for place, part in enumerate(own):
        if is_committed_to(part, key):
            value = _read(opened_part(key, part, PERSON if place else CONTROLLER, salt=sealed.salt, library=library))
            if not (_is_told(value) if place else _is_entry(value)):
                raise _no_entry()
            return value
    raise SealBroken("no part of the ledger entry is sealed with this key", remedy="ask for the proof anew")


def _opened(version: int, salt: bytes, key: bytes, part: str, library: str) -> Callable[[bytes], bytes]:
    if version == FIRST_VERSION:
        return lambda sealed: opened_first_version(key, sealed, part, salt=salt, library=library)
    own = part_key(key, part, salt=salt, library=library)
    return lambda sealed: opened_part(own, sealed, part, salt=salt, library=library)


def _fits(parts: Parts, key: bytes, salt: bytes, library: str) -> bool:
    if parts.version != FIRST_VERSION:
        return is_committed_to(parts.controller, part_key(key, CONTROLLER, salt=salt, library=library))
    try:
        opened_first_version(key, parts.controller, CONTROLLER, salt=salt, library=library)
    except SealBroken:
        return False
    return True


def _part_key(sealed: SealedEntry, key: bytes, part: str, library: str) -> bytes | None:
    if split_payload(sealed.payload).version == FIRST_VERSION:
        return None
    return part_key(key, part, salt=sealed.salt, library=library)


def _controller_plain(entry: Entry) -> bytes:
    return canonical(
        {
            "actor": {"account": entry.actor.account, "role": entry.actor.role},
            "at": spell_moment(entry.at),
            "body": entry.body,
            "concerns": sorted(entry.concerns),
            "kind": str(entry.kind),
        }
    )


def _person_plain(entry: Entry, facts: Mapping[str, JSON]) -> bytes:
    return canonical({"at": spell_moment(entry.at), "facts": facts, "kind": str(entry.kind), "role": entry.actor.role})


def _is_told(value: Mapping[str, JSON]) -> bool:
    return {name: type(item) for name, item in value.items()} == PERSON_FIELDS


def _is_entry(value: Mapping[str, Any]) -> bool:
    if {name: type(item) for name, item in value.items()} != CONTROLLER_FIELDS:
        return False
    return all(isinstance(value["actor"].get(name), str) for name in ("account", "role"))


def _read(padded: bytes) -> dict[str, Any]:
    # Canonical JSON of an object ends with a brace, so that the padding can be told from it.
    plain = padded.rstrip(b"\0")
    try:
        value = read_canonical(plain)
    except SealBroken as problem:
        raise _no_entry() from problem
    if not isinstance(value, dict):
        raise _no_entry()
    try:
        return plain_mapping(value)
    except (RecursionError, TypeError, ValueError) as problem:
        raise _no_entry() from problem


def _no_entry() -> LedgerBroken:
    return LedgerBroken(
        "a ledger entry opens, but does not say what an entry says",
        remedy="use the version that wrote it, or restore the library from a backup",
    )
