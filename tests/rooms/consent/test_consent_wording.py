"""A receipt speaks the language of its notice, all of it, and what a controller wrote stays as it was written."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from countenance.consent import PURPOSE_WORDS, Notice, Policy, Purpose, Receipt, draft_receipt, purpose_words
from countenance.consent._wording import ENGLISH, FRENCH, WORDINGS, wording_in
from countenance.seals import sha256_hex

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def receipt(policy: Policy, *, with_template: bool = True, language: str | None = None) -> Receipt:
    """Draft Ada's receipt of today, to the end of June, for who reads a language."""
    return draft_receipt(
        policy,
        library="9c1f0e7a52d84b6f",
        person="4be1a6c2d3f80975",
        name="Ada Example",
        purposes=[Purpose.BE_SHOWN],
        now=NOW,
        expires=datetime(2026, 7, 1, tzinfo=UTC),
        release_sha256="d0" * 32,
        with_template=with_template,
        language=language,
    )


def school(language: str) -> Policy:
    """Give a school's policy with a notice of its own in a language."""
    return Policy.draft(
        controller="École de la Colline", contact="le secrétariat", notice="Une note.", notice_language=language
    )


def told(one: Receipt) -> list[str]:
    """Give all that a receipt says of itself, without names, ids and the notice."""
    lines = [one.lawful_basis, *one.data_kinds, one.collection_method, one.processing_method, one.storage]
    return [*lines, one.retention, one.location, one.jurisdiction, *one.recipients, one.withdrawal_method, *one.rights]


@pytest.mark.parametrize("with_template", [True, False])
@pytest.mark.parametrize("language", ["fr", "fr-CA", "FR"])
def test_a_receipt_in_french_has_no_english_in_it(language: str, with_template: bool) -> None:  # noqa: FBT001  (a case)
    """R8: after a notice in French, all that the house says is in French, what it wrote into the policy as well."""
    english = set(told(receipt(school("en"), with_template=with_template)))
    french = told(receipt(school(language), with_template=with_template))
    assert not english & set(french)
    assert any("jusqu\N{RIGHT SINGLE QUOTATION MARK}au 1er juillet 2026" in line for line in french)
    for line in french:
        assert "'" not in line
        assert not any(f" {mark}" in line for mark in ";:?!")


@pytest.mark.parametrize("language", ["en", "en-IE", "de", "ar", "tlh"])
def test_a_receipt_in_another_language_is_in_english(language: str) -> None:
    """R8: the house speaks two languages; in any other the receipt has that notice, and English words of its own."""
    one = receipt(school(language))
    assert one.notice_language == language
    assert told(one) == told(receipt(school("en")))


@pytest.mark.parametrize(
    ("reads", "shown", "words"),
    [(None, "en", "en"), ("fr", "fr", "fr"), ("fr-CH", "fr", "fr"), ("pl", "pl", "en"), ("ga", "en", "en")],
)
def test_the_notice_and_the_words_are_those_the_person_reads(reads: str | None, shown: str, words: str) -> None:
    """R8: of a policy's notices the receipt has the one in the person's language with its hash, else the first."""
    notices = (Notice("en", "A notice."), Notice("fr", "Une note."), Notice("pl", "Informacja."))
    policy = replace(school("en"), notices=notices)
    one = receipt(policy, language=reads)
    (notice,) = (notice for notice in notices if notice.language == shown)
    assert (one.notice_language, one.notice, one.notice_sha256) == (shown, notice.text, notice.sha256)
    assert one.rights == WORDINGS[words].rights


def test_old_receipts_keep_the_text_of_their_language() -> None:
    """R8: a policy whose French notice was changed or taken away changes no receipt: text and hash are the old ones."""
    policy = replace(school("en"), notices=(Notice("en", "A notice."), Notice("fr", "Une note.")))
    old = receipt(policy, language="fr")
    changed = replace(policy, notices=(Notice("en", "A notice."), Notice("fr", "Une autre note.")))
    gone = replace(policy, notices=(Notice("en", "A notice."),))
    new = receipt(changed, language="fr")
    assert old.notice_sha256 == sha256_hex(b"Une note.")
    assert new.notice_sha256 == sha256_hex(b"Une autre note.")
    assert receipt(gone, language="fr").notice_language == "en"
    assert Receipt.from_bytes(old.to_bytes()) == old


def test_what_a_controller_wrote_is_not_translated() -> None:
    """R1: a policy's own words are not the house's to change, in whichever language the notice is."""
    own = replace(
        school("fr"),
        authority="CNIL, Paris",
        location="on a server in Lyon",
        recipients=("the printer of the yearbook",),
        lawful_basis="consent, as the law of Quebec has it",
    )
    one = receipt(own)
    assert (one.authority, one.location) == ("CNIL, Paris", "on a server in Lyon")
    assert (one.recipients, one.lawful_basis) == (own.recipients, own.lawful_basis)


@pytest.mark.parametrize("recognition", [True, False])
def test_every_phrase_of_a_drafted_policy_is_known_in_french(recognition: bool) -> None:  # noqa: FBT001  (a case)
    """R8: no phrase that the house writes into a policy is left in English."""
    policy = Policy.draft(controller="C", contact="D", recognition=recognition)
    for text in (policy.authority, policy.jurisdiction, policy.location, policy.lawful_basis, *policy.recipients):
        assert FRENCH.own(text) != text
        assert ENGLISH.own(text) == text


def test_each_language_has_the_same_things_to_say() -> None:
    """R8: as many rights and kinds of data in one language as in the other, and words for every purpose."""
    for wording in WORDINGS.values():
        assert wording.purposes.keys() == set(Purpose)
        assert len(wording.rights) == len(ENGLISH.rights)
        for with_template in (True, False):
            assert len(wording.data[with_template]) == len(ENGLISH.data[with_template])
            assert wording.methods[with_template]
    assert purpose_words("en") == PURPOSE_WORDS
    assert wording_in("fr-BE") is FRENCH
