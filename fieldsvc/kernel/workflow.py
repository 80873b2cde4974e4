"""Moves of state: django-fsm-2 decides, compare-and-set writes, the journal remembers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction
from django_fsm import FSMField, FSMFieldMixin, FSMModelMixin, TransitionNotAllowed

from fieldsvc.kernel import journal
from fieldsvc.kernel.errors import StaleVersion, TransitionRefused
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry


class StateField(FSMField):
    """A state of at most 50 characters that changes by `move` only.

    In migrations it is the plain column it is in the database: each state field listens to every
    class made, and a migration makes thousands.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**{"protected": True, **options})

    def deconstruct(self) -> tuple[str, str, Sequence[object], dict[str, object]]:
        name, _, args, options = super().deconstruct()
        options.pop("protected")
        return name, "django.db.models.CharField", args, options


class Workflow(FSMModelMixin, models.Model):
    """Mixin for rows with a `state` that is a StateField; `version` counts every write."""

    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow of a workflow's table; `source` is "*" for any state, "+" for any but target."""

    name: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    model: type[Workflow]
    field: str
    moves: tuple[Move, ...]


def move(  # noqa: PLR0913  what a move is, said once and by keyword
    instance: Workflow,
    transition: str | Callable[[], object],
    *,
    actor: Actor,
    kind: str,
    stream: str,
    data: Mapping[str, JSONValue],
    private: Mapping[str, str] | None = None,
    along: Sequence[tuple[Workflow, str | Callable[[], object]]] = (),
) -> JournalEntry:
    """Run a transition, save what it changed by compare-and-set, append the journal entry.

    `transition` is a name, a bound transition, or a functools.partial of one with its arguments.
    Rows that move by the same fact (an order and its visit) go `along`: one entry tells of all.
    All in the caller's transaction (one is opened if there is none). Refuses with
    `transition_refused` when the table does not allow it and `stale_version` when somebody else
    was faster; the instance in memory is then not to be used further.
    """
    with transaction.atomic():
        for row, step in ((instance, transition), *along):
            _step(row, step, kind)
        return journal.append(stream, kind, actor=actor, data=data, private=private)


def save_fields(instance: Workflow, *fields: str) -> None:
    """Save the named fields by compare-and-set on `version`; refuses with `stale_version`.

    Not for state fields: those change by `move` only (ValueError).
    """
    for name in fields:
        if isinstance(instance._meta.get_field(name), FSMFieldMixin):
            raise ValueError(f"{name} is a state: it changes by workflow.move only")
    values = _values(instance)
    names = [instance._meta.get_field(name).attname for name in fields]  # type: ignore[union-attr]
    _write(instance, {name: values[name] for name in names})


def tables() -> list[Table]:
    """Every workflow of the installed apps with its arrows, for docs and the completeness test."""
    return [
        table
        for model in apps.get_models()
        if issubclass(model, Workflow)
        for table in tables_of(model)
    ]


def tables_of(model: type[Workflow]) -> list[Table]:
    """The arrows of one workflow, one table for each of its state fields."""
    return [
        Table(model, field.name, _moves(model, field))
        for field in model._meta.concrete_fields
        if isinstance(field, FSMFieldMixin)
    ]


def _moves(model: type[Workflow], field: FSMFieldMixin) -> tuple[Move, ...]:
    arrows = [
        Move(arrow.name, str(arrow.source), str(arrow.target))
        for arrow in field.get_all_transitions(model)
    ]
    return tuple(sorted(arrows, key=lambda arrow: (arrow.name, arrow.source)))


def _step(instance: Workflow, transition: str | Callable[[], object], kind: str) -> None:
    run: Callable[[], object] = (
        getattr(instance, transition) if isinstance(transition, str) else transition
    )
    before = _values(instance)
    try:
        run()
    except TransitionNotAllowed as error:
        raise TransitionRefused({"kind": kind}) from error
    after = _values(instance)
    _write(instance, {name: value for name, value in after.items() if value != before[name]})


def _values(instance: models.Model) -> dict[str, object]:
    return {
        field.attname: getattr(instance, field.attname)
        for field in instance._meta.concrete_fields
        if field.attname != "version"
    }


def _write(instance: Workflow, changed: Mapping[str, object]) -> None:
    old = instance.version
    rows = type(instance)._default_manager.filter(pk=instance.pk, version=old)
    if rows.update(**changed, version=old + 1) != 1:
        raise StaleVersion({"version": old})
    instance.version = old + 1
