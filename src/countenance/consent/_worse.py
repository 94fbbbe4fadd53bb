"""Which policies may not be put in force: those that break what people were told, or offer what no notice names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from countenance.consent._notice import Notice
from countenance.consent._policy import Policy
from countenance.consent._policy_terms import NO_WAIT
from countenance.consent._values import Hold, Purpose
from countenance.consent._words import NOBODY

# What each word of `be_found_waits` accepts as a beginning of be-found; the fewer ways, the more a person is protected.
_WAYS_IN = {
    NO_WAIT: frozenset({"nothing", "link", "steward"}),
    str(Hold.LINK): frozenset({"link"}),
    str(Hold.STEWARD): frozenset({"steward"}),
    str(Hold.LINK_OR_STEWARD): frozenset({"link", "steward"}),
}


def worse(new: Policy, *, before: Policy | None, told: Sequence[Policy]) -> tuple[str, ...]:
    """Say what is wrong with putting `new` in force after `before` (None: the library begins); empty if nothing is.

    `told` are the policies from which people were told who are still kept. Sentences name the field, what it was and
    what to do; `docs/formats/policy.md` gives the list and the reasons. `search_record_days` and the numbers a day may
    be anything within their limits: no receipt and no plain notice speaks of them, what a person can read of a search
    is in a part of its own, and the limits leave at least six months of the controller's.
    """
    broken = [sentence for policy in told for sentence in _broken(policy, new)]
    return tuple(dict.fromkeys([*broken, *_unnamed(new, before)]))


def _broken(told: Policy, new: Policy) -> Iterator[str]:
    if new.evidence_days > told.evidence_days:
        yield (
            f"evidence_days is {new.evidence_days}, but people were told that their name and form are kept at most "
            f"{told.evidence_days} days longer; give {told.evidence_days} or less"
        )
    if not _names(new.controller, told.controller):
        yield (
            f"controller is {new.controller!r}, but people consented to {told.controller!r}; after a change of name "
            f"write both: {new.controller} (formerly {told.controller})"
        )
    for recipient in new.recipients:
        if recipient not in told.recipients and recipient != NOBODY:
            yield f"recipients has {recipient!r}, which people were not told of; leave it out"
    if new.recognition and not told.recognition:
        yield "recognition is true, but people were told that no face recognition is used on them; leave it false"
    waits_for_less = not _WAYS_IN[new.be_found_waits] <= _WAYS_IN[told.be_found_waits]
    if told.offers(Purpose.BE_FOUND) and new.offers(Purpose.BE_FOUND) and waits_for_less:
        yield (
            f"be_found_waits is {new.be_found_waits!r}, but people were told {told.be_found_waits!r}; "
            "be-found may be made to wait for more, not for less"
        )


def _unnamed(new: Policy, before: Policy | None) -> Iterator[str]:
    """Look for purposes that a notice does not name, where purpose or notice is new."""
    for notice in new.notices:
        for purpose in new.purposes:
            seen_before = before is not None and before.offers(purpose) and notice in before.notices
            if not seen_before and not _names(notice.text, purpose):
                yield (
                    f"the notice in {notice.language} does not name {purpose}, which is offered; "
                    f"write in it what {purpose} allows, and the word {purpose} itself"
                )


def _names(text: str, words: str) -> bool:
    """Tell whether a text has these words in it, whole and in any case."""
    # A dash on either side would make another word: re-be-found is not be-found.
    pattern = rf"(?<![\w-]){re.escape(' '.join(words.casefold().split()))}(?![\w-])"
    return re.search(pattern, " ".join(text.casefold().split())) is not None


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One field that differs between two policies, with both values as text; an empty one was not there."""

    field: str
    before: str
    after: str


def policy_changes(before: Policy, after: Policy) -> tuple[PolicyChange, ...]:
    """Give the fields that differ, in the order of the format; each notice counts as a field of its own."""
    old, new = before.to_object(), after.to_object()
    changes = [
        PolicyChange(name, _text(old[name]), _text(new[name]))
        for name in new
        if name != "notices" and old[name] != new[name]
    ]
    for language in dict.fromkeys(notice.language for notice in (*before.notices, *after.notices)):
        was, now = _in_language(before.notices, language), _in_language(after.notices, language)
        if was != now:
            changes.append(PolicyChange(f"notice in {language}", was, now))
    if not changes and before != after:
        changes.append(PolicyChange("notices", _order(before), _order(after)))
    return tuple(changes)


def _text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return "; ".join(str(one) for one in value) or "none"
        case _:
            return str(value)


def _in_language(notices: Sequence[Notice], language: str) -> str:
    return next((notice.text for notice in notices if notice.language == language), "")


def _order(policy: Policy) -> str:
    return "; ".join(notice.language for notice in policy.notices)
