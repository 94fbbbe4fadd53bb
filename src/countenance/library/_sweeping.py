"""Sweeping as a library does it: at every opening as far as it can be done, and when asked, wiped to the end."""

from contextlib import suppress
from dataclasses import replace

from countenance.errors import LibraryProblem, PolicyRefused
from countenance.journeys.sweep import Sweep, coming_due, sweep
from countenance.ledger import Actor
from countenance.ports import Clock, Store


def sweep_if_possible(store: Store, *, actor: Actor, clock: Clock) -> None:
    """Erase what is due, as far as that can be done now; it costs a look if nothing is.

    On a full disk, beside a long writer, or under a policy that says no period, nothing can be erased; but a
    withdrawal must still find its way in.
    """
    with suppress(LibraryProblem, PolicyRefused):
        sweep(store=store, actor=actor, clock=clock)


def sweep_and_wipe(store: Store, *, actor: Actor, clock: Clock) -> Sweep:
    """Erase what is due, try again to wipe what an earlier sweep left pending, and say what comes due."""
    done = sweep(store=store, actor=actor, clock=clock)
    wiped = done.wiped if done.wiped == "pending" else store.wipe() or "pending"
    with store.read(now=clock()) as reading:
        return replace(done, wiped=wiped, coming=coming_due(reading))
