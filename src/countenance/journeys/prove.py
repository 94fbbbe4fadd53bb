"""Prove: what the ledger tells a person, above all each search about them, with proofs that verify offline."""

from dataclasses import dataclass
from datetime import datetime

from countenance.journeys.proving import PersonProof, Scope, prove_told, record_giving
from countenance.ledger import Actor
from countenance.ports import Clock, Person, Store


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger tells a person, oldest first, and what is needed to check it: see `docs/formats/ledger.md`.

    All proofs are under the one signed `checkpoint`. `public_key` (32 bytes) is the one on the person's receipts; who
    does not trust the library takes it from there. `entry` is the place of the entry about this answer itself.
    """

    library: str
    public_key: bytes
    at: datetime
    person: Person
    checkpoint: str
    proofs: tuple[PersonProof, ...]
    entry: int

    @property
    def searches(self) -> tuple[PersonProof, ...]:
        """The searches that found the person, and the listings of the photos that the person is in."""
        return tuple(one for one in self.proofs if one.is_search)


def prove(named: str, *, store: Store, actor: Actor, clock: Clock) -> Told:
    """Tell the person with this id or name what the ledger has about them, each entry with its proof.

    It is an answer about a person, so it is an entry itself, committed first; of the kind `exported`, because what is
    kept about the person is taken out for that person, with the scope `ledger`. And it is the person's own act, as an
    export is. It works in every state, as long as evidence is kept; after that the key is gone, and with it the person.

    Raises:
        PersonUnknown, PersonAmbiguous: nobody, or several.
        LedgerBroken: the ledger does not hold what it should.
    """
    now = clock()
    with store.write(now=now) as unit:
        person = unit.person(named)
        entry = record_giving(person.id, Scope.LEDGER, unit=unit, actor=actor)
        checkpoint, proofs = prove_told(person.id, unit=unit, library=store.library)
        return Told(
            library=store.library,
            public_key=unit.public_key(),
            at=now,
            person=unit.person(person.id),
            checkpoint=checkpoint,
            proofs=proofs,
            entry=entry,
        )
