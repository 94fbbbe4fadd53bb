"""What `docs/formats/policy.md` promises is what the code does: the fields, the bytes of all versions, the file."""

import hashlib
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from countenance.consent import (
    BE_FOUND_WAITS,
    CHILD_RETENTION_DAYS,
    DEFAULT_ENROLMENTS_PER_DAY,
    DEFAULT_PEOPLE_FOUND_PER_DAY,
    DEFAULT_RETENTION_DAYS,
    MAX_DAYS,
    MAX_ENROLMENTS_PER_DAY,
    MAX_PEOPLE_FOUND_PER_DAY,
    MAX_POLICY_FILE_BYTES,
    MIN_SEARCH_RECORD_DAYS,
    SEARCHERS,
    Notice,
    Policy,
    Purpose,
    policy_from_toml,
    policy_to_toml,
)
from countenance.errors import PolicyRefused, SealBroken
from countenance.seals import canonical

PAGE = (Path(__file__).resolve().parents[2] / "docs/formats/policy.md").read_text(encoding="utf-8")
GOLDEN = Path(__file__).resolve().parent / "golden"
SCHOOL = Policy.draft(
    controller="Hill School, 1 Hill Road, Dublin",
    contact="office@hill-school.example",
    staff_search=True,
    be_found_waits="link-or-steward",
)

# The bytes of a policy of version 1, as the first release stored them.
FIRST = (
    b'{"authority":"the Data Protection Commission","contact":"office@hill-school.example","controller":"Hill School",'
    b'"evidence_days":200,"jurisdiction":"Ireland","lawful_basis":"consent","location":"at the school",'
    b'"notice":"Photos of you.\\n","notice_language":"en-IE","purposes":["find-me","be-shown"],"recipients":'
    b'["nobody outside the school"],"recognition":true,"retention_days":100,"schema":"urn:countenance:policy:1",'
    b'"staff_search":false}'
)


def table(heading: str) -> dict[str, str]:
    """Give the rows of a section's table by the word in their first column."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return {row[1]: row[0] for row in re.finditer(r"^\| `([^`]+)` \|.*$", section, re.MULTILINE)}


def test_the_page_lists_every_field_of_the_policy_and_no_other() -> None:
    """The policy's table is complete."""
    assert set(table("The fields")) == set(json.loads(SCHOOL.to_json()))


def test_the_figures_and_words_on_the_page_are_those_of_the_code() -> None:
    """R7: limits, defaults and closed lists stand on the page as they are in the code."""
    rows = table("The fields")
    assert f"1 to {MAX_DAYS} |" in rows["retention_days"]
    assert f"1 to {MAX_DAYS} |" in rows["evidence_days"]
    assert rows["retention_days"].endswith(f"| {DEFAULT_RETENTION_DAYS} |")
    assert f"| {CHILD_RETENTION_DAYS}, or" in rows["child_retention_days"]
    assert rows["enrolments_per_day"].endswith(f"| {DEFAULT_ENROLMENTS_PER_DAY} |")
    assert f"1 to {MAX_ENROLMENTS_PER_DAY} |" in rows["enrolments_per_day"]
    assert rows["people_found_per_day"].endswith(f"| {DEFAULT_PEOPLE_FOUND_PER_DAY} |")
    assert f"1 to {MAX_PEOPLE_FOUND_PER_DAY} |" in rows["people_found_per_day"]
    assert f"| {MIN_SEARCH_RECORD_DAYS} to {MAX_DAYS} |" in rows["search_record_days"]
    assert rows["search_record_days"].endswith(f"| {MAX_DAYS} |")
    assert all(f"`{word}`" in rows["searchers"] for word in SEARCHERS)
    assert all(f"`{word}`" in rows["be_found_waits"] for word in BE_FOUND_WAITS)
    assert f"at most {MAX_POLICY_FILE_BYTES:,} bytes" in PAGE


