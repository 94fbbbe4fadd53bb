"""The page about an evaluation: plain words first, plots that need not be seen, and no more than is known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from countenance.faces import Rung
from countenance.library import Document, Plot, Table, evaluation_page
from countenance.library._counts import Figures as Glance
from countenance.library._documents import document_html, document_markdown
from countenance.library._evaluating import judged
from countenance.library._evaluation_words import (
    count,
    counted,
    goal_said,
    often,
    percent,
    ratio_said,
    thousandths,
    wrongly_named,
)
from countenance.measures import (
    AS_TAKEN,
    Evaluation,
    Figures,
    Goal,
    PhotoCounts,
    Protocol,
    Rate,
    Ratio,
    Subject,
    calibrated,
    figures,
)
from drawn_scores import drawn
from read_page import Page

HOSTILE = '<script>alert("x")</script> & *stars*'


def measured(**changes: object) -> Evaluation:
    """Give searches by 30 people of two groups, some of them as taken, in galleries of one photo and of several."""
    made = drawn(30, searches=100, seed=5, filled=80)
    plain = [replace(one, wear=AS_TAKEN.name, asked_px=None) for one in made.searches[:100]]
    again = [replace(one, protocol=Protocol.SEVERAL) for one in made.searches]
    subjects = [
        replace(subject, groups={"group": group}, references={Protocol.ONE: ("good",), Protocol.SEVERAL: ("good",)})
        for subject, group in zip(made.subjects, cycle(("left", "right")), strict=False)
    ]
    plan = replace(made.plan, protocols=(Protocol.ONE, Protocol.SEVERAL))
    kept = (*plain, *made.searches, *again, *(replace(one, protocol=Protocol.SEVERAL) for one in plain))
    return replace(made, subjects=tuple(subjects), searches=kept, plan=plan, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """Give an evaluation with something in every part of the page."""
    made = measured(photos=PhotoCounts(opened=60, unreadable=1, unlabelled=2, duplicates=3, faceless=4, crowded=5))
    first, *others = made.subjects
    refused: Mapping[Protocol, Sequence[str]] = {
        Protocol.ONE: ("good", "too-dark", "unreadable"),
        Protocol.SEVERAL: ("good",),
    }
    return replace(made, subjects=(replace(first, references=refused), *others))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def document(evaluation: Evaluation) -> Document:
    """Give its page, by the thresholds that come out of it."""
    return evaluation_page(figures(evaluation, calibration=calibrated(evaluation), tuned_here=True))


@pytest.fixture(scope="module")
def page(document: Document, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """Give its page as a browser reads it."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(document_html(document), encoding="utf-8")
    return Page(path)


def test_plain_words_come_first(document: Document, page: Page) -> None:
    """R38: the page begins with natural frequencies for both errors; plots and counts for engineers come last."""
    names = [section.name for section in document.sections]
    plain, for_engineers = (
        ["answer", "meaning", "sizes", "found", "enrolment", "groups", "limits"],
        ["curves", "details"],
    )
    assert names == plain + for_engineers
    assert re.search(
        r"Of 1,000 searches for people who are not in the library, (about|at most) [\d.]+ [^.]*name someone wrongly",
        page.words,
    )
    assert re.search(r"Of 1,000 searches for people who are in it, about [\d.]+ miss them \(at most \d+\)", page.words)
    assert "The thresholds were chosen on these same searches" in page.words


def test_what_was_measured_and_its_limits_are_said(page: Page) -> None:
    """R35, R38: how many people, photos and searches; what became of photos that did not serve; what is not known."""
    for said in (
        "30 people were enrolled with one photo of each person, and 80 generated faces of nobody",
        "it was searched 500 times for somebody who is enrolled",
        "1 photo could not be read, and is in no rate",
        "In 4 photos no face was found as they are",
        "5 photos showed several faces",
        "3 files had the same bytes",
        "2 photos did not say who is in them",
        "2 of 32 reference photos would be refused at enrolment",
        "The face is too dark: turn towards the light",
        "The photo was unreadable",
        "Portraits that people posed for",
        "not independent of each other",
        "Faces of fewer than 32 pixels are never named",
    ):
        assert said in page.words, said


