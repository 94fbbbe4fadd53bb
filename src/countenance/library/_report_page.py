"""The transparency report as a page for everybody, fit to stand on a web site: numbers with their plots, and words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from countenance.journeys.report import REASONS, Counted, Outcome, TransparencyReport, Way
from countenance.library._counts import Counts, Figures
from countenance.library._documents import Block, Document, Facts, Items, Paragraph, Section, Wording
from countenance.library._policy_page import page_language
from countenance.library._policy_words import PAGE_WORDS, PageWords
from countenance.library._report_words import REPORT_WORDS, ReportWords

_CONSENTS = (
    *(Counted.ENROLLED, Counted.RENEWED, Counted.WITHDRAWN, Counted.ENDED, Counted.FORGOTTEN),
    *(Counted.HELD, Counted.TURNED_AWAY, Counted.EXPORTED),
)


def report_page(report: TransparencyReport, language: str | None = None) -> Document:
    """Write the page in this language; without one, in that of the policy's first notice, else in English.

    Raises:
        UsageWrong: the page is not to be had in this language.
    """
    language = page_language(report.policy, language)
    page = _Page(report, REPORT_WORDS[language], PAGE_WORDS[language])
    return Document(
        language=language,
        title=page.words.title,
        lead=page.words.lead.format(controller=report.policy.controller, period=page.period),
        sections=tuple(page.sections()),
        foot=page.words.foot.format(date=page.own.date(report.made)),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """A report with the words it is told in: those of reports, and those of the policy's page."""

    report: TransparencyReport
    words: ReportWords
    own: PageWords

    @property
    def period(self) -> str:
        """The months of the report, as people say them."""
        first, *_, last = [*map(self.month, self.report.period.months)] * 2
        return first if first == last else self.words.period.format(first=first, last=last)

    def month(self, month: str) -> str:
        """Say a month: March 2026."""
        year, number = map(int, month.split("-"))
        return f"{self.own.months[number - 1]} {year}"

    def sections(self) -> Iterator[Section]:
        """Give the sections of the page."""
        words = self.words
        yield Section("glance", words.glance, (self.figures(), Paragraph(words.glance_about)))
        yield Section("searches", words.searches, tuple(self.searches()))
        people = self.by_month(
            "people-by-month",
            words.people_by_month,
            {Counted.ENROLLED: words.enrolled, Counted.WITHDRAWN: words.withdrawn},
        )
        consents = self.counted("consents", words.consents, words.deed, _CONSENTS)
        yield Section("people", words.people, (Paragraph(words.people_about), people, consents))
        verdicts = (Counted.FALSE, Counted.CONFIRMED, Counted.TAGGED)
        matches = self.counted("matches", words.said, words.deed, verdicts)
        yield Section("matches", words.matches, (Paragraph(words.matches_about), matches))
        published = self.counted("published", words.published, words.deed, (Counted.PUBLISHED, Counted.COVERED))
        yield Section("photos", words.photos, (Paragraph(words.photos_about), published))
        yield Section("reading", words.reading, tuple(self.reading()))
        yield Section("rules", words.rules, (self.rules(),))
        about = Paragraph(words.fingerprint_about)
        signed = Wording(words.checkpoint, "", self.report.checkpoint, unfolded=True)
        yield Section("fingerprint", words.fingerprint, (about, self.fingerprint(), signed))

    def figures(self) -> Figures:
        """Give the numbers that matter most."""
        return Figures(
            tuple((self.said(self.report.total(counted)), what) for counted, what in self.words.figures.items())
        )

    def searches(self) -> Iterator[Block]:
        """Tell of searches: how many when, for which purpose, and of those by staff why, how, and what came of them."""
        report, words = self.report, self.words
        yield Paragraph(words.searches_about)
        if not report.policy.staff_search:
            yield Paragraph(words.nobody_searches)
        yield self.by_month(
            "searches-by-month", words.by_month, {Counted.STAFF: words.by_staff, Counted.OWN: words.by_themselves}
        )
        purposes = (Counted.STAFF, Counted.OWN, Counted.SEARCH_REFUSED)
        yield self.counted("searches-by-purpose", words.by_purpose, words.purpose, purposes)
        if report.total(Counted.STAFF):
            reasons = {words.reasons[reason]: report.reasons[reason] for reason in REASONS}
            yield self.table("searches-by-reason", words.by_reason, words.reason, reasons)
            ways = {words.ways[way]: report.ways[way] for way in Way}
            yield self.table("searches-by-way", words.by_way, words.way, ways)
            outcomes = {words.outcomes[outcome]: report.outcomes[outcome] for outcome in Outcome}
            yield self.table("searches-by-outcome", words.by_outcome, words.outcome, outcomes)

    def reading(self) -> Iterator[Block]:
        """Say how the numbers are to be read, and what is not in them."""
        report, words = self.report, self.words
        yield Items(words.reading_about)
        if report.not_counted:
            months = ", ".join(map(self.month, report.not_counted))
            span = self.own.span(report.policy.search_record_days)
            yield Paragraph(words.not_counted.format(months=months, span=span))
        if report.sealed:
            yield Paragraph(words.sealed.format(number=self.said(report.sealed)))

    def rules(self) -> Facts:
        """Say who answers for the library, and which policies were in force."""
        words = self.words
        policies = (
            (
                words.policy.format(number=version.number),
                words.in_force.format(date=self.own.date(version.since), digest=version.policy.sha256),
            )
            for version in self.report.policies
        )
        policy = self.report.policy
        return Facts(((self.own.controller, policy.controller), (self.own.contact, policy.contact), *policies))

    def fingerprint(self) -> Facts:
        """Give what the ledger can be known by."""
        size = f"{self.report.size:,}".replace(",", self.own.thousands)
        root, key = self.report.root.hex(), self.report.public_key.hex()
        return Facts(((self.words.entries, size), (self.words.root, root), (self.words.public_key, key)))

    def by_month(self, name: str, caption: str, heads: Mapping[Counted, str]) -> Block:
        """Give what was counted by month; where all months are the same, say so."""
        report, words = self.report, self.words
        months = report.period.months
        if not any(number != 0 for counted in heads for number in report.counts[counted]):
            return Paragraph(words.few_each_month.format(caption=caption))
        return Counts(
            name=name,
            caption=caption,
            heads=(words.month, *heads.values()),
            rows=tuple(
                (self.month(month), tuple(report.counts[counted][place] for counted in heads))
                for place, month in enumerate(months)
            ),
            zero=words.few_in_month,
            missing=words.not_kept,
            thousands=self.own.thousands,
            ticks=tuple(self.tick(month, first=place == 0) for place, month in enumerate(months)),
            about=words.plot,
        )

    def tick(self, month: str, *, first: bool) -> str:
        """Say a month in short, below it the year where one begins."""
        year, number = map(int, month.split("-"))
        short = self.words.short_months[number - 1]
        return f"{short}\n{year}" if first or number == 1 else short

    def counted(self, name: str, caption: str, head: str, which: tuple[Counted, ...]) -> Counts:
        """Give totals of the period."""
        return self.table(name, caption, head, {self.words.counted[one]: self.report.total(one) for one in which})

    def table(self, name: str, caption: str, head: str, rows: Mapping[str, int]) -> Counts:
        """Give a table of numbers, each with its line."""
        return Counts(
            name=name,
            caption=caption,
            heads=(head, self.words.number),
            rows=tuple((line, (number,)) for line, number in rows.items()),
            zero=self.words.few,
            missing=self.words.not_kept,
            thousands=self.own.thousands,
        )

    def said(self, number: int) -> str:
        """Say a number of the period."""
        return f"{number:,}".replace(",", self.own.thousands) if number else self.words.few
