"""The policy as a page for everybody: what is offered, for how long, who searches, how to take it back."""

from collections.abc import Iterator

from countenance.consent import Notice, Policy, Purpose, wording_in
from countenance.errors import UsageWrong
from countenance.library._documents import Block, Document, Facts, Items, Paragraph, Section, Wording
from countenance.library._policy_words import PAGE_WORDS, PageWords
from countenance.ports import PolicyVersion


def policy_page(version: PolicyVersion, language: str | None = None) -> Document:
    """Write the page of a policy in this language; without one, in that of its first notice, else in English.

    Raises:
        UsageWrong: the page is not to be had in this language.
    """
    policy = version.policy
    language = page_language(policy, language)
    words = PAGE_WORDS[language]
    lead = words.lead if policy.recognition else words.lead_by_hand
    return Document(
        language=language,
        title=words.title,
        lead=lead.format(controller=policy.controller),
        sections=tuple(_sections(policy, words, language)),
        foot=words.foot.format(number=version.number, date=words.date(version.since), digest=policy.sha256),
    )


def page_language(policy: Policy, language: str | None) -> str:
    """Give the language of a page for everybody: the one asked for, else that of the policy's first notice, or English.

    Raises:
        UsageWrong: pages are not to be had in the language asked for.
    """
    if language is None:
        language = policy.notice_language.split("-")[0].lower()
        return language if language in PAGE_WORDS else "en"
    if language not in PAGE_WORDS:
        raise UsageWrong(
            f"the page is not to be had in {language!r}", remedy=f"choose one of {', '.join(sorted(PAGE_WORDS))}"
        )
    return language


def _sections(policy: Policy, words: PageWords, language: str) -> Iterator[Section]:
    own = wording_in(language)
    yield Section("choices", words.choices, tuple(_choices(policy, words, language)))
    yield Section("entry", words.entry, (Paragraph(words.entry_about.format(number=policy.enrolments_per_day)),))
    measured = (Paragraph(words.strangers_measured),) if policy.recognition else ()
    yield Section("strangers", words.strangers, (Paragraph(words.strangers_about), *measured))
    yield Section("times", words.times, (_times(policy, words),))
    yield Section("searchers", words.searchers, tuple(_searchers(policy, words)))
    withdrawing = tuple(Paragraph(one.format(contact=policy.contact)) for one in words.withdrawing_about)
    yield Section("withdrawing", words.withdrawing, withdrawing)
    rows = [
        (words.controller, policy.controller),
        (words.contact, policy.contact),
        (words.location, own.own(policy.location)),
        (words.recipients, "; ".join(map(own.own, policy.recipients))),
        (words.use, words.use_about),
        (words.basis, own.own(policy.lawful_basis)),
        (words.law, own.own(policy.jurisdiction)),
        *([(words.regions, ", ".join(policy.regions))] if policy.regions else []),
    ]
    yield Section("parties", words.parties, (Facts(tuple(rows)),))
    complaint = Paragraph(words.complaint.format(authority=own.own(policy.authority)))
    yield Section("rights", words.rights, (Items(own.rights), complaint))
    yield Section("notices", words.notices, tuple(_notice(notice, words) for notice in policy.notices))


def _choices(policy: Policy, words: PageWords, language: str) -> Iterator[Block]:
    yield Paragraph(words.choices_about)
    said = wording_in(language).purposes
    yield Facts(tuple((words.purposes[purpose], said[purpose]) for purpose in policy.purposes))
    if policy.offers(Purpose.BE_FOUND) and policy.be_found_waits in words.waits:
        yield Paragraph(words.waits[policy.be_found_waits])


def _times(policy: Policy, words: PageWords) -> Facts:
    rows = [(words.consent, words.consent_lasts.format(span=words.span(policy.retention_days)))]
    if policy.child_retention_days < policy.retention_days:
        rows.append((words.child, words.child_lasts.format(span=words.span(policy.child_retention_days))))
    rows.append((words.evidence, words.evidence_lasts.format(span=words.span(policy.evidence_days))))
    if policy.staff_search:
        rows.append((words.record, words.record_lasts.format(span=words.span(policy.search_record_days))))
    return Facts(tuple(rows))


def _searchers(policy: Policy, words: PageWords) -> Iterator[Block]:
    if not policy.staff_search:
        yield Paragraph(words.nobody_searches)
        return
    yield Items(tuple(words.roles[role] for role in policy.searchers))
    yield Paragraph(words.searching)
    yield Paragraph(words.searching_limit.format(number=policy.people_found_per_day))


def _notice(notice: Notice, words: PageWords) -> Wording:
    primary = notice.language.split("-")[0].lower()
    return Wording(words.languages.get(primary, notice.language), notice.language, notice.text)
