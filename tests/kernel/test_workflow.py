"""A state moves in one place, for one winner, and leaves an entry."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection, models, transaction
from django_fsm import transition

from fieldsvc.kernel import journal, workflow
from fieldsvc.kernel.errors import StaleVersion, TransitionRefused
from fieldsvc.kernel.journal import SYSTEM


class Door(workflow.Workflow):
    """The smallest thing with a life of its own."""

    state = workflow.StateField(default="SHUT")
    opened_by = models.CharField(max_length=20, blank=True, default="")
    colour = models.CharField(max_length=20, default="red")

    class Meta:
        app_label = "tests_kernel"

    @transition(field=state, source="SHUT", target="OPEN")
    def open(self, by: str = "") -> None:
        self.opened_by = by

    @transition(field=state, source="OPEN", target="SHUT")
    def shut(self) -> None: ...


@pytest.fixture(scope="module", autouse=True)
def table(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Door)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Door)


def move(door: Door, what, **options) -> journal.JournalEntry:
    return workflow.move(
        door, what, actor=SYSTEM, kind="door.moved", stream=f"door:{door.pk}", data={}, **options
    )


@pytest.mark.django_db
def test_a_move_changes_the_row_and_writes_the_entry():
    door = Door.objects.create()
    entry = move(door, partial(door.open, by="wang"), private={"name": "王"})
    stored = Door.objects.get()
    assert (stored.state, stored.opened_by, stored.version) == ("OPEN", "wang", 1)
    assert door.version == 1
    assert (entry.stream, entry.kind) == (f"door:{door.pk}", "door.moved")


@pytest.mark.django_db
def test_a_move_may_be_named():
    door = Door.objects.create()
    move(door, "open")
    move(door, door.shut)
    assert Door.objects.get().state == "SHUT"


@pytest.mark.django_db
def test_a_move_the_table_does_not_allow_is_refused_and_writes_nothing():
    door = Door.objects.create()
    with pytest.raises(TransitionRefused):
        move(door, "shut")
    assert Door.objects.get().version == 0
    assert journal.head(f"door:{door.pk}").length == 0


@pytest.mark.django_db
def test_of_two_who_saw_the_same_state_one_wins_and_the_other_is_told():
    door = Door.objects.create()
    first, second = Door.objects.get(), Door.objects.get()
    move(first, partial(first.open, by="wang"))
    with pytest.raises(StaleVersion):
        move(second, partial(second.open, by="chen"))
    assert Door.objects.get().opened_by == "wang"
    assert journal.head(f"door:{door.pk}").length == 1


@pytest.mark.django_db(transaction=True)
def test_move_and_entry_share_the_fate_of_the_callers_transaction():
    door = Door.objects.create()
    try:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            move(door, "open")
            raise ZeroDivisionError
        assert Door.objects.get().state == "SHUT"
        assert journal.head(f"door:{door.pk}").length == 0
    finally:
        Door.objects.all().delete()


@pytest.mark.django_db
def test_a_move_leaves_fields_alone_that_it_did_not_change():
    door = Door.objects.create()
    Door.objects.update(colour="blue")
    move(door, "open")
    assert Door.objects.get().colour == "blue"


@pytest.mark.django_db
def test_other_fields_are_saved_by_compare_and_set_too():
    door = Door.objects.create()
    twin = Door.objects.get()
    door.colour = "green"
    workflow.save_fields(door, "colour")
    twin.colour = "black"
    with pytest.raises(StaleVersion):
        workflow.save_fields(twin, "colour")
    assert Door.objects.get().colour == "green"


@pytest.mark.django_db
def test_a_state_cannot_be_set_or_saved_past_its_table():
    door = Door.objects.create()
    with pytest.raises(AttributeError):
        door.state = "OPEN"
    with pytest.raises(ValueError, match="is a state"):
        workflow.save_fields(door, "state")


def test_the_table_lists_every_arrow():
    (table,) = workflow.tables_of(Door)
    assert table.field == "state"
    assert table.moves == (
        workflow.Move("open", "SHUT", "OPEN"),
        workflow.Move("shut", "OPEN", "SHUT"),
    )
