"""The pages that a library gives out about itself: the policy for everybody, the record of processing (R9)."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from countenance.consent import PLAIN_LANGUAGES, Notice, Policy, Purpose, wording_in
from countenance.errors import UsageWrong
from countenance.library import Document, Facts, Items, Paragraph, Section, Wording, give_document, policy_page
from countenance.library._policy_words import PAGE_WORDS
from countenance.ports import PolicyVersion
from read_page import Page
from terminal import Terminal

HOSTILE = '<script>alert("x")</script> & *stars* [a](b) `c` # d'
SINCE = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
ARTICLE_30 = ("controller", "purposes", "categories", "recipients", "transfers", "erasure", "security")


def policy(**other: object) -> Policy:
    """Give a school's policy with some fields of its own."""
    drafted = Policy.draft(controller="Hill School", contact="office@hill.example", staff_search=True)
    return replace(drafted, **other)  # type: ignore[arg-type]  # any field


def written(given: Policy, folder: Path, language: str | None = None) -> Page:
    """Write a policy's page and read it as a browser does."""
    path = folder / f"{language}.html"
    give_document(policy_page(PolicyVersion(3, SINCE, given), language), path)
    return Page(path)


@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
def test_the_page_says_everything_in_each_language(tmp_path: Path, language: str) -> None:
    """R1, R9: who, what for, how long, who searches, how to withdraw, where to complain, and the notices."""
    given = policy(
        regions=("IE", "US-IL"),
        searchers=("steward", "searcher"),
        be_found_waits="link",
        people_found_per_day=77,
        search_record_days=730,
    )
    page = written(given, tmp_path, language)
    said, words = wording_in(language), PAGE_WORDS[language]
    for fact in (
        given.controller,
        given.contact,
        said.own(given.authority),
        said.own(given.location),
        *map(said.own, given.recipients),
        said.own(given.lawful_basis),
        *said.purposes.values(),
        *said.rights,
        *words.roles.values(),
        words.waits["link"],
        words.span(365),
        words.span(180),
        words.span(1095),
        words.searching_limit.format(number=77),
        words.record_lasts.format(span=words.span(730)),
        "IE, US-IL",
        *(notice.text for notice in given.notices),
        given.sha256,
    ):
        assert " ".join(fact.split()) in page.words
    assert dict(page.tags)["html"] == {"lang": language}
    assert [attributes["lang"] for tag, attributes in page.tags if tag == "pre"] == ["en", "fr"]


@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
def test_the_page_needs_no_other_file(tmp_path: Path, language: str) -> None:
    """One file that works from anywhere: nothing is loaded, nothing runs, the contact alone is a link."""
    page = written(policy(), tmp_path, language)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
    assert {attributes.get("href") for tag, attributes in page.tags if tag == "a"} == {"mailto:office@hill.example"}
    assert not any(name in attributes for _, attributes in page.tags for name in ("src", "style", "onclick"))
    assert "url(" not in (tmp_path / f"{language}.html").read_text(encoding="utf-8")


def test_what_is_written_in_a_policy_is_text(tmp_path: Path) -> None:
    """A controller, a region or a notice cannot put markup into the page, nor into its Markdown."""
    given = policy(controller=HOSTILE, recipients=(HOSTILE,), notices=(Notice("en", f"\n{HOSTILE}\n# x\n"),))
    page = written(given, tmp_path)
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.text.count(HOSTILE) == 4
    give_document(policy_page(PolicyVersion(1, SINCE, given)), tmp_path / "page.md")
    markdown = (tmp_path / "page.md").read_text(encoding="utf-8")
    outside = [line for line in markdown.splitlines() if not line.startswith("    ")]
    assert not [line for line in outside if re.search(r"(?<!\\)[<`\[]|(?<!\\)\*stars", line)]
    assert f"    {HOSTILE}" in markdown.splitlines()


