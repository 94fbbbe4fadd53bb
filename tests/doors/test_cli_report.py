"""`ledger report` at the door: what was really done in a library, as counts for everybody."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from countenance.ledger import open_checkpoint
from terminal import Terminal

# Of a month in which all consents of the school are live, whenever tests are run; and when it is over.
DONE = (datetime.now(UTC).replace(day=1) + timedelta(days=32)).replace(day=3)
OVER = DONE + timedelta(days=40)
MONTH = f"{DONE:%Y-%m}"


def test_what_was_done_is_counted(school: Terminal) -> None:
    """R30: deeds of a real library are in the report of their month, in fives; nobody and no reason is in it."""
    probe = school.photo("probes/nobody.png", 9)
    with school.at(DONE):
        for _ in range(5):
            school.do("photos", "Ada Byron", "--reason", "a very private reason", "--reason-class", "publishing")
            school.do("photos", "Ben Carter", "--for-person")
            school.do("search", probe, "--reason", "a bag was found", "--reason-class", "request")
    with school.at(OVER):
        told = school.do("ledger", "report", "--from", MONTH, "--to", MONTH)
    report = told["report"]
    assert told["written"] is None
    assert report["searches"]["staff"] == {"total": 10, "by_month": [10]}
    assert report["searches"]["own"] == {"total": 5, "by_month": [5]}
    by_reason = {one: number for one, number in report["staff_searches"]["by_reason_class"].items() if number}
    assert by_reason == {"request": 5, "publishing": 5}
    assert report["staff_searches"]["by_way"] == {"photo": 5, "name": 5}
    assert report["staff_searches"]["by_outcome"] == {"found": 5, "nothing": 5}
    assert report["people"]["enrolled"]["total"] == 0
    signed = open_checkpoint(
        report["ledger"]["checkpoint"],
        public_key=bytes.fromhex(report["ledger"]["public_key"]),
        library=report["ledger"]["checkpoint"].split("/")[2],
    )
    assert (signed.size, signed.root.hex()) == (report["ledger"]["size"], report["ledger"]["root"])
    text = json.dumps(told)
    for secret in ("Ada", "Byron", "Carter", "private reason", "a bag", "m.holt", str(school.folder), ".png"):
        assert secret not in text


@pytest.mark.parametrize("ending", [".html", ".md", ".json"])
def test_the_report_is_written_to_a_new_file(school: Terminal, ending: str) -> None:
    """R30: as a page, as Markdown or as JSON; a file that is there already stays."""
    to = school.folder / f"report{ending}"
    words = ("ledger", "report", "--from", MONTH, "--to", MONTH, "--output", to, "--language", "fr")
    with school.at(OVER):
        told = school.run(*words)
        assert told.code == 0, told.err
        assert str(to) in told.out
        text = to.read_text(encoding="utf-8")
        assert ("urn:countenance:report:1" if ending == ".json" else "Rapport de transparence") in text
        assert school.run(*words).code == 2
    assert to.read_text(encoding="utf-8") == text
    assert not [secret for secret in ("Ada", "Byron", "m.holt", "a.png") if secret in text]


def test_the_report_fits_the_terminal(school: Terminal) -> None:
    """R30: without a file the whole of it is shown on 80 columns."""
    with school.at(OVER):
        told = school.run("ledger", "report", "--from", MONTH, "--to", MONTH)
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "Transparency report: faces in our photos"
    assert not [line for line in lines if "signed checkpoint" in line]  # which is in the files only, to the letter
    assert "searches by staff: few or none" in told.out


def test_days_are_taken_if_they_bound_months(school: Terminal) -> None:
    """R30: the first day of a month and the last of one name months; other days, and what is not over, are refused."""
    given = ("ledger", "report", "--from", "2024-02-01", "--to", "2024-02-29")
    assert school.do(*given)["report"]["months"] == ["2024-02"]
    assert school.do(*given[:3], "2024-01", "--to", "2024-12-31")["report"]["to"] == "2024-12"
    for words, said in (
        (("--from", "2024-02-02", "--to", "2024-02-29"), "not the first day of one"),
        (("--from", "2024-02-01", "--to", "2024-02-28"), "not the last day of one"),
        (("--from", "February", "--to", "2024-02-29"), "no month"),
        (("--from", "2024-03", "--to", "2024-02"), "no period"),
        (("--from", "2020-01", "--to", "2024-02"), "36 months at most"),
        (("--from", MONTH, "--to", MONTH), "not over"),
        (("--from", "2024-02"), "--to"),
    ):
        told = school.run("ledger", "report", *words)
        assert told.code == 2, words
        assert said in " ".join(told.err.split())
