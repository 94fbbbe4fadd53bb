"""What `tag`, `confirm` and `reject` have in common: asking, and saying what follows from a human's word."""

from countenance.cli._opening import open_library
from countenance.cli._speaking import answer, clean, wrapped
from countenance.cli._words import count, listed
from countenance.consent import Purpose
from countenance.errors import PhotoProblem
from countenance.library import Decided, Word
from countenance.ports import Verdict


def decide(word: Word) -> int:
    """Say something about a person and a photo, and tell what follows."""
    with open_library() as library:
        try:
            decided = library.decide(word)
        except PhotoProblem as problem:
            named = problem.what if word.photo.name in problem.what else f"{word.photo.name}: {problem.what}"
            raise type(problem)(named, remedy=problem.remedy) from problem
    answer(
        {
            "person": decided.person,
            "verdict": str(decided.verdict),
            "photo": str(decided.photo),
            "box": list(decided.box.as_tuple()) if decided.box else None,
            "drawn": decided.drawn,
            "copies": decided.copies,
            "displaced": list(decided.displaced),
            "published_to_recover": [str(path) for path in decided.outdated],
            "ledger_entry": decided.entry,
        },
        [wrapped(line, then="  ") if line.startswith(" ") else wrapped(line) for line in _lines(decided)],
    )
    return 0


def _lines(decided: Decided) -> list[str]:
    lines = _said(decided)
    if decided.displaced:
        lines.append(
            f"{listed(list(map(clean, decided.displaced)))}, placed at this face before, is not there any more."
        )
    if decided.behind:
        lines.append("Its other faces are matched again with the work that is left: `countenance jobs run`.")
    if decided.copies > 1:
        lines.append(f"It holds for all {count(decided.copies, 'indexed file')} with this content.")
    if decided.outdated:
        lines.append(
            "These published copies may show a face that must not be seen. Cover them again with "
            "`countenance republish`:"
        )
        lines += [f"  {clean(path)}" for path in decided.outdated]
    return lines


def _said(decided: Decided) -> list[str]:
    name, photo = clean(decided.name), clean(decided.photo.name)
    match decided.verdict:
        case Verdict.TAGGED:
            where = "where no face was known: its box is added" if decided.drawn else "at a face that was known"
            return [f"{name} is tagged in {photo}, {where}.", _may(decided)]
        case Verdict.CONFIRMED:
            return [f"The possible match of {name} in {photo} is confirmed.", _may(decided)]
        case Verdict.REJECTED:
            return [f"{name} is not in {photo}, and will not be found there again."]


def _may(decided: Decided) -> str:
    """Say what the person's consent makes of it."""
    found = {Purpose.FIND_ME, Purpose.BE_FOUND} & set(decided.purposes)
    if Purpose.BE_SHOWN not in decided.purposes:
        return "The photo is in the person's list. Published copies cover this face: being shown is not allowed."
    if not found:
        return "Copies published from now on show this face. The photo is in no list: being found is not allowed."
    return "The photo is in the person's list, and copies published from now on show this face."
