"""Govern: put a policy in force, unless it is worse than what people were told; the earlier ones stay readable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from countenance.consent import Policy, PolicyChange, policy_changes, whole_second, worse
from countenance.errors import PolicyRefused
from countenance.ledger import Actor, Entry, EntryKind
from countenance.ports import Clock, PolicyVersion, Reading, Store

# Before any receipt: what was given before the first policy began, by a clock that was set back, counts to the first.
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policy in force with its number and SHA-256, what changed, and the ledger entry (None: nothing changed)."""

    number: int
    policy_sha256: str
    changes: tuple[PolicyChange, ...]
    entry: int | None


def set_policy(policy: Policy, *, store: Store, actor: Actor, clock: Clock) -> PolicySet:
    """Put a policy in force from now on; the one in force put in force again is no deed.

    What people were told, and the policy, are read and written in one transaction: nobody enrols in between.

    Raises:
        PolicyRefused: it is worse than what people were told who are still kept; the error says in what.
    """
    now = clock()
    with store.write(now=now) as unit:
        versions = unit.policies()
        before = versions[-1]
        if before.policy == policy:
            return PolicySet(before.number, policy.sha256, (), None)
        refuse_worse(policy, before=before.policy, told=told_policies(unit, versions))
        _refuse_orphans(policy, unit)
        number = unit.set_policy(policy)
        entry = unit.record(
            Entry(
                kind=EntryKind.POLICY_SET,
                at=now,
                actor=actor,
                body={"number": number, "policy_sha256": policy.sha256},
                concerns={},
            )
        )
    return PolicySet(number, policy.sha256, policy_changes(before.policy, policy), entry)


def refuse_worse(policy: Policy, *, before: Policy | None, told: Sequence[Policy]) -> None:
    """Refuse a policy that breaks what people were told, or offers what no notice names.

    Raises:
        PolicyRefused: it does; the error says in what.
    """
    wrong = worse(policy, before=before, told=told)
    if wrong:
        raise PolicyRefused(
            "this policy is not put in force: it breaks what people were told, or does not tell them enough",
            wrong=wrong,
            remedy="correct what is listed below" + (", or make a library of its own with it" if told else ""),
        )


def refuse_policy_in_force(reading: Reading) -> None:
    """Refuse to work under a policy that should never have been put in force.

    Raises:
        PolicyRefused: it is beyond the limits, or worse than what people were told who are still kept.
    """
    versions = reading.policies()
    policy = versions[-1].policy
    wrong = worse(policy, before=policy, told=told_policies(reading, versions))
    if wrong:
        raise PolicyRefused(
            "the policy in force is worse than what people were told",
            wrong=wrong,
            remedy="put a better one in force with `countenance policy set FILE` (consent can be withdrawn meanwhile)",
        )


def told_policies(reading: Reading, versions: Sequence[PolicyVersion]) -> tuple[Policy, ...]:
    """Give the policies under which receipts were given that are still kept, also of people who have withdrawn.

    Receipts are counted, not opened: how many there are since a policy began, less those since the next one did. A
    receipt's moment is cut to the second, and so is a policy's here: of two in one second the later one was told.
    """
    moments = [whole_second(version.since) for version in versions]
    if moments != sorted(moments):  # a clock was set back: nobody can say who was told what, so all of it was told
        return tuple(version.policy for version in versions) if reading.receipts_since(_BEGINNING) else ()
    since = [reading.receipts_since(moment) for moment in (_BEGINNING, *moments[1:])]
    return tuple(
        version.policy for version, (now, later) in zip(versions, pairwise([*since, 0]), strict=True) if now > later
    )


def _refuse_orphans(policy: Policy, reading: Reading) -> None:
    """Refuse to switch recognition off while there are templates: the library would keep what it may not use."""
    templates = 0 if policy.recognition else sum(person.has_template for person in reading.people())
    if templates:
        raise PolicyRefused(
            f"recognition cannot be switched off while face templates of {templates} people are kept",
            remedy="end their consents first, or make a library with `init --no-recognition` and enrol them there",
        )