def test_the_page_says_nothing_that_is_not_so(tmp_path: Path) -> None:
    """R12: without recognition none is spoken of; without staff search nobody searches; equal periods are said once."""
    without = Policy.draft(controller="Hill School", contact="the office", recognition=False, retention_days=100)
    page = written(without, tmp_path)
    assert "uses no face recognition" in page.words
    assert "Nobody: staff do not search" in page.words
    for false in (
        "measured",
        "find-me",
        "be-found",
        "A child's consent",
        "(stewards)",
        "Who looked",
        "different people",
    ):
        assert false not in page.words.replace(without.notice, "")


def test_the_page_is_in_the_language_of_the_first_notice() -> None:
    """Without being told, a French-Canadian school gets a French page, and a German one an English page."""
    for first, language in (("fr-CA", "fr"), ("de", "en"), ("en-IE", "en")):
        given = policy(notices=(Notice(first, "find-me"),))
        assert policy_page(PolicyVersion(1, SINCE, given)).language == language
    with pytest.raises(UsageWrong, match="not to be had in 'de'"):
        policy_page(PolicyVersion(1, SINCE, policy()), "de")


def test_spans_and_days_are_said_as_people_say_them() -> None:
    """A day, days, a year, years; the first of a month as each language has it."""
    english, french = PAGE_WORDS["en"], PAGE_WORDS["fr"]
    assert [english.span(days) for days in (1, 2, 365, 366, 1095)] == [
        "1 day",
        "2 days",
        "1 year (365 days)",
        "366 days",
        "3 years (1,095 days)",
    ]
    assert french.span(730) == "2 ans (730 jours)"
    assert french.span(1095) == "3 ans (1\N{NARROW NO-BREAK SPACE}095 jours)"
    assert (english.date(SINCE), french.date(SINCE)) == ("1 May 2026", "1er mai 2026")
    assert french.date(SINCE.replace(day=4)) == "4 mai 2026"


def test_both_languages_have_the_same_words() -> None:
    """Nothing is said in one language alone: each mark that is filled in is in both, and every word is there."""
    english, french = PAGE_WORDS["en"], PAGE_WORDS["fr"]
    for name in english.__slots__:
        one, other = getattr(english, name), getattr(french, name)
        assert type(one) is type(other) or isinstance(other, dict)
        marks = [sorted(re.findall(r"{\w+}", json.dumps(list(map(str, [value]))))) for value in (one, other)]
        assert marks[0] == marks[1], name
        assert one
        assert other
        if isinstance(other, dict):
            assert set(one) == set(other)


def test_the_record_has_a_section_for_each_letter(school: Terminal) -> None:
    """R9: GDPR 30(1)(a) to (g), in their order, each with what is known and what the controller must write."""
    given = school.do("policy", "record")
    sections = given["record"]["sections"]
    assert [section["name"] for section in sections] == [*ARTICLE_30, "models", "policy"]
    assert [section["heading"][:3] for section in sections[:7]] == [f"({letter})" for letter in "abcdefg"]
    assert all(section["says"] for section in sections)
    assert given["to_fill_in"] == 7
    marked = [section["name"] for section in sections for said in section["says"] if said["kind"] == "to-fill-in"]
    assert marked == list(ARTICLE_30)


def told(school: Terminal) -> dict[str, str]:
    """Give the facts of the record by their names."""
    sections = school.do("policy", "record")["record"]["sections"]
    return {said["name"]: said["text"] for section in sections for said in section["says"] if said["kind"] == "fact"}


def test_the_record_counts_people_as_they_stand(school: Terminal) -> None:
    """R9: by state, children and templates apart; what somebody does changes the count."""
    before = told(school)
    assert before["People whose consent is in force"] == "2"
    assert before["Face templates kept"].startswith("2 ")
    assert before["Photos indexed"] == "3"
    assert before["Of all these, people for whom a guardian signed"] == "0"
    school.enrol("Cleo", purposes=["be-shown"], more=["--guardian", "Mrs. Moss"])
    school.do("withdraw", "Ben Carter")
    after = told(school)
    assert after["People whose consent is in force"] == "2"
    assert after["People who withdrew, kept as evidence"] == "1"
    assert after["Face templates kept"].startswith("1 ")
    assert after["Of all these, people for whom a guardian signed"] == "1"


