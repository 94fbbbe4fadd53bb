"""People outside who remember a library's ledger: a folder of theirs, an authority, libraries that go apart."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from countenance.ledger import JSON, Actor, Checkpoint, Entry, EntryKind, open_checkpoint
from countenance.library import AnchorCheck, Library
from countenance.stores import MemoryStore
from small_house import STEWARD, House
from stamping import Authority


@dataclass(slots=True)
class Council:
    """A parents' council with a folder that it keeps, and the certificate of an authority that stamps."""

    folder: Path
    authority: Authority = field(default_factory=Authority)

    def __post_init__(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def certificate(self) -> Path:
        """The authority's root certificate, in a file outside the folder."""
        file = self.folder.with_name(f"{self.folder.name}-root.pem")
        file.write_bytes(self.authority.in_pem())
        return file

    def files(self) -> list[str]:
        """List what is in the folder beside the library's public key."""
        return sorted(file.name for file in self.folder.iterdir() if file.suffix != ".pub")

    def answer(self, request: Path) -> Path:
        """Have a request stamped, as the operator does on another machine; gives the answer's file."""
        answer = request.with_suffix(".tsr")
        answer.write_bytes(self.authority.answer(request.read_bytes()))
        return answer

    def stamped(self, library: Library) -> Path:
        """Have the last checkpoint stamped from beginning to end; gives the answer's file."""
        (request,) = library.request_stamps().made
        answer = self.answer(request)
        library.add_stamps([answer], [self.certificate])
        return answer


def record(house: House, entries: int = 1) -> None:
    """Let something be done, each time an hour later."""
    for _ in range(entries):
        house.pass_time(hours=1)
        with house.store.write(now=house.now) as unit:
            unit.record(
                Entry(EntryKind.PUBLICATION_SETTLED, house.now, STEWARD, {"publication": "p", "placed": True}, {})
            )


def size_of(house: House) -> int:
    """Count the ledger's entries."""
    with house.store.read(now=house.now) as reading:
        return reading.ledger_edge().size


def opened(house: House, note: str) -> Checkpoint:
    """Open a note with the library's public key."""
    with house.store.read(now=house.now) as reading:
        return open_checkpoint(note, public_key=reading.public_key())


def twin(house: House) -> House:
    """Give a copy of a library as it stands, that knows nothing of what is done to the first from now on."""
    store = house.store
    assert isinstance(store, MemoryStore)
    other = House(house.folder, house.now)
    other.use(MemoryStore(store._keys, store._state.copied()))
    return other


def put_back(older: House, *, branch: int = 0) -> House:
    """Go on from an older state of a library as its opening does: under a later branch, with an entry that says so."""
    store = older.store
    assert isinstance(store, MemoryStore)
    body: dict[str, JSON] = {
        "backup_ledger_size": size_of(older),
        "checkpoint_ledger_size": None,
        "withdrawn": 0,
        "forgotten": 0,
        "templates_dropped": 0,
        "mirror": False,
        "in_place": True,
    }
    older.now += timedelta(days=1)
    with store.write(now=older.now) as unit:
        unit.state.branch = branch or unit.state.branch + 1
        body["branch"] = unit.state.branch
        unit.record(Entry(EntryKind.RESTORED, older.now, Actor("steward", "m.holt"), body, {}))
    return older


def problems(check: AnchorCheck) -> dict[str, str]:
    """Give what does not hold, by the names of the files."""
    return {one.file.name: one.problem for one in check.findings if one.problem}
