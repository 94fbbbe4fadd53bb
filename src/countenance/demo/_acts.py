"""What the demo does with the library, step by step, through the names that everybody may use."""

import hashlib
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from countenance import EnrolmentForm, Library, Order, Policy, Purpose, Settings
from countenance.demo._cast import (
    LISA,
    MEMBERS,
    PHOTOS,
    QUESTIONS,
    ROBIN,
    TONI,
    Member,
    Question,
    member_of,
    portrait_names,
)
from countenance.demo._forms import write_form
from countenance.demo._group_photos import DAMAGED, GroupPhoto, Making, Plan, make_group_photos
from countenance.demo._outsider import Outsider
from countenance.demo._story import SAME_FACE, Asked, Covered, Found, Story, overlap
from countenance.demo._telling import Teller
from countenance.demo._watching import compare_with_council, give_to_council, put_aside, watch
from countenance.ledger import EntryKind
from countenance.library import give_policy

CONTROLLER, CONTACT, ACCOUNT = "Example School", "office@school.example", "school office"
# The same seed makes the same photos.
SEED = 1
# Misses happen, and the page says so; with fewer than this share found, the demo does not show what it promises.
LEAST_FOUND = 0.5
# Workers that look through the photos side by side; with a dozen photos more would not be faster.
WORKERS = 2

REASON_AGAIN = "the same question, after the withdrawal"


def _silent(done: int, of: int) -> None:
    """Tell nobody."""


def act(
    folder: Path, plans: Sequence[Plan], *, teller: Teller, workers: int = WORKERS, verifier: Path | None = None
) -> Story:
    """Play the whole of it in a folder: compose, enrol, index, search, publish, withdraw, give, verify, watch."""
    story = Story(folder, datetime.now(UTC))
    _compose(story, plans, teller)
    hashes = _hashes(folder / "photos")
    settings = Settings.read({}, library=folder / "library", key_file=folder / "keys" / "library.key")
    key = settings.key
    mirror = folder / "mirror"
    policy = Policy.draft(controller=CONTROLLER, contact=CONTACT, staff_search=True)
    with Library.make(folder / "library", policy, key=key, mirror=mirror, account=ACCOUNT) as library:
        _enrol(story, library, teller)
    with Library.open(folder / "library", key=key, mirror=mirror, account=ACCOUNT, workers=workers) as library:
        _index(story, library, teller)
    put_aside(story)
    with Library.open(folder / "library", key=key, mirror=mirror, account=ACCOUNT, workers=workers) as library:
        _search(story, library, teller)
        _publish(story, library, teller)
        _withdraw(story, library, teller)
        _give(story, library, teller)
    # Opened anew, because a library in use is not checked to its last byte.
    with Library.open(folder / "library", key=key, mirror=mirror, account=ACCOUNT) as library:
        _verify(story, library, teller)
    teller.begin("Checking it from outside, and changing the past to see who notices")
    watch(story, Outsider(verifier), settings=settings, account=ACCOUNT)
    teller.end()
    story.expect("No original photo was changed.", _hashes(folder / "photos") == hashes)
    return story


def _compose(story: Story, plans: Sequence[Plan], teller: Teller) -> None:
    teller.begin(f"Composing {len(plans)} group photos, and one damaged file")
    story.group_photos = lay_out(story.folder, plans, making=teller.count)
    teller.end()


def lay_out(folder: Path, plans: Sequence[Plan], *, making: Making = _silent) -> tuple[GroupPhoto, ...]:
    """Put into a folder what a school would have: group photos, portraits, signed forms; gives the group photos.

    `making(done, of)` is told after each group photo.
    """
    photos = make_group_photos(folder / "photos", plans, SEED, making)
    (folder / "portraits").mkdir()
    for portrait, name in portrait_names().items():
        shutil.copyfile(PHOTOS / portrait, folder / "portraits" / name)
    for member in MEMBERS:
        write_form(member, CONTROLLER, _form(folder, member), signed=datetime.now(UTC).date())
    return photos


def _form(folder: Path, member: Member) -> Path:
    return folder / "releases" / f"form-{member.slug}.pdf"


def _portrait(story: Story, portrait: str) -> Path:
    return story.folder / "portraits" / portrait_names()[portrait]


def _enrol(story: Story, library: Library, teller: Teller) -> None:
    teller.begin("Enrolling three people who signed a form")
    for done, member in enumerate(MEMBERS, start=1):
        form = _form(story.folder, member)
        enrolment = library.enrol(
            EnrolmentForm(
                name=member.name,
                photos=tuple(_portrait(story, portrait) for portrait in member.portraits),
                release=form,
                purposes=member.purposes,
            )
        )
        story.forms[member.name], story.expires[member.name] = form, enrolment.expires
        story.people[enrolment.person] = member.name
        if member is LISA:
            # At once, because the private code on it is told this once.
            story.receipt.parent.mkdir()
            library.print_receipt(enrolment, story.receipt, link_code=enrolment.link_code)
        teller.count(done, len(MEMBERS))
    teller.end()


