"""R42: whatever happens in whatever order, the library does what a ten-line model of consent says."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from countenance.consent import Purpose
from countenance.errors import ConsentRefused
from countenance.journeys.publish import Order
from countenance.keys import MasterVault
from countenance.ledger import Entry, EntryKind
from countenance.photos import open_photo
from countenance.stores import SqlStore
from countenance.vision import StubVision
from small_house import STEWARD, House, drafted_policy

NOW: Final = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
# Who is in which photo; 9 is nobody's face.
PHOTOS: Final = {"a.png": (1, 2, 9), "b.png": (2, 3), "c.png": (3, 4, 1), "d.png": (4,), "e.png": (9,)}
# A cover is larger than the face under it, and must not reach into the next one.
APART: Final = 100
PURPOSES: Final = st.sets(st.sampled_from(Purpose), min_size=1)
# Longer than the model's consents, so that evidence is still kept when they end; its end is tested by itself.
DAYS: Final = st.integers(1, 60)


# --- The model, in ten lines ------------------------------------------------------------------------------------------


@dataclass
class Grant:
    """What somebody allowed."""

    who: int
    purpose: Purpose
    until: datetime
    waits: bool


class Model:
    """Consent as anybody would explain it: signed, not run out, not taken back, and confirmed where it must be."""

    def __init__(self) -> None:
        self.grants: list[Grant] = []

    def sign(self, who: int, purposes: set[Purpose], until: datetime) -> None:
        """Add what was signed; being found waits for the person's own link."""
        self.grants += [Grant(who, purpose, until, waits=purpose is Purpose.BE_FOUND) for purpose in purposes]

    def withdraw(self, who: int, purposes: set[Purpose]) -> None:
        """Take away what was taken back."""
        self.grants = [grant for grant in self.grants if grant.who != who or grant.purpose not in purposes]

    def confirm(self, who: int, now: datetime) -> None:
        """Let go what waited and has not run out."""
        for grant in self.grants:
            grant.waits &= grant.who != who or grant.until <= now

    def may(self, who: int, purpose: Purpose, now: datetime) -> bool:
        """Tell whether somebody allows something now."""
        return any((g.who, g.purpose) == (who, purpose) and now < g.until and not g.waits for g in self.grants)

    def has_template(self, who: int, now: datetime) -> bool:
        """Tell whether a template may be kept: by any consent that has not run out, waiting or not."""
        return any(grant.who == who and now < grant.until for grant in self.grants)


# --- The machine ------------------------------------------------------------------------------------------------------