def test_the_page_needs_no_other_file(page: Page, document: Document) -> None:
    """R38: nothing is loaded and nothing runs; inside plots nothing is meant but what stands in the same plot."""
    text = document_html(document)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "form", "image"})
    assert not any(name in attributes for _, attributes in page.tags for name in ("src", "onclick"))
    meant = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {one or other for one, other in meant} <= set(ids)
    assert text.count("url(") == text.count("url(#")
    assert not re.search(r"@import|https?:|<metadata|DejaVu", text)
    assert "prefers-color-scheme: dark" in text


def test_each_plot_can_be_read_without_seeing_it(document: Document, page: Page) -> None:
    """R38: plots have a title, a description, a sentence that says how to read them, and the numbers beside them."""
    blocks = [block for section in document.sections for block in section.blocks]
    plots = [block for block in blocks if isinstance(block, Plot)]
    assert [plot.name for plot in plots] == ["missed-by-size", "trade-off", "scores", "growth"]
    for plot in plots:
        following = blocks[blocks.index(plot) + 1]
        assert isinstance(following, Table), plot.name
        assert plot.reading in page.text
        assert plot.shows in page.text
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    drawn_ones = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(drawn_ones) == len(plots)
    assert all(one["role"] == "img" and set(str(one["aria-labelledby"]).split()) <= ids for one in drawn_ones)
    headed = [attributes.get("scope") for tag, attributes in page.tags if tag == "th"]
    assert set(headed) == {"col", "row"}


def test_plots_have_the_colours_of_the_page(document: Document) -> None:
    """R38: in the dark they are as clear as in the light: no colour is fixed, nothing white lies behind a plot."""
    drawings = [
        block.drawing.body for section in document.sections for block in section.blocks if isinstance(block, Plot)
    ]
    assert drawings
    for body in drawings:
        assert not re.search(r"#[0-9a-f]{6}\b(?!\")", re.sub(r'(href="#|url\(#)[^")]*', "", body))
        assert "var(--ink)" in body
        assert "var(--accent)" in body
    assert len({*re.findall(r"var\(--\w+\)", "".join(drawings))}) >= 5


def test_the_same_figures_give_the_same_bytes(evaluation: Evaluation, document: Document) -> None:
    """R35: no date, no chance and no order of a dictionary is in the page."""
    again = evaluation_page(figures(evaluation, calibration=calibrated(evaluation), tuned_here=True))
    assert document_html(again) == document_html(document)


def test_what_somebody_wrote_is_text() -> None:
    """R37: the name of a data set, of a label or of a group puts no markup into the page."""
    made = measured(data_set=HOSTILE)
    subjects = tuple(replace(subject, groups={HOSTILE: HOSTILE}) for subject in made.subjects)
    text = document_html(evaluation_page(figures(replace(made, subjects=subjects))))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 4
    assert "<script" not in document_markdown(evaluation_page(figures(made), drawn=False)).replace("\\<", "")


def test_no_pseudonym_and_no_single_score_is_on_the_page(evaluation: Evaluation, page: Page) -> None:
    """R38: the page is about all; nobody can be picked out by it."""
    assert not [subject.id for subject in evaluation.subjects if subject.id in page.text]
    scores = {f"{search.own:.6f}".rstrip("0") for search in evaluation.searches if search.own is not None}
    assert len(scores) > 200
    assert not [score for score in scores if score in page.text]


