"""Covering published copies again, one after the other; one that cannot be stops no other."""

from dataclasses import dataclass
from pathlib import Path

from countenance.errors import ConsentRefused, CoverIncomplete, FaceProblem, PhotoProblem
from countenance.journeys.matching import Matcher
from countenance.journeys.republish import Recovered, TakenDown, outdated, republish
from countenance.ledger import Actor
from countenance.ports import Clock, Progress, Step, Store


@dataclass(frozen=True, slots=True)
class NotRecovered:
    """A published copy that must be taken down by hand, and why."""

    copy: Path
    why: str


@dataclass(frozen=True, slots=True)
class Republishing:
    """The copies covered again (or that would be), those taken down already, and those to be taken down by hand."""

    recovered: tuple[Recovered, ...]
    taken_down: tuple[Path, ...]
    failed: tuple[NotRecovered, ...]

    @property
    def unmeasured(self) -> str:
        """Why nobody was recognised but by hand, if that is so."""
        return next((one.copy.unmeasured for one in self.recovered if one.copy.unmeasured), "")


def republish_all(
    *, dry_run: bool, store: Store, matcher: Matcher, actor: Actor, clock: Clock, progress: Progress
) -> Republishing:
    """Cover every copy again that may show somebody who must not be seen."""
    copies = outdated(store=store, clock=clock)
    recovered: list[Recovered] = []
    taken_down: list[Path] = []
    failed: list[NotRecovered] = []
    for done, copy in enumerate(copies, start=1):
        try:
            match republish(copy, dry_run=dry_run, store=store, matcher=matcher, actor=actor, clock=clock):
                case TakenDown(target):
                    taken_down.append(target)
                case Recovered() as one:
                    recovered.append(one)
        except (PhotoProblem, FaceProblem, CoverIncomplete, ConsentRefused) as problem:
            why = f"{problem.what}; {problem.remedy}" if problem.remedy else problem.what
            failed.append(NotRecovered(copy.target, why))
        progress(Step(done, len(copies), len(failed), copy.target))
    return Republishing(tuple(recovered), tuple(taken_down), tuple(failed))
