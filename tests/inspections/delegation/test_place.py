from dataclasses import replace

import pytest

from fieldsvc.kernel import journal
from inspections.delegation import policies, services
from inspections.delegation.errors import DelegationInvalid, PlaceKnown
from inspections.delegation.services import Place
from inspections.delegation.states import Channel
from inspections.dispatch.models import Visit
from tests.inspections.delegation.scene import PLACE, WISH, Scene
from tests.inspections.dispatch.scene import Crew

UNPLACED = replace(WISH, longitude=None, latitude=None, door_note="3 单元门禁坏了，按 201，有狗")


@pytest.fixture
def unplaced(crew: Crew) -> Scene:
    return Scene(crew, services.register(UNPLACED, actor=crew.desk))


def test_what_has_no_place_says_so_and_may_be_given_one(unplaced: Scene) -> None:
    assert unplaced.delegation.is_place_missing
    assert "delegation.locate" in policies.abilities(unplaced.desk, unplaced.now)
    assert not Visit.objects.exists()
    services.locate(unplaced.delegation.pk, unplaced.version, Place(*PLACE), actor=unplaced.desk)
    assert not unplaced.now.is_place_missing
    assert unplaced.visit.place == PLACE
    assert "delegation.locate" not in policies.abilities(unplaced.desk, unplaced.now)
    told = journal.entries(unplaced.delegation.stream).filter(kind="delegation.located").get()
    # With the point: three digits alone are also found in ids now and then.
    assert "117." not in bytes(told.body).decode()


def test_a_place_is_set_once_and_must_be_one(unplaced: Scene) -> None:
    with pytest.raises(DelegationInvalid):
        services.locate(
            unplaced.delegation.pk, unplaced.version, Place(36.81, 117.86), actor=unplaced.desk
        )
    services.locate(unplaced.delegation.pk, unplaced.version, Place(*PLACE), actor=unplaced.desk)
    with pytest.raises(PlaceKnown):
        services.locate(
            unplaced.delegation.pk, unplaced.version, Place(*PLACE), actor=unplaced.desk
        )


def test_at_the_counter_nobody_misses_a_place(crew: Crew) -> None:
    at_hand = services.register(replace(UNPLACED, channel=Channel.COUNTER), actor=crew.desk)
    assert not at_hand.is_place_missing


def test_the_note_for_the_door_goes_with_the_visit_and_into_the_chain_as_a_secret(
    unplaced: Scene,
) -> None:
    services.locate(unplaced.delegation.pk, unplaced.version, Place(*PLACE), actor=unplaced.desk)
    assert unplaced.visit.door_note == UNPLACED.door_note
    assert unplaced.visit.note == UNPLACED.wish
    for kind in ("delegation.registered", "visit.requested"):
        entry = journal.entries(unplaced.delegation.stream).filter(kind=kind).get()
        assert "门禁" not in bytes(entry.body).decode()
        assert journal.reveal(entry, "door_note") == UNPLACED.door_note


def test_a_long_note_is_refused(crew: Crew) -> None:
    with pytest.raises(DelegationInvalid) as refused:
        services.register(replace(UNPLACED, door_note="门" * 201), actor=crew.desk)
    assert "door_note" in refused.value.fields["errors"]  # type: ignore[operator]
