"""`enrol`: take up a person who signed a form."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from countenance.cli._arguments import PURPOSES, LastDay, LocalPath
from countenance.cli._exit_codes import DONE, SOME_FAILED
from countenance.cli._opening import open_library
from countenance.cli._options import Command, asked_of
from countenance.cli._progress import progress
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import allowed, count, day, iso
from countenance.consent import Policy, Purpose
from countenance.library import EnrolmentForm

# Shown as it is written after the mark, which is click's for a paragraph that is not to be wrapped.
HELP = """Take up the person NAME, who signed the form and is alone in the photos.

\b
What a person may allow:
  find-me   the person may find the photos that they are in
  be-found  staff may find the person by a photo, with a reason that the
            person can read
  be-shown  the person's face may be seen in published photos
"""


@click.command("enrol", cls=Command, help=HELP)
@click.argument("name", metavar="NAME")
@click.option(
    "--photo",
    metavar="FILE",
    type=LocalPath(),
    multiple=True,
    help="A photo of this person alone. May be repeated.",
)
@click.option("--no-face", is_flag=True, help="Keep no face data: the person is never recognised.")
@click.option(
    "--release",
    metavar="FILE",
    type=LocalPath(),
    required=True,
    help="The signed form, as PDF or image. It can be used once.",
)
@click.option(
    "--purpose",
    metavar="P",
    type=PURPOSES,
    multiple=True,
    required=True,
    help="What the person allows. May be repeated.",
)
@click.option(
    "--expires",
    metavar="DATE",
    type=LastDay(),
    help="The last day of the consent, like 2027-06-30.  [default: as long as the policy allows]",
)
@click.option("--guardian", metavar="NAME", default="", help="Who signed for a child.")
@click.option("--later", is_flag=True, help="Leave the photos indexed before for the next run of index.")
@click.pass_context
def enrol(  # noqa: PLR0913  (each is an option of the command)
    ctx: click.Context,
    *,
    name: str,
    photo: Sequence[Path],
    no_face: bool,
    release: Path,
    purpose: Sequence[str],
    expires: datetime | None,
    guardian: str,
    later: bool,
) -> int:
    """Enrol one person."""
    if bool(photo) == no_face:
        raise click.UsageError("Give either --photo FILE (one or more) or --no-face.", ctx)
    with open_library() as library, progress() as show:
        end = _end(expires, library.policy(), datetime.now(UTC))
        form = EnrolmentForm(name, tuple(photo), release, tuple(map(Purpose, purpose)), end, guardian)
        enrolled = library.enrol(form, later=True)
        asked_of(
            ctx
        ).when_interrupted = (
            "Interrupted. The person is enrolled; the next run of index looks through the remaining photos."
        )
        rescan = None if later or no_face else library.catch_up(progress=show)
    failed = [(known.path, problem.what) for known, problem in rescan.failed] if rescan else []
    rows = [
        ("Receipt", enrolled.receipt),
        ("May", allowed(enrolled.purposes)),
        ("Until", day(enrolled.expires)),
        ("Face data", "none" if no_face else count(len(photo), "photo") + ", kept encrypted"),
    ]
    answer(
        {
            "person": enrolled.person,
            "receipt": enrolled.receipt,
            "purposes": [str(purpose) for purpose in enrolled.purposes],
            "expires": iso(enrolled.expires),
            "rescanned": rescan.matched if rescan else 0,
            "failed": [{"photo": str(photo), "why": why} for photo, why in failed],
            "ledger_entry": enrolled.entry,
        },
        [
            wrapped(f"{clean(name)} is enrolled as {enrolled.person}."),
            *(wrapped(text, first=f"  {head:<11}", then=" " * 13) for head, text in rows),
            *_about_photos(rescan.matched if rescan else 0, later=later),
            *(wrapped(f"{clean(photo)}: {why}", first="  Could not be read: ", then="    ") for photo, why in failed),
        ],
    )
    return SOME_FAILED if failed else DONE


def _end(last_day: datetime | None, policy: Policy, now: datetime) -> datetime | None:
    """Let the last day that the policy allows be asked for, although it does not allow the whole of it."""
    latest = now + timedelta(days=policy.retention_days)
    return None if last_day and last_day.date() == latest.date() else last_day


def _about_photos(matched: int, *, later: bool) -> list[str]:
    if later:
        return [wrapped("Photos indexed before are looked through with the next run of index.")]
    if not matched:
        return []
    looked = "photo indexed before was" if matched == 1 else "photos indexed before were"
    return [wrapped(f"{matched:,} {looked} looked through again.")]
