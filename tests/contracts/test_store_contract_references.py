"""What every store must do when references are renewed, replaced and embedded anew; run on each store alike."""

from dataclasses import replace

import numpy as np
import pytest

from countenance.consent import Purpose
from countenance.errors import ConsentRefused
from countenance.faces import Template
from countenance.ports import Verdict
from library_desk import SEEN_WITH, Desk, crop, loose_permit, permit, template

FIND_ME, BE_FOUND, BE_SHOWN = Purpose


def newer(person: str) -> Template:
    """Give the template of a person by another model."""
    return replace(template(person, 32), model="newer 2")


def crops(desk: Desk, person: str) -> tuple[bytes, ...]:
    """Read the enrolment crops of a person."""
    with desk.store.read(now=desk.now) as reading:
        return reading.enrolment_crops(person)


@pytest.fixture
def twice(desk: Desk) -> Desk:
    """Give a desk with a person who has two references with three crops, and another with one."""
    desk.enrol("p-ann")
    desk.enrol("p-bo")
    with desk.recorded() as unit:
        unit.add_reference(permit(unit, "p-ann"), template("ann again"), [crop("p-ann", 1), crop("p-ann", 2)])
    return desk


def test_enrolment_crops_come_back_in_order(twice: Desk) -> None:
    """R22: what is needed to embed anew comes back, each person's alone, while a template is allowed."""
    assert crops(twice, "p-ann") == tuple(crop("p-ann", place) for place in range(3))
    assert crops(twice, "p-bo") == (crop("p-bo"),)
    assert crops(twice, "p-nobody") == ()
    twice.withdraw("p-bo")
    assert crops(twice, "p-bo") == ()
    twice.later(days=100)
    assert crops(twice, "p-ann") == ()


def test_a_reference_is_renewed_by_another_model(twice: Desk) -> None:
    """R22: one template of the new model is in place of all, the crops stay, photos are matched again."""
    with twice.store.read(now=twice.now) as reading:
        before = reading.roll()
    with twice.recorded() as unit:
        unit.renew_reference(permit(unit, "p-ann"), newer("p-ann"))
    with twice.store.read(now=twice.now) as reading:
        assert reading.roll() > before
        models = {one.person: one.template.model for one in reading.references()}
        assert models == {"p-ann": "newer 2", "p-bo": template("p-bo").model}
        (ann,) = (one for one in reading.references() if one.person == "p-ann")
        assert np.array_equal(ann.template.values, newer("p-ann").values)
    assert crops(twice, "p-ann") == tuple(crop("p-ann", place) for place in range(3))
    assert twice.problems() == []


def test_photos_seen_before_a_renewed_reference_are_behind(twice: Desk) -> None:
    """R14: with the new template a person may be found where the old one found nobody."""
    twice.index("/photos/a.jpg")
    with twice.recorded() as unit:
        assert unit.photos_behind_count(seen_with=SEEN_WITH) == 0
        unit.renew_reference(permit(unit, "p-ann"), newer("p-ann"))
        assert unit.photos_behind_count(seen_with=SEEN_WITH) == 1


def test_a_reference_is_renewed_under_live_consent_only(twice: Desk) -> None:
    """R3: embedding anew is making a template: without a live receipt for it nothing is written."""
    with twice.store.write(now=twice.now) as unit:
        held = loose_permit(unit, "p-ann", FIND_ME)
    twice.withdraw("p-ann")
    with pytest.raises(ConsentRefused) as caught, twice.recorded() as unit:
        unit.renew_reference(held, newer("p-ann"))
    assert caught.value.reason == "withdrawn"
    assert twice.referenced() == ["p-bo"]


def test_only_a_reference_that_is_there_is_renewed(desk: Desk) -> None:
    """R12: renewing makes nobody enrolled who was not."""
    desk.enrol("p-ann")
    desk.enrol("p-bo", face=False)
    with desk.store.write(now=desk.now) as unit, pytest.raises(ConsentRefused):
        unit.renew_reference(loose_permit(unit, "p-bo", FIND_ME), newer("p-bo"))
    with desk.recorded() as unit:
        assert unit.drop_references("p-ann") == 1
        with pytest.raises(ValueError, match="no reference"):
            unit.renew_reference(permit(unit, "p-ann"), newer("p-ann"))
    assert desk.referenced() == []
    assert desk.problems() == []


def test_references_are_replaced_at_a_new_enrolment(twice: Desk) -> None:
    """R34: whose face has changed is enrolled with new photos; of the old references and crops nothing stays."""
    twice.index("/photos/a.jpg", 1, {0: twice.permit("p-ann")})
    with twice.recorded() as unit:
        assert unit.drop_references("p-ann") == 2
        assert unit.enrolment_crops("p-ann") == ()
        assert not unit.person("p-ann").has_template
        unit.add_reference(permit(unit, "p-ann"), template("ann grown up"), [crop("p-ann", 7)])
    assert sorted(twice.referenced()) == ["p-ann", "p-bo"]
    assert crops(twice, "p-ann") == (crop("p-ann", 7),)
    assert crops(twice, "p-bo") == (crop("p-bo"),)
    assert twice.appearances("p-ann") == ["/photos/a.jpg"]
    assert twice.due().unfounded == ()
    assert twice.problems() == []


def test_whose_references_are_not_replaced_is_found_by_nobody(twice: Desk) -> None:
    """R3: an appearance has a reference or a human's word: references dropped for good take the other matches along."""
    for name in "ab":
        twice.index(f"/photos/{name}.jpg", 2, {0: twice.permit("p-ann"), 1: twice.permit("p-bo")})
    twice.decide("/photos/b.jpg", "p-ann", Verdict.CONFIRMED)
    with twice.recorded() as unit:
        before = unit.roll()
        unit.drop_references("p-ann")
    assert (twice.appearances("p-ann"), len(twice.appearances("p-bo"))) == (["/photos/b.jpg"], 2)
    with twice.store.read(now=twice.now) as reading:
        assert reading.roll() > before
    assert twice.problems() == []


def test_dropping_no_references_changes_nothing(desk: Desk) -> None:
    """R24: where there is nothing to take away, no entry is needed."""
    desk.enrol("p-ann", face=False)
    with desk.store.write(now=desk.now) as unit:
        assert unit.drop_references("p-ann") == 0
        assert unit.drop_references("p-nobody") == 0


def test_who_is_compared_by_no_template_of_a_model_is_told(twice: Desk) -> None:
    """R22: after a change of model everybody is told who has a live template, but none of the model in use."""
    model, other = template("p-ann").model, newer("p-ann").model

    def otherwise(of: str) -> tuple[str, ...]:
        with twice.store.read(now=twice.now) as reading:
            return reading.embedded_otherwise(of)

    twice.enrol("p-cy")
    twice.enrol("p-dee", face=False)
    assert otherwise(model) == ()
    assert otherwise(other) == ("p-ann", "p-bo", "p-cy")
    with twice.recorded() as unit:
        unit.renew_reference(permit(unit, "p-bo"), newer("p-bo"))
        assert unit.embedded_otherwise(other) == ("p-ann", "p-cy")
        unit.add_reference(permit(unit, "p-cy"), newer("p-cy"), [])
    assert (otherwise(model), otherwise(other)) == (("p-bo",), ("p-ann",))
    twice.withdraw("p-ann")
    assert otherwise(other) == ()
    twice.later(days=100)
    assert otherwise(model) == ()