def _index(story: Story, library: Library, teller: Teller) -> None:
    teller.begin("Looking through the photos for these three, and nobody else")
    indexed = library.index([story.folder / "photos"], progress=lambda step: teller.count(step.done, step.total))
    story.faces_seen = indexed.indexing.faces
    story.unreadable = tuple((failure.photo.name, failure.why) for failure in indexed.failed)
    for member in MEMBERS:
        listing = library.photos(member.name, reason=None)
        story.found[member.name] = tuple(Found(one.photo, one.box.as_tuple()) for one in listing.appearances)
        _expect_found(story, member)
    story.expect(
        f"The damaged file, and no other, is reported as unreadable ({DAMAGED}).",
        [name for name, _ in story.unreadable] == [DAMAGED],
    )
    teller.end()


def _expect_found(story: Story, member: Member) -> None:
    there, found = story.there(member), story.found[member.name]
    wrong = [
        one
        for one in found
        if not any(one.photo == truth.photo and overlap(one.box, truth.box) > SAME_FACE for truth in there)
    ]
    story.expect(f"{member.name} is found in no photo without {member.name}.", not wrong)
    story.expect(
        f"{member.name} is found in at least half of the photos that show {member.name}.",
        len(found) >= LEAST_FOUND * len(there),
    )


def _search(story: Story, library: Library, teller: Teller) -> None:
    teller.begin("Searching by four photos")
    for done, question in enumerate(QUESTIONS, start=1):
        story.searches[question.what] = _asked(story, library, question)
        teller.count(done, len(QUESTIONS))
    names = {what: [name for name, _ in asked.answered] for what, asked in story.searches.items()}
    story.expect("A photo of Lisa that the library never saw finds Lisa, and only her.", names["volunteer"] == ["Lisa"])
    story.expect("A photo of Robin finds Robin, and only Robin.", names["robin"] == [ROBIN.name])
    story.expect("A photo of Toni, who did not allow staff to search, finds nobody.", not names["toni"])
    story.expect("A photo of somebody who signed nothing finds nobody.", not names["stranger"])
    give_to_council(story, library)
    teller.end()


def _asked(story: Story, library: Library, asked: Question) -> Asked:
    photo = _portrait(story, asked.portrait)
    answers = library.search(photo, reason=asked.reason, reason_class=asked.reason_class).answers
    return Asked(asked.portrait, asked.reason, tuple((answer.name, len(answer.appearances)) for answer in answers))


def _publish(story: Story, library: Library, teller: Teller) -> None:
    teller.begin("Making copies in which only Lisa and Toni may be seen")
    published = library.publish(
        [story.folder / "photos"],
        story.folder / "published",
        Order(),
        progress=lambda step: teller.count(step.done, step.total),
    )
    story.copies = Covered.all_of(published)
    covered = {copy.source: copy.covered for copy in story.copies}
    open_faces = [
        present
        for photo in story.group_photos
        for present in photo.present
        if member_of(present.portrait) not in (LISA, TONI)
        and not any(overlap(present.box, box) > SAME_FACE for box in covered.get(photo.path, ()))
    ]
    story.expect("Nobody without consent can be seen in a published copy.", not open_faces)
    story.expect(
        "There is a covered copy of every photo that could be read.",
        set(covered) == {photo.path for photo in story.group_photos},
    )
    teller.end()


def _withdraw(story: Story, library: Library, teller: Teller) -> None:
    teller.begin("Robin takes everything back, Toni the permission to be shown")
    story.erased_matches = library.withdraw(ROBIN.name).appearances_erased
    story.searches["withdrawn"] = _asked(story, library, Question("withdrawn", ROBIN.probe, REASON_AGAIN))
    story.expect("After the withdrawal a photo of Robin finds nobody.", not story.searches["withdrawn"].answered)
    story.stale = library.withdraw(TONI.name, purposes=(Purpose.BE_SHOWN,)).published_to_recover
    shown = {copy.target for copy in story.copies if story.shows(TONI, copy)}
    story.expect("Every published copy that shows Toni is listed to be taken back.", set(story.stale) == shown)
    again = next((copy.source for copy in story.copies if copy.target in story.stale), None)
    if again is not None:
        story.again = Covered.all_of(library.publish([again], story.folder / "published-again", Order()))
        shows_toni = any(story.shows(TONI, copy) for copy in story.again)
        story.expect("Published again, the same photo shows Toni no more.", not shows_toni)
    teller.end()


def _give(story: Story, library: Library, teller: Teller) -> None:
    teller.begin("Writing down for Lisa what is kept about her, and the policy for all")
    exported = library.export(LISA.name, story.export)
    give_policy(library.policies()[-1], story.policy)
    story.public_key = exported.dossier.public_key
    searches = [one.index for one in exported.dossier.findings if one.kind == EntryKind.SEARCHED]
    proofs = [story.export / name for name in exported.files if name.endswith(".tlog-proof")]
    story.proof = next((one for one in proofs for index in searches if f"{index:06}" in one.name), proofs[0])
    story.expect("Lisa's export tells of each search that found her, and of no other.", len(searches) == 1)
    teller.end()


def _verify(story: Story, library: Library, teller: Teller) -> None:
    teller.begin("Checking every stored byte and every line of the record")
    verification, ledger = library.verify(), library.verify_ledger()
    story.checks = tuple((check.name, check.ok, check.detail) for check in verification.checks)
    story.ledger_size = ledger.size
    story.entries = tuple(finding.entry for finding in library.ledger_findings())
    story.expect("The library verifies.", verification.ok)
    story.expect("The ledger verifies.", ledger.ok)
    compare_with_council(story, library)
    teller.end()


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
