"""Notices: the plain ones in each language say the same, and everybody is given the nearest to their own."""

import re
from dataclasses import replace
from typing import Any

import pytest

from countenance.consent import (
    BE_FOUND_WAITS,
    PLAIN_LANGUAGES,
    Hold,
    Notice,
    Policy,
    Purpose,
    purpose_words,
    wording_in,
)
from countenance.errors import PolicyRefused
from countenance.seals import sha256_hex

KINDS: list[dict[str, Any]] = [{}, {"staff_search": True}, {"recognition": False}]


def policy(**other: Any) -> Policy:  # noqa: ANN401  (any argument of Policy.draft)
    """Draft a policy whose figures are unlike each other."""
    given = {"retention_days": 200, "child_retention_days": 90, "evidence_days": 400, **other}
    return Policy.draft(controller="O'Brien {Hill} School", contact="office@hill-school.example", **given)


@pytest.mark.parametrize("options", KINDS, ids=str)
@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
def test_each_plain_notice_says_everything(options: dict[str, bool], language: str) -> None:
    """R1: who, what for, how long, where, who gets it, the rights, where to complain: in each language."""
    drafted = policy(**options)
    notice = drafted.plain_notice(language)
    said = wording_in(language)
    for fact in (
        drafted.controller,
        drafted.contact,
        said.own(drafted.authority),
        said.own(drafted.location),
        said.own(drafted.lawful_basis),
        *map(said.own, drafted.recipients),
        *said.rights,
        "200 ",
        "90 ",
        "400 ",
        *(said.purposes[purpose] for purpose in drafted.purposes),
    ):
        assert fact in notice
    named = {purpose for purpose in Purpose if re.search(rf"^- {purpose}\b", notice, re.MULTILINE)}
    assert named == set(drafted.purposes)
    assert not re.search(r"[{}]", notice.replace(drafted.controller, ""))


def test_no_english_is_left_in_the_french_notice() -> None:
    """What a drafted policy says of itself is said in French; what the controller wrote stays as it is."""
    french = policy(staff_search=True).plain_notice("fr")
    for drafted in ("nobody", "consent (", "the data protection", "controller"):
        assert drafted not in french
    own = replace(policy(), authority="the Data Protection Commission, Dublin").plain_notice("fr")
    assert "the Data Protection Commission, Dublin" in own


def test_french_is_set_as_french() -> None:
    """No plain blank before a colon, and no straight apostrophe but in a name."""
    french = policy().plain_notice("fr")
    assert not re.search(r" [:;?!]", french)
    assert "'" not in french.replace("O'Brien", "")


@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
@pytest.mark.parametrize("waits", BE_FOUND_WAITS)
def test_people_are_told_what_be_found_waits_for(waits: str, language: str) -> None:
    """A notice says that be-found waits, and for what, where it does; enrolment holds it for the same."""
    drafted = policy(staff_search=True, be_found_waits=waits)
    lines = [line for line in drafted.plain_notice(language).splitlines() if line.startswith("be-found")]
    assert len(lines) == (waits != "no")
    link, second = {"en": ("link", "second"), "fr": ("lien", "second")}[language]
    assert [(link in line, second in line) for line in lines] == [("link" in waits, "steward" in waits)] * len(lines)
    assert drafted.be_found_hold == (None if waits == "no" else Hold(waits))


@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
def test_a_notice_is_a_page(language: str) -> None:
    """A notice that a parent understands is a page: under 650 words, and no sentence of more than 50."""
    notice = policy(staff_search=True, be_found_waits="link-or-steward").plain_notice(language)
    assert len(notice.split()) < 650
    sentences = [part for line in notice.splitlines() for part in re.split(r"[.?:;]\s", line)]
    assert max(len(sentence.split()) for sentence in sentences) <= 50


def test_a_shorter_time_for_children_is_said_only_where_there_is_one() -> None:
    """R34: a guardian is told that a child's consent ends sooner."""
    assert "A child's consent ends after 90 days" in policy().notice
    assert "child's consent" not in policy(child_retention_days=200).notice


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("fr-CA", "fr-CA"),
        ("fr-ca-x-quebec", "fr-CA"),
        ("fr-CH", "fr"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("de", "en"),
        ("", "en"),
        ("x", "en"),
    ],
)
def test_everybody_gets_the_nearest_notice(asked: str, given: str) -> None:
    """R8: the notice in the person's language, else the nearest to it, else the first."""
    notices = tuple(Notice(language, f"in {language}") for language in ("en", "fr", "fr-CA", "pt-BR"))
    assert replace(policy(), notices=notices).notice_for(asked) == Notice(given, f"in {given}")


def test_the_first_notice_is_the_default() -> None:
    """`notice` and `notice_language` are those of the first; each notice knows the hash that receipts carry."""
    drafted = policy(notice_language="fr-CA")
    assert [notice.language for notice in drafted.notices] == ["fr-CA", "en"]
    assert (drafted.notice, drafted.notice_language) == (drafted.notices[0].text, "fr-CA")
    assert drafted.notice == drafted.plain_notice("fr")
    assert drafted.notices[0].sha256 == sha256_hex(drafted.notice.encode())


def test_there_is_no_plain_notice_in_every_language() -> None:
    """Where the program has no words, the controller's own are asked for."""
    with pytest.raises(PolicyRefused, match="no plain notice in 'de'") as caught:
        policy(notice_language="de")
    assert "en, fr" in caught.value.remedy
    assert policy(notice="Fotos: find-me, be-shown.", notice_language="de").notices == (
        Notice("de", "Fotos: find-me, be-shown."),
    )


def test_the_words_of_purposes_are_those_of_receipts() -> None:
    """R8: notice and receipt say the same of a purpose, in each language."""
    for language in PLAIN_LANGUAGES:
        notice = policy(staff_search=True).plain_notice(language)
        assert all(words in notice for words in purpose_words(language).values())