def test_numbers_that_stand_alone_do_not_claim_searches_that_were_not_made(document: Document) -> None:
    """R38: without an error the large numbers say what chance allows, not that none of a thousand erred."""
    (large,) = [block for section in document.sections for block in section.blocks if isinstance(block, Glance)]
    of_1000 = [number for number, what in large.rows if what.startswith("of 1,000 ")]
    assert len(of_1000) == 3
    assert of_1000[0].startswith("at most ")
    assert all(number.startswith(("at most ", "about ")) for number in of_1000)


def told(made: Evaluation, *, by_own: bool = True) -> str:
    """Give the words of a page without plots."""
    calibration = calibrated(made) if by_own else None
    return " ".join(document_markdown(evaluation_page(figures(made, calibration=calibration), drawn=False)).split())


def test_without_thresholds_it_is_said_what_the_rates_are() -> None:
    """R36: where no thresholds fit, the rates are at 1 % of these same searches, and no library works by them."""
    assert "no library works by them" in told(measured(), by_own=False)
    assert "no library works by them" not in told(measured())


def test_thresholds_from_elsewhere_are_told_from_those_chosen_here() -> None:
    """R36: only thresholds measured on other photos are put to the test by these."""
    made = measured()
    other = calibrated(replace(made, data_set="others"))
    assert "a real test of them" in told_by(judged(made, other).figures)
    assert "chosen on these same searches" in told_by(judged(made, calibrated(made)).figures)
    assert judged(made, None).figures.tuned_here
    foreign = replace(other, model="other/1", rungs=tuple(_of_model(rung, "other/1") for rung in other.rungs))
    assert judged(made, foreign).used is None


def _of_model(rung: Rung, model: str) -> Rung:
    return replace(rung, search=replace(rung.search, model=model), show=replace(rung.show, model=model))


def told_by(told_figures: Figures) -> str:
    """Give the words of a page of figures."""
    return " ".join(document_markdown(evaluation_page(told_figures, drawn=False)).split())


def test_thresholds_for_fewer_people_say_nothing() -> None:
    """R36: thresholds measured with fewer people than were compared here are not used, and nothing else fails."""
    made = measured()
    small = calibrated(made)
    fewer = replace(small, rungs=tuple(rung for rung in small.rungs if rung.people == small.steps[0]))
    assert small.steps[0] * 1.1 < made.enrolled(Protocol.ONE) + made.filled
    assert judged(made, fewer).used is None


def test_without_labels_nothing_is_said_of_groups() -> None:
    """R37: it is said that nothing is known, not that there is no difference."""
    made = measured()
    nobody = tuple(Subject(one.id, one.photos, {}, one.references) for one in made.subjects)
    assert "Nothing is known about groups" in told(replace(made, subjects=nobody))


def test_groups_that_are_too_small_are_too_few_to_say() -> None:
    """R37: a group of a few people has no rate; with two such groups there is no ratio."""
    made = measured()
    subjects = tuple(
        replace(one, groups={"group": "few" if place < 4 else "many"}) for place, one in enumerate(made.subjects)
    )
    said = told(replace(made, subjects=subjects))
    assert "few: People: 4; Missed: too few; At most: -; Wrongly named: too few; At most: -" in said
    assert "Who is missed more often: too few to say" in said


@pytest.mark.parametrize(
    ("rate", "cell", "sentence"),
    [
        (Rate(0, 3000, 0, 60), "none seen", "at most 2 would name someone wrongly: of the 3,000 that were made, none"),
        (Rate(0, 20, 0, 5), "none seen", "at most 169 would"),
        (Rate(3, 1000, 2, 60), "3", "about 3 name someone wrongly (at most 9)"),
        (Rate(1, 8000, 1, 60), "0.1", "about 0.1 name someone wrongly (at most 1)"),
        (Rate(1, 90000, 1, 60), "fewer than 0.1", "about fewer"),
        (Rate(50, 100, 30, 60), "500", "about 500 name someone wrongly (at most 602)"),
        (Rate(0, 0, 0, 0), "-", "Nothing is known about searches for people who are not in the library"),
    ],
)
def test_rates_are_said_as_natural_frequencies(rate: Rate, cell: str, sentence: str) -> None:
    """R38: so many of a thousand, at most so many; no error is not said to be zero, and no search says nothing."""
    assert often(rate) == cell
    assert sentence.replace("about fewer", "fewer") in wrongly_named(rate)


