"""The printed receipt says what was signed, in the person's language, on a page that nothing can write into."""

import re
from datetime import UTC, datetime
from functools import partial
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from hypothesis import assume, given
from hypothesis import strategies as st

from countenance.consent import Hold, Purpose, link_digest, new_link, purpose_words
from countenance.errors import UsageWrong
from countenance.library._printed_receipt import printed_receipt as printed_under
from countenance.library._printed_receipt import short_hash, withdrawal_link
from countenance.library._printed_words import LABELS, day
from countenance.seals import sha256_hex
from receipt_example import Example, drafted, example, second

PUBLIC_KEY = bytes(range(32))
printed_receipt = partial(printed_under, public_key=PUBLIC_KEY)
AUTUMN = datetime(2025, 10, 1, 7, tzinfo=UTC)
LATER = datetime(2026, 7, 2, tzinfo=UTC)
CODE = "7YQX-0M4D-9ZKB-2HTN-5WFA-R8CE-J3VP"
LINK = f"countenance:withdraw?library=9c1f0e7a52d84b6f&code={CODE}"


class Page(HTMLParser):
    """A page as a reader sees it: its words, and how many elements of each kind it has."""

    def __init__(self, page: str) -> None:
        """Read it."""
        super().__init__()
        self.words = ""
        self.tags: dict[str, int] = {}
        self.attributes: list[tuple[str, str | None]] = []
        self.styled = False
        self.feed(page)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element."""
        self.styled = tag == "style"
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Collect words, but not the style sheet's."""
        self.words += "" if self.styled else data


def page(one: Example, *, base: str | None = None) -> Page:
    """Print a receipt in autumn, with the private code unless told otherwise."""
    return Page(printed_receipt(one.consent(), now=AUTUMN, link_code=CODE, base=base))


def plain(text: str) -> str:
    """Give a text with plain blanks, as the page's words are given."""
    return " ".join(text.split())


def begun(text: str) -> str:
    """Give a text as a sentence begins."""
    return plain(text[:1].upper() + text[1:])


@pytest.mark.parametrize("one", [example(), drafted(language="fr", guardian="Grâce Exemple"), drafted(language="de")])
def test_the_page_says_what_was_signed(one: Example) -> None:
    """R1: who, what, until when, how to withdraw, rights, controller, authority, periods, places: all of it."""
    shown, receipt = page(one), one.receipt
    for text in (
        receipt.person_name,
        receipt.guardian,
        receipt.controller,
        receipt.contact,
        receipt.id,
        *receipt.rights,
    ):
        assert plain(text) in shown.words
    for text in (receipt.withdrawal_method, receipt.authority, receipt.lawful_basis, receipt.retention):
        assert begun(text) in shown.words
    for text in (receipt.location, receipt.storage, *receipt.data_kinds[1:], *receipt.recipients[1:]):
        assert plain(text) in shown.words.replace(begun(receipt.location), plain(receipt.location))
    assert short_hash(sha256_hex(receipt.to_bytes())) in shown.words
    assert short_hash(receipt.notice_sha256) in shown.words


@pytest.mark.parametrize("purposes", [(Purpose.FIND_ME,), (Purpose.FIND_ME, Purpose.BE_SHOWN), tuple(Purpose)], ids=len)
def test_what_is_allowed_is_ticked(purposes: tuple[Purpose, ...]) -> None:
    """R4: all three purposes stand on the page in words, and those that were allowed are ticked, no other."""
    text = printed_receipt(drafted(purposes).consent(), now=AUTUMN)
    ticked = re.findall(r'<li class="(\w+)">(.*?)</li>', text)
    assert [(kind, "M4 8.5" in drawn) for kind, drawn in ticked] == [
        ("yes", True) if purpose in purposes else ("no", False) for purpose in Purpose
    ]
    assert all(words in Page(text).words for words in purpose_words("en").values())


@pytest.mark.parametrize("one", [second(), drafted(language="fr").other(checkpoint=second().receipt.checkpoint)])
def test_the_ledger_is_remembered_on_paper(one: Example) -> None:
    """R27: the note of the ledger stands on the page to the letter, with what it is for in the person's language."""
    text = printed_receipt(one.consent(), now=AUTUMN)
    (note,) = re.findall(r"<pre>(.*?)</pre>", text, re.DOTALL)
    assert unescape(note) == one.receipt.checkpoint
    labels = LABELS[one.receipt.notice_language]
    for words in (labels["ledger"], labels["ledger_use"]):
        assert plain(words) in Page(text).words


@pytest.mark.parametrize("one", [example(), drafted(language="fr")])
def test_the_public_key_stands_on_paper(one: Example) -> None:
    """R27: in full and as one word, so that whoever keeps checkpoints can compare theirs with it."""
    text = printed_receipt(one.consent(), now=AUTUMN)
    assert f"<code>{PUBLIC_KEY.hex()}</code>" in text
    assert plain(LABELS[one.receipt.notice_language]["signed"]) + f" {PUBLIC_KEY.hex()}" in Page(text).words


def test_a_receipt_of_the_first_version_remembers_no_ledger() -> None:
    """R27: where there is no note the page says nothing of one."""
    told = Page(printed_receipt(example().consent(), now=AUTUMN))
    assert "ledger" not in told.words
    assert "pre" not in told.tags