class ConsentMachine(RuleBasedStateMachine):
    """Do what stewards and people do, in any order, and compare each answer with the model's."""

    people: Bundle[int] = Bundle("people")
    free = Bundle("free")

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(prefix="consent-model-")
        self.house = House(Path(self._folder.name), NOW, policy={"be_found_waits": "link", "enrolments_per_day": 1000})
        self.settle_in()
        self.model = Model()
        self.ids: dict[int, str] = {}
        self.codes: dict[int, str] = {}
        self.forms = 0
        for name, identities in PHOTOS.items():
            self.house.photo(name, identities, gap=APART)
        for identity in (1, 2, 3, 4, 9):
            self.house.photo(f"../probes/{identity}.png", [identity])
        self.house.library.index([self.house.folder / "photos"])

    def settle_in(self) -> None:
        """Choose the store: that of the house is in memory."""

    @initialize(target=free)
    def strangers(self) -> Any:  # noqa: ANN401  (several values of a bundle)
        """Begin with four people whom nobody has asked."""
        return multiple(1, 2, 3, 4)

    def _form(self, who: int) -> str:
        self.forms += 1
        return f"form {self.forms} of {who}"

    @rule(target=people, who=consumes(free), purposes=PURPOSES, days=DAYS)
    def enrol(self, who: int, purposes: set[Purpose], days: int) -> int:
        """Somebody signs for the first time."""
        until = self.house.now + timedelta(days=days)
        form = self.house.form(f"Person {who}", who, purposes=sorted(purposes), form=self._form(who))
        enrolled = self.house.library.enrol(_until(form, until))
        self.ids[who], self.codes[who] = enrolled.person, enrolled.link_code
        self.model.sign(who, purposes, until)
        return who

    @rule(who=people, purposes=PURPOSES, days=DAYS)
    def renew(self, who: int, purposes: set[Purpose], days: int) -> None:
        """Somebody signs once more, for these purposes or others."""
        until = self.house.now + timedelta(days=days)
        form = self.house.form(self.ids[who], who, purposes=sorted(purposes), form=self._form(who))
        renewed = self.house.library.renew(_until(form, until))
        self.codes[who] = renewed.link_code or self.codes[who]
        self.model.sign(who, purposes, until)

    @rule(who=people, purposes=PURPOSES)
    def withdraw(self, who: int, purposes: set[Purpose]) -> None:
        """Somebody takes some of it back."""
        self.house.library.withdraw(self.ids[who], purposes=sorted(purposes))
        self.model.withdraw(who, purposes)

    @rule(who=people)
    def withdraw_everything(self, who: int) -> None:
        """Somebody takes everything back."""
        self.house.library.withdraw(self.ids[who])
        self.model.withdraw(who, set(Purpose))

    @rule(who=people)
    def open_link(self, who: int) -> None:
        """Somebody opens the private link."""
        self.house.library.open_link(self.codes[who])
        self.model.confirm(who, self.house.now)

    @rule(hours=st.integers(1, 24 * 40))
    def time_goes_by(self, hours: int) -> None:
        """Nothing happens for a while."""
        self.house.pass_time(hours=hours)

    @rule()
    def sweep(self) -> None:
        """The library is opened, which sweeps."""
        self.house.library.sweep()

    @rule(again=st.booleans())
    def index(self, again: bool) -> None:  # noqa: FBT001  (Hypothesis passes it by name)
        """The photos are looked through."""
        self.house.library.index([self.house.folder / "photos"], again=again)

    @rule(who=st.sampled_from((1, 2, 3, 4, 9)))
    def search(self, who: int) -> None:
        """Staff search by somebody's photo: they find who asked to be found, and nobody else."""
        found = self.house.library.search(self.house.folder / f"probes/{who}.png", reason="a coat was found")
        expected = [self.ids[who]] if self.model.may(who, Purpose.BE_FOUND, self.house.now) else []
        assert [answer.person for answer in found.answers] == expected
        for answer in found.answers:
            assert {one.photo.name for one in answer.appearances} == _photos_of(who)

    @rule(who=people)
    def own_photos(self, who: int) -> None:
        """Somebody asks for the own photos."""
        try:
            listed = {one.photo.name for one in self.house.library.photos(self.ids[who], reason=None).appearances}
        except ConsentRefused:
            listed = set()
        assert listed == (_photos_of(who) if self.model.may(who, Purpose.FIND_ME, self.house.now) else set())

    @rule(name=st.sampled_from(sorted(PHOTOS)))
    def publish(self, name: str) -> None:
        """A copy shows those who allow it, and covers everybody else."""
        out = self.house.folder / "out"
        done = self.house.library.publish([self.house.folder / "photos" / name], out, Order())
        assert not done.failed
        assert _seen_in(done.copies[0].target) == {
            who for who in PHOTOS[name] if self.model.may(who, Purpose.BE_SHOWN, self.house.now)
        }

    @invariant()
    def only_live_receipts_have_templates(self) -> None:
        """Everybody who may have a template has one, and nobody else's can be had."""
        with self.house.store.read(now=self.house.now) as reading:
            had = {reference.person for reference in reading.references()}
        assert had == {self.ids[who] for who in self.ids if self.model.has_template(who, self.house.now)}

    @invariant()
    def everything_verifies(self) -> None:
        """What is stored has its reasons."""
        assert [check for check in self.house.store.verify(now=self.house.now) if not check.ok] == []

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.house.library.close()
        self._folder.cleanup()


class SqlConsentMachine(ConsentMachine):
    """The same on the store that keeps a library in a file."""

    def settle_in(self) -> None:
        """Make the library in a folder."""
        policy = drafted_policy(be_found_waits="link", enrolments_per_day=1000)
        made = Entry(EntryKind.LIBRARY_MADE, NOW, STEWARD, {"controller": policy.controller}, {})
        self.house.use(
            SqlStore.make(
                self.house.folder / "library",
                vault_for=lambda library: MasterVault(bytes(range(32)), library),
                policy=policy,
                entry=made,
            )
        )


def _until(form: Any, until: datetime) -> Any:  # noqa: ANN401  (an EnrolmentForm)
    return type(form)(form.name, form.photos, form.release, form.purposes, expires=until)


def _photos_of(who: int) -> set[str]:
    return {name for name, identities in PHOTOS.items() if who in identities}


def _seen_in(copy: Path) -> set[int]:
    pixels, eyes = open_photo(copy).pixels, StubVision()
    templates = eyes.embed(pixels, [face.box for face in eyes.detect(pixels)])
    return {
        who for template in templates for who in (1, 2, 3, 4, 9) if template.compare(StubVision.template(who)) > 0.9
    }


# In the house's profile some hundred steps, in the nightly one more than 10,000 (CONTRIBUTING.md).
EXAMPLES: Final = max(4, settings.get_profile(settings.get_current_profile_name()).max_examples // 4)


def test_the_library_does_what_the_model_says() -> None:
    """R42: in any order of signing, renewing, withdrawing, searching and publishing, the answers are the model's."""
    run_state_machine_as_test(ConsentMachine, settings=settings(max_examples=EXAMPLES, stateful_step_count=30))


def test_a_library_in_a_file_does_what_the_model_says() -> None:
    """R42: the same for the store that keeps a library in a file."""
    fewer = settings(max_examples=max(2, EXAMPLES // 3), stateful_step_count=20)
    run_state_machine_as_test(SqlConsentMachine, settings=fewer)
