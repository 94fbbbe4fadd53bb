"""One run of the demo: the folder made anew, the story played, the page written, the summary said."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from countenance.demo._acts import WORKERS, act
from countenance.demo._cast import LISA, MEMBERS, ROBIN, TONI
from countenance.demo._group_photos import PLANS, Plan
from countenance.demo._page import write_page
from countenance.demo._pictures import make_pictures
from countenance.demo._story import Story
from countenance.demo._telling import Teller
from countenance.demo._words import count, record

# A folder is replaced only if this file says that the demo made it.
MARKER = ".made-by-countenance-demo"
DONE, FAILED, REFUSED = 0, 1, 2


def run_demo(
    folder: Path,
    plans: Sequence[Plan] = PLANS,
    *,
    teller: Teller,
    workers: int = WORKERS,
    verifier: Path | None = None,
) -> int:
    """Play the demo in a folder; gives 0 if everything came out as it must, 1 if not, 2 if the folder is not ours.

    `verifier` is `tools/verify_ledger.py`; without it the library's own code stands in for whoever checks from outside.
    """
    folder = folder.absolute()
    if not _made_anew(folder):
        teller.say(f"{folder} holds something that the demo did not make, so it is left alone. Name another folder.")
        return REFUSED
    teller.say("Countenance: a small school's year in a minute")
    teller.say()
    story = act(folder, plans, teller=teller, workers=workers, verifier=verifier)
    teller.begin("Drawing what happened")
    story.seconds = teller.seconds
    lines = tuple(record(story.entries, story.people))
    page = write_page(story, make_pictures(story, lines), lines)
    teller.end()
    _summarise(story, page, teller)
    return DONE if story.ok else FAILED


def _made_anew(folder: Path) -> bool:
    """Empty the folder if the demo made it, make it if there is none; False if it holds anything else."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return False
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).is_file():
            return False
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("This folder is made anew by each run of the demo.\n", encoding="utf-8")
    return True


def _summarise(story: Story, page: Path, teller: Teller) -> None:
    teller.say()
    for text in _told(story):
        teller.say(text, indent="  ")
    teller.say()
    failed = [expectation.what for expectation in story.expectations if not expectation.met]
    if failed:
        teller.say("This did not come out as it must:")
        for what in failed:
            teller.say(f"- {what}", indent="  ")
    else:
        teller.say(
            f"All {len(story.expectations)} expectations were met; the library and its record are in order. "
            f"It took {teller.seconds:.0f} seconds."
        )
    teller.say()
    teller.say("Open this in a browser to see it:")
    teller.line(str(page))


def _told(story: Story) -> list[str]:
    photos = len(story.group_photos)
    named = "; ".join(
        f"{member.name} in {len(story.found[member.name])} of {len(story.there(member))}" for member in MEMBERS
    )
    found = ", ".join(name for name, _ in story.searches["volunteer"].answered) or "nobody"
    unknown = ", ".join(name for name, _ in story.searches["stranger"].answered) or "nobody"
    after = ", ".join(name for name, _ in story.searches["withdrawn"].answered) or "nobody"
    covered = sum(len(copy.covered) for copy in story.copies)
    shown = sum(len(copy.shown) for copy in story.copies)
    torn = "; ".join(f"{name} could not be read ({why})" for name, why in story.unreadable)
    stale = count(len(story.stale), "published copy shows", "published copies show")
    looked = f"Three people signed a form. {photos} photos with {story.faces_seen} faces were looked through for them."
    copies = f"Copies for the website: {count(covered, 'face')} covered, {shown} shown with permission."
    withdrawn = f"{ROBIN.name} withdrew. Searched again with the same photo: {after}."
    watched = (
        f"{LISA.name} got {count(story.watched.proofs, 'proof')}, checked by {story.watched.by}. Then the past was "
        "changed, in a copy of the library, by who has its key:"
    )
    noticed = "nobody noticed." if story.watched.noticed.holds else "what the parents' council keeps shows it."
    return [
        f"{looked} Found: {named}. Nobody else has a name.",
        f"{torn}." if torn else "All files could be read.",
        f"Searched with a new photo of {LISA.name}: {found}. With a photo of somebody who signed nothing: {unknown}.",
        f"{copies} The originals were not touched.",
        f"{withdrawn} {TONI.name} no longer wants to be shown: {stale} that face, and can be covered again.",
        f"{watched} {noticed}",
        f"What {LISA.name} is given in writing, and the policy for everybody, are in {story.policy.parent.name}.",
    ]