def test_what_happened_since_is_told() -> None:
    """R4, R5: what was taken back, what waits and what is over is said on a page that is printed later."""
    told = Page(
        printed_receipt(drafted().consent({Purpose.BE_SHOWN: AUTUMN}, {Purpose.BE_FOUND: Hold.STEWARD}), now=AUTUMN)
    )
    assert "taken back on 1 October 2025" in told.words
    assert "not yet: it waits for an approval" in told.words
    assert "ended" not in told.words
    assert "This consent ended on 1 July 2026." in Page(printed_receipt(example().consent(), now=LATER)).words
    both = dict.fromkeys(example().receipt.purposes, AUTUMN)
    assert "ended on 1 October 2025." in Page(printed_receipt(example().consent(both), now=AUTUMN)).words


def test_without_face_recognition_the_page_says_so() -> None:
    """R12: whoever allowed no template reads that nothing is computed from the face, and nothing of templates."""
    told = page(drafted((Purpose.BE_SHOWN,), with_template=False))
    assert "No face recognition: nothing is computed from my face." in told.words
    assert "To recognise me" not in told.words


def test_the_code_is_printed_as_text_and_drawn() -> None:
    """R5: the private link stands on the page as text and as the QR code of that very text, with what to do with it."""
    text = printed_receipt(example().consent(), now=AUTUMN, link_code=CODE)
    assert f"{CODE} {LINK}" in Page(text).words
    drawn = re.search(r"<svg [^>]*class=\"qr\".*?</svg>", text)
    assert drawn is not None
    matrix = segno.make(LINK, error="m", micro=False)
    assert drawn[0] == matrix.svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, border=2, title="My private code"
    )
    assert "Give or send this code to office@hill-school.example." in Page(text).words
    assert parse_qs(urlsplit(LINK).query) == {"library": [example().receipt.library], "code": [CODE]}


def test_without_the_code_there_is_none() -> None:
    """R5: a page printed later cannot have the code, of which the library keeps a digest only."""
    told = Page(printed_receipt(example().consent(), now=AUTUMN))
    assert "code" not in told.words.lower()
    assert "countenance:" not in told.words
    assert "Tell office@hill-school.example" in told.words


def test_an_address_of_the_library_makes_it_a_web_link() -> None:
    """R5: with an address the code is a link to it; the words say to scan it."""
    told = page(example(), base="https://photos.hill-school.example/consent/")
    assert f"https://photos.hill-school.example/consent/withdraw?library=9c1f0e7a52d84b6f&code={CODE}" in told.words
    assert "Scan the code" in told.words
    for base in ("http://photos.example", "javascript:alert(1)", "https://a.example/?x=1", "https://a b.example", ""):
        with pytest.raises(UsageWrong, match="https"):
            withdrawal_link("9c1f", CODE, base=base)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    """R10: the page refers to nothing outside itself, and has no script, form or handler."""
    told = page(example())
    assert not {"script", "link", "img", "iframe", "form", "object", "base", "a"} & told.tags.keys()
    names = {name for name, _ in told.attributes}
    assert not {name for name in names if name in {"src", "href", "style"} or name.startswith("on")}
    text = printed_receipt(example().consent(), now=AUTUMN, link_code=CODE)
    assert "url(" not in text
    assert "@import" not in text
    assert re.findall(r"https?://[^\s\"]+", text) in ([], ["http://www.w3.org/2000/svg"])


NASTY = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")) | st.sampled_from("<>&\"'${}%`"), min_size=1, max_size=40
)


@given(name=NASTY, controller=NASTY, contact=NASTY)
def test_whatever_is_written_is_only_text(name: str, controller: str, contact: str) -> None:
    """Names and addresses with marks of HTML, of templates or of formats are shown as they are and change nothing."""
    name, controller, contact = name.strip(), controller.strip(), contact.strip()
    assume(name and controller and contact)
    odd = example().other(person_name=name, controller=controller, contact=contact, guardian=name)
    told = page(odd)
    assert told.tags == page(example()).tags
    for text in (name, controller, contact):
        assert plain(text) in told.words


@pytest.mark.parametrize("language", ["fr", "fr-CA"])
def test_it_is_in_the_persons_language(language: str) -> None:
    """R8: who was shown the notice in French reads all of the page in French."""
    told = page(drafted(language=language))
    words = told.words.replace("\N{NO-BREAK SPACE}", " ")
    for text in ("Mon consentement", "Ce que j’autorise", "J’ai le droit de", "1er juillet 2026"):  # noqa: RUF001  (French)
        assert text in words
    assert ("lang", "fr") in told.attributes
    english = set(LABELS["en"].values()) - set(LABELS["fr"].values()) - {"; ", "Contact", "1"}
    assert not [text for text in english if len(text) > 8 and text in words]


def test_other_languages_are_told_in_english() -> None:
    """R8: in a language that the house does not speak the page is in English, and names the notice's language."""
    told = page(drafted(language="de"))
    assert "What I allow" in told.words
    assert "(de)" in told.words
    assert ("lang", "en") in told.attributes


@pytest.mark.parametrize("base", [None, "https://photos.hill-school.example"])
def test_what_the_qr_code_holds_is_understood(base: str | None) -> None:
    """R5, R31: the scanned text opens what the code opens that is printed above it."""
    code = new_link()
    assert link_digest(withdrawal_link("9c1f0e7a52d84b6f", code, base=base)) == link_digest(code)


def test_both_tables_have_the_same_labels() -> None:
    """R8: what is said in one language is said in the other, with the same places for what the receipt says."""
    english, french = LABELS["en"], LABELS["fr"]
    assert english.keys() == french.keys()
    assert {str(hold) for hold in Hold} <= english.keys()
    for name, text in english.items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", french[name])
        assert text.strip()
    for words in LABELS.values():
        assert len({day(datetime(2026, month, 1, tzinfo=UTC), words) for month in range(1, 13)}) == 12