def test_the_record_says_how_long_searches_are_on_record(school: Terminal) -> None:
    """R9: the period of the controller's part of a search and the cap against trawling stand in the record."""
    given = school.run("policy", "record").out
    part = told(school)["The controller's own part of each search and listing: by which account, and why"]
    assert part.startswith("3 years (1,095 days) from the end of the month")
    assert "one account finds at most 50 different people in a day" in " ".join(given.split())


@pytest.mark.parametrize("ending", [".html", ".md", ".json"])
def test_the_record_names_nobody(school: Terminal, ending: str) -> None:
    """R9: in each form it has the controller's facts, the models with their hashes, and no person, photo or reason."""
    school.photo("probes/ada.png", 1)
    school.do("search", school.folder / "probes/ada.png", "--reason", "a very private reason")
    to = school.folder / f"record{ending}"
    said = school.run("policy", "record", "--to", to)
    text = to.read_text(encoding="utf-8")
    assert said.code == 0
    assert "7 places are marked in it" in " ".join(said.out.split())
    assert len(re.findall(r"To be filled in by the controller", text)) == 7
    for model in school.do("models")["models"]:
        assert model["sha256"] in text
    for secret in ("Ada", "Byron", "Carter", "private reason", "a.png", str(school.folder)):
        assert secret not in text


def test_a_library_without_recognition_records_no_embedder(terminal: Terminal) -> None:
    """R12: where nobody is recognised the record speaks of no template and no model that measures faces."""
    terminal.make("--no-recognition")
    sections = {one["name"]: one for one in terminal.do("policy", "record")["record"]["sections"]}
    assert sum(said["kind"] == "fact" for said in sections["models"]["says"]) == 1
    assert "Nobody is recognised" in sections["models"]["says"][0]["text"]
    everything = json.dumps(list(sections.values()))
    assert "biometric data)" not in everything.replace("0 (biometric data, GDPR Article 9)", "")
    assert "measured for a moment" not in everything


def test_the_record_fits_the_terminal(school: Terminal) -> None:
    """Without a file the whole of it is shown, on 80 columns, with what is to be filled in marked."""
    said = school.run("policy", "record")
    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= 80
    assert said.out.count("  > To be filled in by the controller") == 7


def test_every_kind_of_block_is_in_every_form(tmp_path: Path) -> None:
    """A document's paragraphs, lists, facts and texts are all there as HTML, Markdown and JSON."""
    blocks = (Paragraph("One."), Paragraph("Two?", to_fill_in=True), Items(("three",)), Facts((("four", "five"),)))
    text = Wording("six", "de", "\nsieben\n\nacht", unfolded=True)
    document = Document("en", "Title", "Lead", (Section("s", "Heading", (*blocks, text)),), "Foot")
    for ending in (".html", ".md", ".json"):
        give_document(document, tmp_path / f"d{ending}")
        whole = (tmp_path / f"d{ending}").read_text(encoding="utf-8")
        for word in ("Title", "Lead", "Heading", "One.", "Two?", "three", "four", "five", "sieben", "acht", "Foot"):
            assert word in whole
    assert "<details open>" in (tmp_path / "d.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))["sections"][0]["says"][1] == {
        "kind": "to-fill-in",
        "name": "",
        "text": "Two?",
    }


def test_the_purposes_have_names_that_people_understand() -> None:
    """Each purpose has a name beside its word, which stays in it, in each language."""
    for words in PAGE_WORDS.values():
        assert all(f"({purpose})" in words.purposes[purpose] for purpose in Purpose)
