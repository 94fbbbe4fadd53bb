"""What `enrol` and `renew` have in common: a signed form's options, handing it in, and what is told of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from countenance.cli._arguments import PURPOSES, LastDay, LocalPath
from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._opening import open_library
from countenance.cli._options import asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import MAY, allowed, count, day, iso
from countenance.consent import Hold, Policy, Purpose
from countenance.errors import ReceiptNotWritten, UsageWrong
from countenance.library import Enrolment, EnrolmentForm, Library, Rescan

_PURPOSES_HELP = """
\b
What a person may allow:
  find-me   the person may find the photos that they are in
  be-found  staff may find the person by a photo, with a reason that the
            person can read
  be-shown  the person's face may be seen in published photos
"""

# What a purpose waits for, in the words of a list.
WAITS_FOR: Mapping[Hold, str] = MappingProxyType(
    {
        Hold.FACE: "a second steward, who is to look at the face",
        Hold.LINK: "the person to open their private link",
        Hold.STEWARD: "a second steward to approve",
        Hold.LINK_OR_STEWARD: "the person to open their private link, or a second steward to approve",
    }
)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done with a form: the library's verb, how it is told, and when earlier photos are looked through for it.

    `done` is the sentence for somebody who interrupts the looking; `what` stands between name and id.
    """

    do: Callable[[Library, EnrolmentForm], Enrolment]
    what: str
    done: str
    concerns_photos: Callable[[Enrolment], bool]


def form_help(sentence: str) -> str:
    """Give a command's help: its sentence, and what a person may allow, which click is not to wrap."""
    return f"{sentence}\n{_PURPOSES_HELP}"


