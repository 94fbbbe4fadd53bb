"""Verifying from outside the store: the ledger's tree, the published copies on disk, the models' hashes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from countenance.errors import CountenanceError, GalleryUnmeasured, ModelFileWrong, PhotoProblem, PolicyRefused
from countenance.journeys.govern import refuse_policy_in_force
from countenance.journeys.matching import Matcher
from countenance.ledger import verify
from countenance.library._anchors import Listed, last_listed
from countenance.library._comparing import Compared, compare, entries
from countenance.library._remembered import Remembered
from countenance.photos import fingerprint_file
from countenance.ports import Check, Publication, PublicationState, Reading, Store
from countenance.stores import verify_tree
from countenance.vision import catalogue, verified

_UNLIKE = "it does not begin with what others remember of it"


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """Whether the ledger verifies, how many entries it has, its root (hexadecimal), and what is wrong if not.

    `against` says it of each checkpoint that it was compared with; `last_anchor` is the checkpoint that was written
    outside last, as far as the ledger lists it.
    """

    ok: bool
    size: int
    root: str
    detail: str
    against: tuple[Compared, ...] = ()
    last_anchor: Listed | None = None

    @property
    def only_others_differ(self) -> bool:
        """Tell whether the library is whole by itself, and all that is wrong is that others remember another ledger."""
        return self.detail == _UNLIKE


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that was checked."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Tell whether all of it holds; nothing checked is not enough."""
        return bool(self.checks) and all(check.ok for check in self.checks)


def verify_ledger(store: Store, *, now: datetime, remembered: Sequence[Remembered] = ()) -> LedgerVerdict:
    """Compute the tree anew from every entry, and see that what the entries speak of was not changed either.

    And compare it with checkpoints that others remember.
    """
    try:
        with store.read(now=now) as reading:
            edge = reading.ledger_edge()
            verdict = verify((sealed for _, sealed in reading.ledger_rows()), edge)
        problems = [] if verdict.ok else [verdict.problem]
        problems += [f"{check.name}: {check.detail}" for check in store.verify(now=now) if not check.ok]
        with store.read(now=now) as reading:
            against = compare(remembered, reading)
            last = None if problems else last_listed(reading)
    except CountenanceError as problem:
        return LedgerVerdict(ok=False, size=0, root="", detail=problem.what)
    problems += [_UNLIKE] if any(one.problem for one in against) else []
    detail = "; ".join(problems) or f"{entries(verdict.size)}, each in its place"
    return LedgerVerdict(not problems, verdict.size, verdict.root.hex(), detail, against, last)


def verify_without_key(folder: Path) -> LedgerVerdict:
    """Compute the tree from the entries as they are sealed, for who has no key; what they say stays unread.

    Raises:
        NoLibrary: there is none in this folder.
        NotVerified: the database is damaged.
    """
    verdict = verify_tree(folder)
    detail = verdict.problem or f"{entries(verdict.size)}, each in its place and unread"
    return LedgerVerdict(ok=verdict.ok, size=verdict.size, root=verdict.root.hex(), detail=detail)


def verify_library(store: Store, *, now: datetime) -> Verification:
    """Check the store by its own rules, then the published copies and the models."""
    checks = store.verify(now=now)
    return Verification((*checks, *_outside(store, now)) if all(check.ok for check in checks) else checks)


def recognition(store: Store, model: str, *, now: datetime) -> Check:
    """Say with which model faces are compared, and whom it cannot compare."""
    if not model:
        return Check("recognition", ok=True, detail="this library recognises nobody")
    with store.read(now=now) as reading:
        otherwise = len(reading.embedded_otherwise(model))
    if not otherwise:
        return Check("recognition", ok=True, detail=f"everybody enrolled can be compared by {model}")
    who = "1 person was" if otherwise == 1 else f"{otherwise} people were"
    return Check(
        "recognition",
        ok=False,
        detail=f"{who} enrolled with another model than {model} and cannot be found until `countenance reembed` is run",
    )


def thresholds(store: Store, matcher: Matcher, *, now: datetime) -> Check:
    """Say which thresholds are in use and for how many people they hold; beyond those nobody is searched for."""
    if not matcher.vision.model:
        return Check("thresholds", ok=True, detail="this library recognises nobody")
    with store.read(now=now) as reading:
        used = matcher.in_use(reading)
        kind = f"those that come with {matcher.vision.model}"
        if used.own:
            version = reading.calibrations()[-1]
            kind = f"those measured for this library (number {version.number}, in force since {version.since:%Y-%m-%d})"
        what = f"{kind}, on {used.calibration.data_set}; {_enrolled(used.people)}"
        try:
            fitting = matcher.fit(reading)
        except GalleryUnmeasured as problem:
            return Check("thresholds", ok=False, detail=f"{what}: {problem.what}; {problem.remedy}")
    said = [f"{what}, and they hold for up to {fitting.up_to:,} of {used.calibration.steps[-1]:,} measured"]
    if fitting.outgrown is not None:
        said.append(f"they were put in force for up to {fitting.outgrown:,}: measure and calibrate again")
    if used.less_strict:
        said.append("some are less strict than those that come with the model: look at results with more care")
    if fitting.put_aside:
        said.append(f"those measured for this library are of {fitting.put_aside}, so they are put aside: measure again")
    return Check("thresholds", ok=True, detail="; ".join(said))


def _enrolled(people: int) -> str:
    return "1 person is enrolled" if people == 1 else f"{people:,} people are enrolled"


def _outside(store: Store, now: datetime) -> Iterator[Check]:
    with store.read(now=now) as reading:
        yield _policy(reading)
        placed = [one for one in reading.publications() if one.state is not PublicationState.PENDING]
    changed = [one.target.name for one in placed if one.target.exists() and not _as_published(one.target, one)]
    yield Check(
        "published copies",
        not changed,
        f"changed since they were published: {', '.join(changed)}" if changed else f"{len(placed)} recorded",
    )
    try:
        names = [card.name for card in catalogue() if verified(card)]
    except ModelFileWrong as problem:
        yield Check("models", ok=False, detail=problem.what)
    else:
        yield Check("models", ok=True, detail=f"{', '.join(names)}: each as in the catalogue")


def _policy(reading: Reading) -> Check:
    try:
        refuse_policy_in_force(reading)
    except PolicyRefused as problem:
        return Check("policy", ok=False, detail="; ".join([problem.what, *problem.wrong]))
    return Check("policy", ok=True, detail="it keeps what people were told who are still kept")


def _as_published(path: Path, publication: Publication) -> bool:
    try:
        return fingerprint_file(path) == publication.target_fingerprint
    except PhotoProblem:
        return False
