"""The library: opened once, asked as often as wanted, closed at the end."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from countenance.consent import Policy, Purpose
from countenance.journeys.approve import Approval, approve
from countenance.journeys.decide import Decided, Word, decide
from countenance.journeys.enrol import Enrolment, EnrolmentForm, enrol
from countenance.journeys.export import export
from countenance.journeys.govern import PolicySet, refuse_worse, set_policy
from countenance.journeys.index import index
from countenance.journeys.listing import Listing, list_photos
from countenance.journeys.matching import Matcher
from countenance.journeys.open_link import Opened, open_link, whose_link
from countenance.journeys.publish import Order, settle
from countenance.journeys.renew import renew
from countenance.journeys.search import Answers, Question, search
from countenance.journeys.sweep import Sweep
from countenance.journeys.withdraw import Withdrawal, withdraw
from countenance.keys import KeySource
from countenance.ledger import Actor, ReasonClass
from countenance.library._backup import back_up, heed_mirror
from countenance.library._checks import Verification, verify_library
from countenance.library._documents import Document
from countenance.library._export import Exported, refuse_taken, write_export
from countenance.library._indexing import Indexed
from countenance.library._keys import open_store
from countenance.library._ledger import LedgerOfLibrary
from countenance.library._matching import MatchingOfLibrary, silent
from countenance.library._opening import default_vision, make_store, policy_to_work_under
from countenance.library._publishing import Publishing, publish_all
from countenance.library._receipt_files import ReceiptFormat, write_printed_receipt, write_receipts
from countenance.library._record import record_of_processing
from countenance.library._republishing import Republishing, republish_all
from countenance.library._sweeping import sweep_and_wipe, sweep_if_possible
from countenance.photos import find_photos, open_photo, read_photo
from countenance.ports import (
    Clock,
    Person,
    PolicyVersion,
    Progress,
    Store,
    StoredReceipt,
    Vision,
)
from countenance.stores import Backup


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Library(LedgerOfLibrary, MatchingOfLibrary, AbstractContextManager["Library"]):
    """A photo library that finds the people who asked to be found, and nobody else.

    Use it as a context manager:

        with Library.open(Path("school")) as library:
            answers = library.search(Path("probe.jpg"), reason="the family asked for her photos")
    """

    def __init__(
        self,
        store: Store,
        load_vision: Callable[[], Vision],
        *,
        actor: Actor,
        clock: Clock = _utc_now,
        workers: int = 1,
    ) -> None:
        """Take a store and a way to load the models (picklable: every worker calls it); nothing is loaded yet."""
        self._store = store
        self._load_vision = load_vision
        self._actor = actor
        self._clock = clock
        self._workers = workers
        self._loaded: Matcher | None = None

    @classmethod
    def make(
        cls,
        folder: Path,
        policy: Policy,
        *,
        key: KeySource | None = None,
        mirror: Path | None = None,
        account: str = "unnamed",
        clock: Clock = _utc_now,
    ) -> Self:
        """Make a new library in a folder that holds none; its master key goes to a key file outside, unless given.

        Its mirror (docs/formats/backup.md) goes to the user's own data folder, unless a folder for mirrors is given.

        Raises:
            PolicyRefused: a notice of it does not name what it offers.
            LibraryExists: there is a library already.
            KeyProblem: the key cannot be made or read.
        """
        refuse_worse(policy, before=None, told=())
        actor = Actor("steward", account)
        store = make_store(folder, policy, key=key, mirror=mirror, actor=actor, now=clock())
        return cls(store, default_vision(policy), actor=actor, clock=clock)

    @classmethod
    def open(  # noqa: PLR0913  (all that a door can say of a library stands in one place)
        cls,
        folder: Path,
        *,
        key: KeySource | None = None,
        mirror: Path | None = None,
        account: str = "unnamed",
        workers: int = 1,
        clock: Clock = _utc_now,
        load_vision: Callable[[], Vision] | None = None,
        whatever_policy: bool = False,
        sweeping: bool = True,
    ) -> Self:
        """Open a library, end what was withdrawn since an older copy, settle what was left pending, sweep what is due.

        With `whatever_policy` it opens also under a policy that is refused: to withdraw, to look, to set a better one.

        Raises:
            PolicyRefused: the policy in force is beyond the limits, or worse than what people were told.
            NoLibrary: there is none in this folder.
            KeyMissing, KeyWrong: its templates and names cannot be opened.
            LibraryBusy: another process holds it too long.
        """
        store = open_store(folder, key=key, mirror=mirror)
        actor = Actor("steward", account)
        heed_mirror(store, actor=actor, now=clock())
        policy = policy_to_work_under(store, now=clock(), whatever=whatever_policy)
        library = cls(store, load_vision or default_vision(policy), actor=actor, clock=clock, workers=workers)
        settle(store, actor=actor, clock=clock)
        if sweeping:
            library.sweep_what_is_due()
        return library

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the files; the gallery in memory goes with the object."""
        self._loaded = None
        self._store.close()

    @property
    def id(self) -> str:
        """The id of the library; its default key file is named after it."""
        return self._store.library

    def policy(self) -> Policy:
        """Give the policy in force."""
        with self._store.read(now=self._clock()) as reading:
            return reading.policy()

    def policies(self) -> tuple[PolicyVersion, ...]:
        """Give every policy that the library has had, the newest last."""
        with self._store.read(now=self._clock()) as reading:
            return reading.policies()

    def set_policy(self, policy: Policy) -> PolicySet:
        """Put a policy in force from now on; nothing needs to be started anew, and receipts stay as they are.

        Raises:
            PolicyRefused: it is worse than what people were told.
        """
        return set_policy(policy, store=self._store, actor=self._actor, clock=self._clock)

    def record_of_processing(self) -> Document:
        """Write the controller's record of processing activities (GDPR Art. 30(1)) as things stand."""
        with self._store.read(now=self._clock()) as reading:
            return record_of_processing(reading)

    def enrol(self, form: EnrolmentForm, *, progress: Progress = silent, later: bool = False) -> Enrolment:
        """Take up one person by a signed form, then match the photos indexed before, unless that is left for `later`.

        Raises:
            ReleaseProblem, ConsentRefused, PhotoProblem, FaceProblem, SeveralFaces, LibraryUnsuited: see the journey.
        """
        enrolment = enrol(form, store=self._store, matcher=self._matcher, actor=self._actor, clock=self._clock)
        if not later:
            self.catch_up(progress=progress)
        return enrolment

    def renew(self, form: EnrolmentForm, *, progress: Progress = silent, later: bool = False) -> Enrolment:
        """Keep a new signed receipt of somebody known, then match the photos again, unless that is left for `later`.

        Raises:
            PersonUnknown, PersonAmbiguous, ReleaseProblem, ConsentRefused, PhotoProblem, FaceProblem: see the journey.
        """
        renewal = renew(form, store=self._store, matcher=self._matcher, actor=self._actor, clock=self._clock)
        if not later:
            self.catch_up(progress=progress)
        return renewal

    def approve(
        self, named: str, photos: Sequence[Path] = (), *, progress: Progress = silent, later: bool = False
    ) -> Approval:
        """Let go of what waits for a second steward, who is another than the one that entered it.

        Raises:
            PersonUnknown, PersonAmbiguous, UsageWrong, ConsentRefused, PhotoProblem, FaceProblem: see the journey.
        """
        approval = approve(
            named, photos, store=self._store, matcher=self._matcher, actor=self._actor, clock=self._clock
        )
        if not later:
            self.catch_up(progress=progress)
        return approval

    def open_link(self, code: str, *, progress: Progress = silent, later: bool = False) -> Opened:
        """Open a person's private link, on their behalf, and give what they are to be shown.

        Raises:
            UsageWrong, ConsentRefused: the code is mistyped, or opens nothing.
        """
        opened = open_link(code, store=self._store, matcher=self._matcher, actor=self._person, clock=self._clock)
        if opened.released and not later:
            self.catch_up(progress=progress)
        return opened

    def withdraw_by_link(self, code: str) -> Withdrawal:
        """End everything that the person allowed whose private link it is.

        Raises:
            UsageWrong, ConsentRefused: the code is mistyped, or opens nothing.
        """
        person = whose_link(code, store=self._store, clock=self._clock)
        return withdraw(person, None, store=self._store, actor=self._person, clock=self._clock)

    def sweep_what_is_due(self) -> None:
        """Do what every opening does: erase what is due, as far as that can be done now."""
        sweep_if_possible(self._store, actor=self._actor, clock=self._clock)

    def sweep(self) -> Sweep:
        """Erase what no consent allows any more, forget whom the evidence period has ended for, say what comes due."""
        return sweep_and_wipe(self._store, actor=self._actor, clock=self._clock)

    def decide(self, word: Word) -> Decided:
        """Keep what a human says about a person and a photo; a face that lost its person by it is matched again.

        If more photos than this one wait to be matched, or none can be (GalleryUnmeasured), it is left to the job:
        `behind` says so.

        Raises:
            PersonProblem, ConsentRefused, PhotoProblem, UsageWrong, NoFace: see the journey.
        """
        decided = decide(word, store=self._store, actor=self._actor, clock=self._clock)
        if not decided.behind:
            return decided
        with self._store.read(now=self._clock()) as reading:
            waiting = reading.photos_behind_count(seen_with=self._matcher.seen_with)
        left = waiting > decided.copies or bool(self.catch_up().unmeasured)
        return replace(decided, behind=left)

    def index(self, places: Sequence[Path], *, again: bool = False, progress: Progress = silent) -> Indexed:
        """Index the photos in these files and folders; resumable, and nothing is done twice.

        Raises:
            PhotoMissing: a place does not exist.
            GalleryUnmeasured: more people are enrolled than the thresholds were measured with.
        """
        absolute = [place.absolute() for place in places]
        with self._eyes(sum(1 for _ in find_photos(absolute))) as eyes:
            indexing = index(
                absolute,
                again=again,
                store=self._store,
                eyes=eyes,
                matcher=self._matcher,
                actor=self._actor,
                clock=self._clock,
                progress=progress,
            )
        return Indexed(indexing, self.catch_up(progress=progress))

    def search(
        self,
        probe: Path | bytes,
        *,
        reason: str,
        face: int | None = None,
        reason_class: ReasonClass = ReasonClass.OTHER,
    ) -> Answers:
        """Find the people with consent for being found who possibly match the face in a photo, and their photos.

        Raises:
            ConsentRefused: the library was made without staff search.
            GalleryUnmeasured: more people are enrolled than the thresholds were measured with.
            PhotoProblem, NoFace, SeveralFaces, FaceTooPoor: the probe cannot serve.
        """
        photo = read_photo(probe, name="probe") if isinstance(probe, bytes) else open_photo(probe)
        return search(
            Question(photo, reason, face, reason_class),
            store=self._store,
            vision=self._matcher.vision,
            galleries=self._matcher.galleries,
            actor=self._actor,
            clock=self._clock,
        )

    def photos(self, named: str, *, reason: str | None, reason_class: ReasonClass = ReasonClass.OTHER) -> Listing:
        """List the photos a person is in, with a reason or (None) on the person's own behalf.

        Raises:
            PersonUnknown, PersonAmbiguous, ConsentRefused: see the journey.
        """
        return list_photos(
            named, reason, store=self._store, actor=self._actor, clock=self._clock, reason_class=reason_class
        )

    def people(self) -> tuple[Person, ...]:
        """Give everybody who has or had a receipt, while evidence is kept."""
        with self._store.read(now=self._clock()) as reading:
            return reading.people()

    def receipts(self, named: str) -> tuple[Person, tuple[StoredReceipt, ...]]:
        """Give a person and the person's signed receipts.

        Raises:
            PersonUnknown, PersonAmbiguous: nobody, or several.
        """
        with self._store.read(now=self._clock()) as reading:
            person = reading.person(named)
            return person, reading.receipts(person.id)

    def export(self, named: str, to: Path) -> Exported:
        """Write everything that is kept about a person into a new folder or zip file, to be given to that person.

        Raises:
            PersonUnknown, PersonAmbiguous: nobody, or several.
            UsageWrong: something is there already.
            PhotoNotWritten: the disk refuses.
        """
        refuse_taken(to)
        return write_export(export(named, store=self._store, actor=self._actor, clock=self._clock), to)

    def write_receipts(self, named: str, folder: Path, formats: Collection[ReceiptFormat]) -> tuple[Path, ...]:
        """Write a person's receipts into a folder, with the public key that they are checked with; gives the files.

        Raises:
            PersonUnknown, PersonAmbiguous: nobody, or several.
            ReceiptNotWritten: another file is in the way, or the disk refuses.
        """
        now = self._clock()
        with self._store.read(now=now) as reading:
            person = reading.person(named)
            stored, public_key = reading.receipts(person.id), reading.public_key()
        return write_receipts(person, stored, folder, formats, public_key=public_key, now=now)

    def print_receipt(self, enrolment: Enrolment, page: Path, *, link_code: str | None = None) -> None:
        """Write the printed receipt of an enrolment, with the person's private code, which is known only then.

        Raises:
            ReceiptNotWritten: there is a file by that name, or the disk refuses.
        """
        now = self._clock()
        with self._store.read(now=now) as reading:
            (stored,) = (one for one in reading.receipts(enrolment.person) if one.id == enrolment.receipt)
            public_key = reading.public_key()
        write_printed_receipt(stored, page, public_key=public_key, now=now, link_code=link_code)

    def withdraw(self, named: str, *, purposes: Sequence[Purpose] | None = None) -> Withdrawal:
        """End a person's consent, and erase what was made of the face when none is left.

        Raises:
            PersonUnknown, PersonAmbiguous: nobody, or several.
        """
        return withdraw(named, purposes, store=self._store, actor=self._actor, clock=self._clock)

    def publish(self, places: Sequence[Path], to: Path, order: Order, *, progress: Progress = silent) -> Publishing:
        """Write covered copies of the photos in these files and folders, and a contact sheet of them.

        One photo that fails leaves no copy and stops no other.

        Raises:
            PhotoMissing: a place does not exist.
            UsageWrong: the copies would go among the originals.
        """
        return publish_all(
            places,
            to,
            order,
            store=self._store,
            matcher=self._matcher,
            actor=self._actor,
            clock=self._clock,
            progress=progress,
        )

    def republish(self, *, dry_run: bool = False, progress: Progress = silent) -> Republishing:
        """Cover the published copies again that may show somebody who must not be seen any more, in their places."""
        return republish_all(
            dry_run=dry_run,
            store=self._store,
            matcher=self._matcher,
            actor=self._actor,
            clock=self._clock,
            progress=progress,
        )

    def backup(self, to: Path, *, keep: int | None = None) -> Backup:
        """Make a backup in a folder of its own below `to`, verified by restoring it; its errors leave nothing of it."""
        return back_up(self._store, to, keep=keep, actor=self._actor, now=self._clock())

    def verify(self) -> Verification:
        """Check that every stored byte has its reason: rows, seals, receipts, ledger, published copies, models."""
        found = verify_library(self._store, now=self._clock())
        # Whom the model cannot compare is no damage: only in a whole library it is worth telling.
        return found if not found.ok else Verification((*found.checks, replace(self.recognition(), ok=True)))

    @property
    def _person(self) -> Actor:
        """Whoever opens a private link is the person; at which account it was done stays on record."""
        return Actor("person", self._actor.account)