def test_shares_have_as_many_digits_as_they_need() -> None:
    """R38: what is small is not rounded to nothing, and counts are those of one or of several."""
    assert [percent(share) for share in (None, 0.0, 0.00612, 0.25, 1.0)] == ["-", "0 %", "0.61 %", "25.0 %", "100 %"]
    assert [thousandths(share) for share in (0.0, 0.0021, 0.0125, 1.0)] == ["0", "2.1", "12", "1,000"]
    assert counted(Rate(0, 3000, 0, 60)).replace("\N{NO-BREAK SPACE}", " ") == "0 of 3,000 (0 % to 0.12 %)"
    assert (count(1, "person", "people"), count(1200, "photo")) == ("1 person", "1,200 photos")


def test_the_goal_is_reached_missed_or_not_shown() -> None:
    """R35: FPIR <= 0.1 % counts as reached only if enough searches show it; else the bound is said."""
    assert "It is reached: none of 3,000 did" in goal_said(Goal(0, 3000, 0.000998, reached=True), chosen_here=False)
    here = goal_said(Goal(0, 3000, 0.000998, reached=True), chosen_here=True)
    assert "the thresholds were chosen on them" in here
    assert "certainty" not in here
    short = goal_said(Goal(0, 600, 0.00498, reached=False), chosen_here=False)
    assert "It is not shown" in short
    assert "below 0.50 %" in short
    assert "3,000 searches without an error" in short
    assert "It is not reached: 9 of 3,000 did" in goal_said(Goal(9, 3000, 0.0052, reached=False), chosen_here=False)


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (Ratio("", "", None, 0.0, (0, 0), flagged=False, apart=False, too_few=True), "too few to say"),
        (Ratio("a", "b", None, 0.0, (0, 0), flagged=False, apart=False, too_few=False), "no difference was seen"),
        (
            Ratio("a", "b", None, 1.2, (9, 0), flagged=True, apart=True, too_few=False),
            "were missed, and nobody of “b” (9 errors against 0): how many times as often cannot be said; chance",
        ),
        (
            Ratio("a", "b", 2.34, 0.8, (5, 2), flagged=True, apart=False, too_few=False),
            "Attention: people of the group “a” were missed 2.3 times as often as “b” (5 errors against 2); with",
        ),
        (Ratio("a", "b", 1.04, 0.9, (26, 25), flagged=False, apart=False, too_few=False), "about as often"),
        (Ratio("a", "b", 1.2, 0.5, (6, 5), flagged=False, apart=False, too_few=False), "Below 1.5 times"),
    ],
)
def test_differences_between_groups_are_said_plainly(ratio: Ratio, said: str) -> None:
    """R37: above 1.5 times it is pointed out, with the errors it hangs on and whether chance may have made it."""
    assert said in ratio_said(ratio, erred="missed")


def test_a_page_without_sizes_or_searches_is_a_page(tmp_path: Path) -> None:
    """R35: photos as they are alone, and people of whom nobody is searched for, give a page without empty plots."""
    made = drawn(12, searches=30, seed=2, sizes=(64,))
    plain = replace(made, searches=tuple(replace(one, wear=AS_TAKEN.name, asked_px=None) for one in made.searches))
    nobody = replace(made, searches=tuple(replace(one, mated=False, own=None) for one in made.searches))
    for place, one in enumerate((plain, nobody)):
        path = tmp_path / f"{place}.html"
        path.write_text(document_html(evaluation_page(figures(one))), encoding="utf-8")
        assert "missed-by-size" not in path.read_text(encoding="utf-8")
        assert not re.search(r"\bnan\b", Page(path).words)
