"""The transparency report as a page: it says everything in each language, needs nothing else, and can be read aloud."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from countenance.consent import PLAIN_LANGUAGES
from countenance.errors import UsageWrong
from countenance.journeys.report import Counted, TransparencyReport
from countenance.ledger import Entry, EntryKind
from countenance.library import Counts, Figures, give_report, numbers_in_words, report_page
from countenance.library._plots import columns
from countenance.library._report_words import REPORT_WORDS
from paper_ledger import PERSON, POLICY, listed, published, reported, searched, written
from read_page import Page

HOSTILE = '<script>alert("x")</script> & *stars*'


def a_year() -> TransparencyReport:
    """Give the report of a busy year."""
    entries: list[Entry] = [searched("2026-03", reason_class="request")] * 25
    entries += [listed("2026-05", reason_class="safety", photos=0)] * 10 + [listed("2026-06", reason_class=None)] * 5
    entries += [written(EntryKind.ENROLLED, "2026-01")] * 1400 + [written(EntryKind.WITHDRAWN, "2026-09")] * 7
    entries += [entry for place in range(20) for entry in published("2026-06", f"p{place}", covered=9)]
    return reported(entries)


def page_of(report: TransparencyReport, folder: Path, language: str = "en") -> Page:
    """Write a report's page and read it as a browser does."""
    path = folder / f"{language}.html"
    give_report(report, path, language=language)
    return Page(path)


@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
def test_the_page_says_everything_in_each_language(tmp_path: Path, language: str) -> None:
    """R30: every count by its name, reasons, ways, outcomes, whose report it is, and the ledger's root."""
    report = a_year()
    page, words = page_of(report, tmp_path, language), REPORT_WORDS[language]
    said = (
        *(report.policy.controller, report.policy.contact, report.policy.sha256, report.root.hex(), report.checkpoint),
        *words.counted.values(),
        *words.reasons.values(),
        *words.ways.values(),
        *words.outcomes.values(),
        *words.reading_about,
    )
    assert [one for one in said if " ".join(one.split()) not in page.words] == []
    assert dict(page.tags)["html"] == {"lang": language}
    assert {"en": "1,400", "fr": "1\N{NARROW NO-BREAK SPACE}400"}[language] in page.text
    assert {"en": "January 2026 to December 2026", "fr": "de janvier 2026 à décembre 2026"}[language] in page.words


@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
def test_the_page_needs_no_other_file(tmp_path: Path, language: str) -> None:
    """R30: one file for any web site: nothing is loaded, nothing runs, the contact alone is a link; light and dark."""
    page = page_of(a_year(), tmp_path, language)
    text = (tmp_path / f"{language}.html").read_text(encoding="utf-8")
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "form", "use"})
    assert {attributes.get("href") for tag, attributes in page.tags if tag == "a"} == {
        "mailto:office@hollybank.example"
    }
    assert not any(name in attributes for _, attributes in page.tags for name in ("src", "style", "onclick"))
    assert not re.search(r"url\(|@import|https?:", text)
    assert "prefers-color-scheme: dark" in text


def test_each_plot_has_a_title_a_description_and_its_numbers_beside_it(tmp_path: Path) -> None:
    """R30: plots over time are named for readers aloud and followed by a table; bars stand in the rows of theirs."""
    page = page_of(a_year(), tmp_path)
    plots = [attributes for tag, attributes in page.tags if tag == "svg" and attributes["class"] == "plot"]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(plots) == 2
    assert len(ids) == len(set(ids))
    assert all(plot["role"] == "img" and set(str(plot["aria-labelledby"]).split()) <= set(ids) for plot in plots)
    silent = [attributes for tag, attributes in page.tags if tag == "svg" and attributes["class"] != "plot"]
    assert all(attributes["aria-hidden"] == "true" for attributes in silent)
    text = (tmp_path / "en.html").read_text(encoding="utf-8")
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(figures) == 9
    assert all("<table>" in figure and "<figcaption>" in figure for figure in figures)
    assert text.count("<svg") == sum(figure.count("<svg") for figure in figures)


def test_no_small_number_is_on_the_page(tmp_path: Path) -> None:
    """R30: every number in a table or a figure is a multiple of five, or says that it is none to be told."""
    page_of(a_year(), tmp_path)
    text = (tmp_path / "en.html").read_text(encoding="utf-8")
    cells = re.findall(r"<td(?: class=\"few\")?>(.*?)</td>", text) + re.findall(r"<dd>([\d,]+)</dd>", text)[:4]
    told = {cell for cell in cells if not re.fullmatch(r"[\d,]+", cell)}
    assert told == {"few or none", "0\N{EN DASH}4"}
    assert len(cells) > 60
    assert not [cell for cell in cells if cell not in told and int(cell.replace(",", "")) % 5]


