"""Who watches the watchers: what people outside hold does hold, and a past that was changed does not pass."""

import shutil

from countenance import Library, Settings
from countenance.demo._cast import QUESTIONS, ROBIN, STRANGER, Question, portrait_names
from countenance.demo._outsider import Outsider
from countenance.demo._story import Story, Watched
from countenance.ledger import EntryKind

# The question that the office regrets in the other past, and what it asks instead.
REGRETTED = ROBIN.probe
INSTEAD = Question("instead", STRANGER, "a scarf was found in the garden: whose is it?")


def give_to_council(story: Story, library: Library) -> None:
    """Let the parents' council remember the record as it is now: a file of a few lines."""
    story.checkpoint.parent.mkdir(exist_ok=True)
    story.remembered = library.write_checkpoint(story.checkpoint).checkpoint.size


def put_aside(story: Story) -> None:
    """Keep what a cheat needs, an older state of the library and of its mirror; the library is closed."""
    for name in ("library", "mirror"):
        shutil.copytree(story.folder / name, story.tampered / name)


def compare_with_council(story: Story, library: Library) -> None:
    """See that after all that was done since the record still begins with what the council keeps."""
    compared = library.verify_ledger(library.remembered_in([story.checkpoint])).against
    begins = bool(compared) and not any(one.problem for one in compared)
    story.expect("At the end the record still begins with what the parents' council keeps.", begins)


def watch(story: Story, outsider: Outsider, *, settings: Settings, account: str) -> None:
    """Check from outside what Lisa was given; then write another past, as who has the key can, and show it around."""
    watched = story.watched = Watched(by=outsider.name)
    _check_proofs(story, watched, outsider)
    folder, mirror = story.tampered / "library", story.tampered / "mirror"
    with Library.open(folder, key=settings.key, mirror=mirror, account=account) as other:
        _write_another_past(story, other)
    # Opened anew, because a library in use is not checked to its last byte.
    with Library.open(folder, key=settings.key, mirror=mirror, account=account) as other:
        _show_it_around(story, watched, other, outsider)


def _check_proofs(story: Story, watched: Watched, outsider: Outsider) -> None:
    given = sorted(story.proof.parent.iterdir())
    watched.proofs = len(given)
    all_hold = outsider.proofs(given, key=story.public_key).holds
    story.expect(f"Each proof in Lisa's export holds, as is said by {outsider.name}.", bool(given) and all_hold)
    watched.search = outsider.proofs([story.proof], key=story.public_key)
    changed = story.tampered / f"changed-{story.proof.name}"
    changed.write_text(_with_a_letter_changed(story.proof.read_text(encoding="utf-8")), encoding="utf-8")
    watched.changed = outsider.proofs([changed], key=story.public_key)
    story.expect("With one letter changed the proof holds no more.", not watched.changed.holds)


def _with_a_letter_changed(proof: str) -> str:
    """Change a letter in the middle of the second line, which is the sealed entry."""
    head, entry, *rest = proof.split("\n")
    middle = len(entry) // 2
    other = "B" if entry[middle] == "A" else "A"
    return "\n".join((head, f"{entry[:middle]}{other}{entry[middle + 1 :]}", *rest))


def _write_another_past(story: Story, other: Library) -> None:
    """Do anew in the older state what was done since, but for one search: the key allows all of it."""
    for question in QUESTIONS:
        asked = INSTEAD if question.portrait == REGRETTED else question
        photo = story.folder / "portraits" / portrait_names()[asked.portrait]
        other.search(photo, reason=asked.reason, reason_class=asked.reason_class)
    other.withdraw(ROBIN.name)


def _show_it_around(story: Story, watched: Watched, other: Library, outsider: Outsider) -> None:
    searches = [one.entry for one in other.ledger_findings() if one.entry and one.entry.kind is EntryKind.SEARCHED]
    found = {story.people[person] for entry in searches for person in entry.concerns}
    forgotten = len(searches) == len(QUESTIONS) and ROBIN.name not in found
    story.expect("In the other past the search that found Robin never was.", forgotten)
    alone = other.verify_ledger()
    watched.other_size = alone.size
    story.expect("By itself the other past is in order, and nobody could tell.", alone.ok)
    (compared,) = other.verify_ledger(other.remembered_in([story.checkpoint])).against
    story.expect("Beside what the council keeps, the library itself says that it was changed.", bool(compared.problem))
    copy = story.tampered / "ledger-copy.jsonl"
    other.copy_ledger(copy)
    watched.noticed = outsider.copy(copy, against=story.checkpoint, key=story.public_key)
    story.expect(f"So does, from a sealed copy alone, {outsider.name}.", not watched.noticed.holds)