def test_the_file_on_the_page_is_the_file_that_is_written() -> None:
    """The page's example, the golden file and what is written for such a school are the same, to the byte."""
    written = (GOLDEN / "policy-3.toml").read_bytes()
    assert policy_to_toml(SCHOOL).encode() == written
    assert f"```toml\n{written.decode()}```" in PAGE
    assert policy_from_toml(written) == SCHOOL


def test_the_bytes_of_a_policy_of_version_3_are_for_good() -> None:
    """The golden bytes are read, and are what is written."""
    golden = (GOLDEN / "policy-3.json").read_bytes()
    policy = Policy.from_json(golden)
    assert policy.to_json() == golden
    assert policy.sha256 == "4a38c3d635d206ae62bf427c44396bede53f383254b9f472725e94c03fe6c536"
    assert (policy.search_record_days, policy.people_found_per_day) == (200, 8)


def test_a_policy_of_version_2_is_read_with_the_later_defaults() -> None:
    """R8: bytes and file of the second version are read for good; the record of searches is at its longest."""
    golden = (GOLDEN / "policy-2.json").read_bytes()
    assert hashlib.sha256(golden).hexdigest() == "62c44dc58fdb5dc6c2cb7fc9e2bd480da33b6316359d99bfc92000cdf3f5b953"
    policy = Policy.from_json(golden)
    assert (policy.search_record_days, policy.people_found_per_day) == (1095, 50)
    assert Policy.from_json(policy.to_json()) == policy
    assert policy_from_toml((GOLDEN / "policy-2.toml").read_bytes()) == SCHOOL
    assert policy.notices == (
        Notice("en", "find-me and be-shown: photos of you.\n"),
        Notice("fr-CA", "find-me, be-shown"),
    )


def test_a_policy_of_the_first_version_is_read_with_cautious_defaults() -> None:
    """A library of the first release opens: what its policy did not say is at the default, and its notice is whole."""
    policy = Policy.from_json(FIRST)
    assert policy.notices == (Notice("en-IE", "Photos of you.\n"),)
    assert (policy.searchers, policy.regions, policy.be_found_waits) == (("steward",), (), "no")
    assert (policy.retention_days, policy.child_retention_days, policy.evidence_days) == (100, 100, 200)
    assert (policy.enrolments_per_day, policy.search_record_days, policy.people_found_per_day) == (30, 1095, 50)
    assert Policy.from_json(policy.to_json()) == policy


SECOND_ADDED = ("notices", "regions", "searchers", "be_found_waits", "child_retention_days", "enrolments_per_day")
THIRD_ADDED = ("search_record_days", "people_found_per_day")


def test_a_policy_of_an_earlier_version_has_no_later_field() -> None:
    """Each version has its own fields, and those of the others are not known in it."""
    second = (GOLDEN / "policy-2.json").read_bytes()
    for earlier, names in ((FIRST, SECOND_ADDED + THIRD_ADDED), (second, THIRD_ADDED)):
        for name in names:
            later = json.loads(SCHOOL.to_json())[name]
            with pytest.raises(PolicyRefused, match=name):
                Policy.from_object(json.loads(earlier) | {name: later})
    with pytest.raises(PolicyRefused, match="notice"):
        Policy.from_object(json.loads(SCHOOL.to_json()) | {"notice": "Photos of you."})


LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).filter(
    lambda line: line == line.strip() and line.strip()
)
PAGES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw any policy there can be."""
    recognition = draw(st.booleans())
    staff_search = recognition and draw(st.booleans())
    possible = [Purpose.FIND_ME, Purpose.BE_FOUND, Purpose.BE_SHOWN]
    possible = possible if staff_search else possible[::2] if recognition else possible[2:]
    purposes = draw(st.sets(st.sampled_from(possible), min_size=1))
    retention = draw(st.integers(1, MAX_DAYS))
    languages = draw(st.lists(st.sampled_from(["en", "fr", "fr-CA", "de", "zh-Hant"]), min_size=1, unique=True))
    policy = Policy(
        controller=draw(LINES),
        contact=draw(LINES),
        authority=draw(LINES),
        jurisdiction=draw(LINES),
        regions=tuple(draw(st.lists(st.sampled_from(["IE", "US-IL", "GB-ENG"]), unique=True))),
        location=draw(LINES),
        recipients=tuple(draw(st.lists(LINES, min_size=1, unique=True))),
        lawful_basis=draw(LINES),
        purposes=tuple(purpose for purpose in Purpose if purpose in purposes),
        staff_search=staff_search,
        searchers=tuple(draw(st.lists(st.sampled_from(SEARCHERS), min_size=1, unique=True))),
        be_found_waits=draw(st.sampled_from(BE_FOUND_WAITS)) if Purpose.BE_FOUND in purposes else "no",
        recognition=recognition,
        retention_days=retention,
        child_retention_days=draw(st.integers(1, retention)),
        evidence_days=draw(st.integers(1, MAX_DAYS)),
        search_record_days=draw(st.integers(MIN_SEARCH_RECORD_DAYS, MAX_DAYS)),
        enrolments_per_day=draw(st.integers(1, MAX_ENROLMENTS_PER_DAY)),
        people_found_per_day=draw(st.integers(1, MAX_PEOPLE_FOUND_PER_DAY)),
        notices=tuple(Notice(language, draw(PAGES)) for language in languages),
    )
    plain = policy.in_plain_words(draw(st.sampled_from(["en", "fr", "fr-CA"])))
    return plain if draw(st.booleans()) else policy


@given(policy=policies())
def test_any_policy_comes_back_from_its_file_and_its_bytes(policy: Policy) -> None:
    """Whatever a policy says, in any script, with any line ends: file and bytes give it back as it was."""
    assert policy_from_toml(policy_to_toml(policy).encode()) == policy
    assert Policy.from_json(policy.to_json()) == policy


@pytest.mark.parametrize(
    "text", ["a\r\nb\n", "a\rb\n", "\n\na", "a\n\n", "\ta \n", "'''\n\"\"\"\n\\\n", "a\u2028b\n\x7f"]
)
def test_a_notice_keeps_its_letters_in_the_file(text: str) -> None:
    """R8: line ends, quotes, blanks and marks of a notice come back as they were, or its hash would be another."""
    policy = replace(SCHOOL, notices=(Notice("de", text),))
    assert policy_from_toml(policy_to_toml(policy).encode()).notices == policy.notices


def test_a_byte_order_mark_is_no_harm() -> None:
    """Some editors put one at the head of a file."""
    assert policy_from_toml(b"\xef\xbb\xbf" + policy_to_toml(SCHOOL).encode()) == SCHOOL


@pytest.mark.parametrize(
    "policy",
    [
        SCHOOL,
        replace(SCHOOL, notices=(Notice("de", "find-me, be-found, be-shown\nsind deine Wahl.\n"), SCHOOL.notices[0])),
    ],
    ids=["plain", "own words"],
)
def test_no_beginning_of_a_file_is_a_policy(policy: Policy) -> None:
    """A file that was half written, or cut off anywhere, is refused, with what to do."""
    whole = policy_to_toml(policy).encode()
    for length in range(len(whole.rstrip())):
        with pytest.raises(PolicyRefused) as caught:
            policy_from_toml(whole[:length])
        assert caught.value.remedy


def file(**other: Any) -> bytes:  # noqa: ANN401  (any value that a field of the file can be given)
    """Write the school's file with other values; `...` takes a field out."""
    fields = tomllib.loads(policy_to_toml(SCHOOL)) | other
    return tomli_w.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


NAMES = sorted(tomllib.loads(policy_to_toml(SCHOOL)))


