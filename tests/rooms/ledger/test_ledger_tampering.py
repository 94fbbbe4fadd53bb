"""Whoever has every key and may write everything can make a ledger that verifies, and none that others remember."""

import io
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from countenance.ledger import (
    Checkpoint,
    SealedEntry,
    consistency_proof,
    root,
    verify,
    verify_against,
    verify_consistency,
)
from grown_ledger import PUBLIC_KEY, GrownLedger, deed, sealed
from ledger_page import ledger_verifier

SIZE = 6
ATTACKS = 10_080
# Drawn again and again; sealing is what would take the time.
FRESH = tuple(sealed(deed(1000 + number)) for number in range(3 * SIZE))
# The same deeds as in the ledger, sealed a second time: no word differs.
AGAIN = tuple(sealed(deed(number)) for number in range(SIZE))

Rows = list[SealedEntry]
Attack = Callable[[Rows, int, random.Random], Rows]
"""Give what a ledger is made into, by a change of something in its first entries, as many as the number says."""


@cache
def honest() -> GrownLedger:
    """Give the ledger as it was kept by everybody until now."""
    return GrownLedger.of(sealed(deed(number)) for number in range(SIZE))


def bit(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Flip one bit of a sealed entry, frame, commitment, text or tag."""
    place = chance.randrange(remembered)
    payload = bytearray(rows[place].payload)
    payload[chance.choice((chance.randrange(8), chance.randrange(len(payload))))] ^= 1 << chance.randrange(8)
    return [*rows[:place], replace(rows[place], payload=bytes(payload)), *rows[place + 1 :]]


def salt(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Give an entry another salt."""
    place = chance.randrange(remembered)
    return [*rows[:place], replace(rows[place], salt=chance.randbytes(32)), *rows[place + 1 :]]


def edit(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Put another deed in the place of one."""
    place = chance.randrange(remembered)
    return [*rows[:place], chance.choice(FRESH), *rows[place + 1 :]]


def reseal(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Seal an entry anew, with the same text and under the same keys."""
    place = chance.randrange(remembered)
    return [*rows[:place], AGAIN[place], *rows[place + 1 :]]


def exchange_resealed(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Exchange two deeds, each sealed anew, so that no byte of either is kept."""
    place, other = chance.randrange(remembered), chance.randrange(SIZE)
    changed = list(rows)
    changed[place], changed[other] = AGAIN[other], AGAIN[place]
    return changed


def delete(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Take an entry out."""
    place = chance.randrange(remembered)
    return rows[:place] + rows[place + 1 :]


def insert(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Put deeds in that never were."""
    place = chance.randrange(remembered)
    return [*rows[:place], *chance.sample(FRESH, chance.randrange(1, 4)), *rows[place:]]


def swap(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Let two entries change places."""
    place = chance.randrange(remembered)
    other = (place + chance.randrange(1, SIZE)) % SIZE
    changed = list(rows)
    changed[place], changed[other] = changed[other], changed[place]
    return changed


def move(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Put an entry elsewhere."""
    place = chance.randrange(remembered)
    without = rows[:place] + rows[place + 1 :]
    other = (place + chance.randrange(1, SIZE)) % SIZE
    return [*without[:other], rows[place], *without[other:]]


def repeat(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Put one entry in the place of another."""
    place = chance.randrange(remembered)
    return [*rows[:place], rows[(place + chance.randrange(1, SIZE)) % SIZE], *rows[place + 1 :]]


def graft(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Give an entry what another one says, under its own salt."""
    place = chance.randrange(remembered)
    other = rows[(place + chance.randrange(1, SIZE)) % SIZE]
    return [*rows[:place], replace(rows[place], payload=other.payload), *rows[place + 1 :]]


def truncate(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Cut off the end: an older copy is put back."""
    return rows[: chance.randrange(remembered)]


def put_back_and_go_on(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Put back an older copy and go on under the same name, as if nothing had been lost."""
    kept = chance.randrange(remembered)
    return rows[:kept] + chance.sample(FRESH, chance.randrange(1, 2 * SIZE))


def put_back_to_the_same_size(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Put back an older copy and fill it up to as many entries as were remembered."""
    kept = chance.randrange(remembered)
    return rows[:kept] + chance.sample(FRESH, remembered - kept)


def write_anew(rows: Rows, remembered: int, chance: random.Random) -> Rows:  # noqa: ARG001  (all attacks are asked alike)
    """Write a whole ledger anew."""
    return chance.sample(FRESH, SIZE)


def seal_all_anew(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Seal every deed anew, from somewhere on: the same story, word for word."""
    first = chance.randrange(remembered)
    return rows[:first] + list(AGAIN[first:])


def replace_the_past_only(rows: Rows, remembered: int, chance: random.Random) -> Rows:
    """Replace all that was remembered, and keep what came after to the byte."""
    return chance.sample(FRESH, remembered) + rows[remembered:]


def turn_round(rows: Rows, remembered: int, chance: random.Random) -> Rows:  # noqa: ARG001  (the same)
    """Begin the ledger somewhere else."""
    first = chance.randrange(1, SIZE)
    return rows[first:] + rows[:first]


EVERY: tuple[Attack, ...] = (
    bit,
    salt,
    edit,
    reseal,
    exchange_resealed,
    delete,
    insert,
    swap,
    move,
    repeat,
    graft,
    truncate,
    put_back_and_go_on,
    put_back_to_the_same_size,
    write_anew,
    seal_all_anew,
    replace_the_past_only,
    turn_round,
)


def extends(earlier: Checkpoint, ledger: GrownLedger) -> bool:
    """Tell whether a ledger can prove that it begins with what a checkpoint remembers."""
    size = len(ledger.rows)
    if size < earlier.size:
        return False
    hashes = consistency_proof(earlier.size, size, ledger.node)
    return verify_consistency(earlier.size, earlier.root, size, root(ledger.edge), hashes)


@pytest.mark.parametrize("attack", EVERY, ids=[attack.__name__ for attack in EVERY])
def test_every_attack_is_noticed(attack: Attack) -> None:
    """R26: 560 attacks of each of 18 kinds, 10,080, by an insider who computes edge and nodes anew: each is noticed.

    The changed ledger verifies by itself, as it must: nothing in it is wrong but that it is another one. Against an
    earlier checkpoint it never does, and it cannot prove that it begins with what that remembers. A clumsy attacker,
    who leaves the kept edge, is noticed without any checkpoint.
    """
    chance = random.Random(attack.__name__)  # noqa: S311  (attacks to be had again, not secrets)
    rows = honest().rows
    for number in range(ATTACKS // len(EVERY)):
        remembered = honest().checkpoint(chance.randrange(1, SIZE + 1))
        attacked = attack(rows, remembered.size, chance)
        assert attacked[: remembered.size] != rows[: remembered.size]
        forged = GrownLedger.of(attacked)
        assert verify(attacked, forged.edge).ok or attack is bit
        assert not verify_against(attacked, [remembered]).ok
        assert not extends(remembered, forged)
        assert number % 4 or not verify(attacked, honest().edge).ok


def test_an_honest_ledger_is_not_suspected() -> None:
    """R26: the ledger verifies against each of its own checkpoints, and proves that it begins with each."""
    remembered = [honest().checkpoint(size) for size in range(SIZE + 1)]
    assert verify_against(honest().rows, remembered).ok
    assert all(extends(one, honest()) for one in remembered)


def test_a_checkpoint_remembers_what_was_before_it() -> None:
    """R26: what was changed after a checkpoint is out of its reach, and in reach of every later one."""
    for size in range(1, SIZE):
        for attacked in (
            [*honest().rows[:size], *FRESH[: SIZE - size]],
            [*honest().rows[:size], *AGAIN[size:]],
            honest().rows[:size],
        ):
            forged = GrownLedger.of(attacked)
            for earlier in range(size + 1):
                assert verify_against(attacked, [honest().checkpoint(earlier)]).ok
                assert extends(honest().checkpoint(earlier), forged)
            for later in range(size + 1, SIZE + 1):
                assert not verify_against(attacked, [honest().checkpoint(later)]).ok
                assert not extends(honest().checkpoint(later), forged)


def test_where_the_past_was_changed() -> None:
    """R26: of several checkpoints those before the change hold, and it is said which do not."""
    attacked = [*honest().rows[:3], FRESH[0], *honest().rows[4:]]
    remembered = [honest().checkpoint(size) for size in (0, 2, 3, 4, SIZE, SIZE)]
    said = "the first 4 entries are not those that a checkpoint remembers"
    assert verify_against(attacked, remembered).problem.startswith(said)
    assert verify_against(attacked, remembered[:3]).ok
    assert verify_against(attacked[:3], remembered).problem == "there are 3 entries, but a checkpoint remembers 6"


@pytest.mark.parametrize("attack", EVERY, ids=[attack.__name__ for attack in EVERY])
def test_the_other_program_notices_too(attack: Attack) -> None:
    """R25, R26: a copy of the changed ledger, signed by the library, holds alone and not against what others hold."""
    tool, chance = ledger_verifier(), random.Random(attack.__name__)  # noqa: S311  (the same)
    for _ in range(4):
        remembered = honest().checkpoint(chance.randrange(1, SIZE + 1))
        forged = GrownLedger.of(attack(honest().rows, remembered.size, chance))
        try:
            own, roots = tool.check_copy(io.StringIO("".join(forged.copy())), PUBLIC_KEY, {remembered.size})
        except tool.Wrong:
            assert attack is bit
            continue
        theirs = tool.open_checkpoint(honest().note(remembered.size), PUBLIC_KEY)
        assert tool.difference(theirs, own, roots.get(remembered.size))
        if own.size >= remembered.size:
            with pytest.raises(tool.Wrong):
                tool.check_growth(forged.growth(remembered.size).to_text(), theirs, own, PUBLIC_KEY)


def test_a_split_view_is_found() -> None:
    """R26, R27: two people are shown two ledgers that grew from one copy: any two checkpoints after the split tell.

    Two of one size have different roots; of two sizes, no proof that the library can make leads from one to the other.
    Those from before the split are of both.
    """
    tool, split = ledger_verifier(), 3
    mine = honest()
    yours = GrownLedger.of([*mine.rows[:split], *FRESH[: SIZE - split]])
    for size in range(SIZE + 1):
        for later in range(size, SIZE + 1):
            old = tool.open_checkpoint(mine.note(size), PUBLIC_KEY)
            new = tool.open_checkpoint(yours.note(later), PUBLIC_KEY)
            assert (old.root == new.root) is (size == later <= split)
            proofs = [
                yours.growth(size, size=later),
                replace(mine.growth(size, size=later), checkpoint=yours.note(later)),
            ]
            for proof in proofs:
                if size <= split and (proof is proofs[0] or later <= split):
                    tool.check_growth(proof.to_text(), old, new, PUBLIC_KEY)
                    assert proof.verified(mine.checkpoint(size), public_key=PUBLIC_KEY) == yours.checkpoint(later)
                elif size > split:
                    with pytest.raises(tool.Wrong):
                        tool.check_growth(proof.to_text(), old, new, PUBLIC_KEY)