@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
def test_a_period_of_nothing_has_a_page(tmp_path: Path, language: str) -> None:
    """R30: where nothing was done the page says so in words, without an empty plot or table of months."""
    page, words = page_of(reported([]), tmp_path, language), REPORT_WORDS[language]
    assert words.few_each_month.format(caption=words.by_month) in page.text
    assert not [attributes for tag, attributes in page.tags if tag == "svg" and attributes["class"] == "plot"]
    assert words.by_reason not in page.text


def test_what_is_not_counted_is_told(tmp_path: Path) -> None:
    """R30: months whose searches ended are named, and marked in the table; so is what nobody can read any more."""
    entries: Sequence[Entry | None] = [*[None] * 7, *a_few("2026-08")]
    ended = [written(EntryKind.SEARCHES_ENDED, "2027-01", months=["2026-06"])]
    page = page_of(reported([*entries, *ended], "2026-05", "2026-08"), tmp_path)
    assert "The searches of May 2026, June 2026 are not counted" in page.words
    assert "Of the entries of the whole ledger, 5 can be read by nobody any more" in page.words
    assert page.text.count("not kept") == 4
    assert (tmp_path / "en.html").read_text(encoding="utf-8").count(">\N{EN DASH}</text>") == 4


def a_few(month: str) -> Sequence[Entry]:
    """Give the entries of five searches."""
    return [searched(month)] * 5


def test_where_staff_do_not_search_the_page_says_so(tmp_path: Path) -> None:
    """R30: under a policy without staff search nobody reads that staff find people, without being told they do not."""
    page = page_of(reported([], policy=replace(POLICY, staff_search=False, purposes=POLICY.purposes[:1])), tmp_path)
    assert REPORT_WORDS["en"].nobody_searches in page.words
    assert REPORT_WORDS["fr"].nobody_searches not in page_of(reported([]), tmp_path, "fr").words


def test_what_a_controller_wrote_is_text(tmp_path: Path) -> None:
    """R30: a controller's name puts no markup into the page, and nobody's id is there."""
    report = reported(a_few("2026-03"), policy=replace(POLICY, controller=HOSTILE))
    page = page_of(report, tmp_path)
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.text.count(HOSTILE) == 2
    assert PERSON not in page.text
    give_report(report, tmp_path / "page.md")
    assert "<script" not in (tmp_path / "page.md").read_text(encoding="utf-8").replace("\\<", "")
    assert "- Photos published: few or none" in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_a_language_or_ending_that_is_not_to_be_had_is_refused(tmp_path: Path) -> None:
    """R30: no page in another language, no file of another kind, and nothing is written over."""
    with pytest.raises(UsageWrong, match="not to be had in 'de'"):
        report_page(reported([]), "de")
    for name in ("report.pdf", "report"):
        with pytest.raises(UsageWrong, match="does not say"):
            give_report(reported([]), tmp_path / name)
    (tmp_path / "report.json").write_text("mine")
    with pytest.raises(UsageWrong, match="is there already"):
        give_report(reported([]), tmp_path / "report.json")


def test_both_languages_have_the_same_words() -> None:
    """R30: each word is in both languages, with the same marks, for everything that is counted."""
    english, french = REPORT_WORDS["en"], REPORT_WORDS["fr"]
    assert set(english.counted) == set(Counted)
    for name in english.__slots__:
        one, other = (_texts(getattr(words, name)) for words in (english, french))
        assert one.keys() == other.keys(), name
        for key, text in one.items():
            assert text
            assert other[key]
            assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", other[key])), name


def _texts(value: object) -> Mapping[object, str]:
    match value:
        case Mapping():
            return value
        case tuple():
            return dict(enumerate(value))
        case _:
            return {None: str(value)}


def test_columns_stand_on_round_lines() -> None:
    """R30: the lines across a plot are few and round, up to the highest column or above; a lone one is no wall."""
    for most, lines in ((5, "0 5"), (25, "0 5 10 15 20 25"), (60, "0 20 40 60"), (1470, "0 500 1000 1500")):
        drawn = columns([[most, None]], ["Jan\n2026", "Feb"], name="n", title="t", description="d")
        assert re.findall(r'class="end"[^>]*>(\d+)<', drawn) == lines.split()
        assert drawn.count("<rect") == 1
        assert ">2026<" in drawn
        assert ">\N{EN DASH}<" in drawn
        (wide,) = re.findall(r'<rect[^>]* width="([\d.]+)"', drawn)
        assert float(wide) <= 60


def test_numbers_are_also_said_in_words() -> None:
    """R30: for a terminal or another program each row says its numbers, with the heads where there are several."""
    rows = (("May", (5, None)), ("June", (0, 1400)))
    table = Counts("n", "c", ("Month", "in", "out"), rows, "few", "not kept", ",", ("M", "J"))
    assert list(numbers_in_words(table)) == [("May", "in: 5; out: not kept"), ("June", "in: few; out: 1,400")]
    assert list(numbers_in_words(Figures((("5", "searches"),)))) == [("searches", "5")]