@pytest.mark.parametrize("name", NAMES)
def test_a_field_that_is_missing_or_wrong_is_named(name: str) -> None:
    """Each field of the file: taken out, of another type, blank; the refusal names it, and what to do."""
    wrong: tuple[object, ...] = (..., 1.5, {"a": 1}, "", " ", [""], [{}], [[]], "a\nb", -1)
    for value in wrong:
        with pytest.raises(PolicyRefused, match=name) as caught:
            policy_from_toml(file(**{name: value}))
        assert caught.value.remedy


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (file(only_on_sundays=True), "only_on_sundays is not known"),
        (file(schema="urn:countenance:policy:1"), "schema is not of this version"),
        (file(schema="urn:countenance:policy:4"), "schema is not of this version"),
        (file(schema="urn:countenance:policy:2"), "search_record_days is not known"),
        (file(retention_days=1096), "retention_days is 1096; it must be 1 to 1095"),
        (file(evidence_days=1096), "evidence_days is 1096; it must be 1 to 1095"),
        (file(search_record_days=182), "search_record_days is 182; it must be 183 to 1095"),
        (file(people_found_per_day=0), "people_found_per_day is 0; it must be 1 to 1000"),
        (file(retention_days=100), "child_retention_days is longer than retention_days, which is 100"),
        (file(retention_days=True), "retention_days must be a whole number"),
        (file(languages=["fr", "en"]), "languages does not list the notices that are in the file: en, fr"),
        (file(languages=["en"]), "languages does not list"),
        (file(notices=[{"language": "en", "plain": True}]), "languages does not list"),
        (file(notices=[{"language": "en", "plain": True}] * 2, languages=["en", "en"]), "language has something twice"),
        (file(notices=[{"language": "de", "plain": True}], languages=["de"]), "notices.plain is there in en and fr"),
        (file(notices=[{"language": "en", "plain": False}], languages=["en"]), "notices.plain must be true"),
        (file(notices=[{"language": "en", "plain": True, "text": "a"}], languages=["en"]), "notices.text must not"),
        (file(notices=[{"language": "en", "text": "a", "loud": 1}], languages=["en"]), "notices.loud is not known"),
        (file(notices=[{"language": "en"}], languages=["en"]), "notices.text is missing"),
        (file(notices=["en"], languages=["en"]), "notices must be an object"),
        (file(purposes=["be-found", "find-me"]), "purposes must list each purpose once"),
        (file(purposes=["find-them"]), "purposes has a purpose that does not exist"),
        (file(recognition=False), "staff_search cannot be had without recognition"),
        (file(recipients=["A", "A"]), "recipients has something twice"),
        (file().replace(b'contact = "', b'contact = "a"\ncontact = "'), "is no TOML"),
        (file().replace(b"staff_search = true", b"staff_search = yes"), "is no TOML"),
        (file() + b"\xff", "no text in UTF-8"),
        (policy_to_toml(SCHOOL).encode("utf-16"), "no text in UTF-8"),
        (SCHOOL.to_json(), "is no TOML"),
        (b"", "schema is missing"),
        (b"\0", "is no TOML"),
        (b"a = " + b"[" * 100_000, "is no TOML"),
        (b"#" * (MAX_POLICY_FILE_BYTES + 1), "larger than 1,000,000 bytes"),
    ],
    ids=range(33),
)
def test_files_that_are_no_policy_are_refused(data: bytes, said: str) -> None:
    """R7: forged, edited, doubled or foreign: the refusal says what is wrong and what to do."""
    with pytest.raises(PolicyRefused, match=re.escape(said)) as caught:
        policy_from_toml(data)
    assert caught.value.remedy


def test_a_plain_notice_follows_the_fields_of_its_file() -> None:
    """A period that is changed in the file is changed in the plain notices as well, and a regional one is plain too."""
    changed = policy_from_toml(file(retention_days=200))
    assert all("200 " in notice.text and "365" not in notice.text for notice in changed.notices)
    regional = policy_from_toml(file(notices=[{"language": "fr-CA", "plain": True}], languages=["fr-CA"]))
    assert regional.notices == (Notice("fr-CA", SCHOOL.plain_notice("fr")),)


def test_other_spellings_of_the_bytes_are_no_policy() -> None:
    """A policy has one spelling, so that it has one hash."""
    value = json.loads(SCHOOL.to_json())
    for spelt in (json.dumps(value).encode(), canonical(value) + b"\n", canonical(value | {"plain": True})):
        with pytest.raises(SealBroken):
            Policy.from_json(spelt)