def form_options(*own: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Give a decorator with the options of a signed form, the command's own ones after the photos."""
    options = (
        click.option(
            "--photo",
            metavar="FILE",
            type=LocalPath(),
            multiple=True,
            help="A photo of this person alone. May be repeated.",
        ),
        *own,
        click.option(
            "--release",
            metavar="FILE",
            type=LocalPath(),
            required=True,
            help="The signed form, as PDF or image. It can be used once.",
        ),
        click.option(
            "--purpose",
            metavar="P",
            type=PURPOSES,
            multiple=True,
            required=True,
            help="What the person allows. May be repeated.",
        ),
        click.option(
            "--expires",
            metavar="DATE",
            type=LastDay(),
            help="The last day of the consent, like 2027-06-30.  [default: as long as the policy allows]",
        ),
        click.option("--guardian", metavar="NAME", default="", help="Who signed for a child; it then lasts less long."),
        click.option(
            "--language",
            metavar="TAG",
            default="",
            help="The language that the person reads, like fr.  [default: that of the policy's first notice]",
        ),
        click.option(
            "--receipt",
            metavar="FILE",
            type=LocalPath(),
            help="Write the printed receipt here, a page of HTML with the private link on it.",
        ),
        click.option("--later", is_flag=True, help="Leave the photos indexed before for the next run of index."),
    )

    def decorated(command: Any) -> Any:  # noqa: ANN401  (whatever click decorates)
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


def hand_in(ctx: click.Context, form: EnrolmentForm, deed: Deed, *, receipt: Path | None, later: bool) -> int:
    """Hand in a signed form, print its receipt, look through earlier photos, and tell of it; gives the exit code.

    The form's `expires` is the last day that was asked for.
    """
    _refuse_taken(receipt)
    with open_library() as library, progress() as show:
        form = replace(form, expires=_end_of(form.expires, library.policy(), guardian=form.guardian))
        enrolled = deed.do(library, form)
        asked_of(
            ctx
        ).when_interrupted = f"Interrupted. {deed.done}; the next run of index looks through the remaining photos."
        printed = _print_receipt(library, enrolled, receipt)
        rescan = None if later or not deed.concerns_photos(enrolled) else library.catch_up(progress=show)
    _tell(form, enrolled, rescan, what=deed.what, printed=printed, later=later)
    return SOME_FAILED if printed.failed or (rescan and rescan.failed) else DONE


def _end_of(last_day: datetime | None, policy: Policy, *, guardian: str) -> datetime | None:
    """Let the last day that the policy allows be asked for, although it does not allow the whole of it."""
    days = policy.child_retention_days if guardian else policy.retention_days
    latest = datetime.now(UTC) + timedelta(days=days)
    return None if last_day and last_day.date() == latest.date() else last_day


def waiting(held: Mapping[Purpose, Hold]) -> list[str]:
    """Say what waits for what, a line for each thing that is waited for."""
    return [
        f"{'; '.join(MAY[purpose] for purpose, one in held.items() if one is hold)}: for {WAITS_FOR[hold]}"
        for hold in dict.fromkeys(held.values())
    ]


def held_shape(held: Mapping[Purpose, Hold]) -> dict[str, str]:
    """Give what waits, as scripts read it."""
    return {str(purpose): str(hold) for purpose, hold in held.items()}


def failed_shape(rescan: Rescan | None) -> list[dict[str, str]]:
    """Give the photos that could not be read again, as scripts read it."""
    return [{"photo": str(known.path), "why": problem.what} for known, problem in rescan.failed] if rescan else []


@dataclass(frozen=True, slots=True)
class _Printed:
    """The printed receipt, if one was asked for and could be written, or what was wrong."""

    page: Path | None = None
    failed: str = ""


def _refuse_taken(page: Path | None) -> None:
    """Refuse a page that is there already, before anything is signed.

    Raises:
        UsageWrong: it is.
    """
    if page and page.exists():
        raise UsageWrong(f"there is a file {page.name} already", remedy="give another name with --receipt")


def _print_receipt(library: Library, enrolled: Enrolment, page: Path | None) -> _Printed:
    """Write the printed receipt; when it fails the person is enrolled already, and their code must still be told."""
    if page is None:
        return _Printed()
    try:
        library.print_receipt(enrolled, page, link_code=enrolled.link_code)
    except ReceiptNotWritten as problem:
        return _Printed(failed=problem.what)
    return _Printed(page)


def _tell(
    form: EnrolmentForm, enrolled: Enrolment, rescan: Rescan | None, *, what: str, printed: _Printed, later: bool
) -> None:
    """Tell what became of a signed form; the private link is shown this once."""
    rows = [
        ("Receipt", enrolled.receipt),
        ("May", allowed(purpose for purpose in enrolled.purposes if purpose not in enrolled.held)),
        *(("Waits", text) for text in waiting(enrolled.held)),
        ("Until", day(enrolled.expires)),
        ("Face data", _face_data(form, enrolled)),
        *([("Notice", f"in the language {enrolled.notice_language}")] if form.language else []),
    ]
    lines = [wrapped(f"{clean(enrolled.name)} {what} {enrolled.person}.")]
    lines += [wrapped(clean(text), first=f"  {head:<11}", then=" " * 13) for head, text in rows]
    if Hold.FACE in enrolled.held.values():
        lines.append(wrapped(_HELD))
    lines += ["", "Private link, for the person alone. It is shown this once:", f"  {enrolled.link_code}"]
    lines += [f"Printed receipt:\n  {clean(printed.page)}"] if printed.page else []
    lines += [wrapped(f"There is no printed receipt: {clean(printed.failed)}.")] if printed.failed else []
    answer(
        {
            "person": enrolled.person,
            "receipt": enrolled.receipt,
            "purposes": [str(purpose) for purpose in enrolled.purposes],
            "held": held_shape(enrolled.held),
            "expires": iso(enrolled.expires),
            "face_data": enrolled.face_data,
            "notice_language": enrolled.notice_language,
            "link_code": enrolled.link_code,
            "printed_receipt": str(printed.page) if printed.page else None,
            "rescanned": rescan.matched if rescan else 0,
            "failed": failed_shape(rescan),
            "ledger_entry": enrolled.entry,
        },
        [*lines, *rescanned(rescan, later=later)],
    )


def _face_data(form: EnrolmentForm, enrolled: Enrolment) -> str:
    if Hold.FACE in enrolled.held.values():
        return "as before" if enrolled.face_data else "none kept yet"
    if not form.photos:
        return "as before" if enrolled.face_data else "none"
    return f"{count(len(form.photos), 'photo')}, kept encrypted"


_HELD = (
    "The face has to be looked at by a second steward before it is used: `countenance approve` with the same photos. "
    "Nothing of the face in these photos was kept."
)


def rescanned(rescan: Rescan | None, *, later: bool = False) -> list[str]:
    """Say how many photos were looked through again, which could not be read, and why none was."""
    lines = [wrapped("Photos indexed before are looked through with the next run of index.")] if later else []
    if rescan and rescan.matched:
        looked = "photo indexed before was" if rescan.matched == 1 else "photos indexed before were"
        lines.append(wrapped(f"{rescan.matched:,} {looked} looked through again."))
    if rescan and rescan.unmeasured:
        lines.append(wrapped(f"Photos indexed before were not looked through: {rescan.unmeasured}."))
    for known, problem in rescan.failed if rescan else ():
        lines.append(wrapped(f"{clean(known.path)}: {problem.what}", first="  Could not be read: ", then="    "))
    return lines
