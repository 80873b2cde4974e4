"""Totals that give nobody away, and what the grades led to."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from fieldsvc.kernel import clock
from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from inspections.aftercare import policies, rules
from inspections.aftercare.models import Rating, Remedy
from inspections.aftercare.states import Grade, SubjectKind
from inspections.people.states import Role

MONTHS = 12


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """`count` and `grades` are None where they would give a single rating away."""

    month: str
    count: int | None
    grades: dict[int, int] | None


@dataclass(frozen=True, slots=True)
class Summary:
    """`bureau` is for heads; `own` is what a rated member of staff may know."""

    own: list[MonthTotal]
    bureau: list[MonthTotal] | None


def rating_of(kind: SubjectKind, subject: UUID) -> Rating | None:
    return Rating.objects.filter(subject_kind=kind.value, subject=subject).first()


def summary(actor: Actor) -> Summary:
    """Twelve months of totals. Heads see the bureau's; everybody their own, once a month is over.

    An own month is told only when it is past (a total that moves tells of each single rating)
    and holds at least 5 ratings; otherwise it says nothing, not even whether there was one.
    """
    refusal = policies.may_see_summary(actor)
    if refusal is not None:
        raise refusal
    now = clock.now()
    months = _months(now)
    since = rules.month_span(months[-1])[0]
    mine = _by_month(Rating.objects.filter(rated__id=actor.id, at__gte=since))
    own = [_own_month(month, mine.get(month, Counter())) for month in months[1:]]
    if Role.HEAD.value not in actor.roles:
        return Summary(own, None)
    others = Rating.objects.filter(bureau_id=actor.scope, at__gte=since).exclude(rated__id=actor.id)
    found = _by_month(others)
    return Summary(own, [_month(month, found.get(month, Counter())) for month in months])


def visible_ratings(actor: Actor) -> QuerySet[Rating]:
    """The bureau's ratings as the asker may know them: none that rates the asker."""
    rows = Rating.objects.filter(bureau_id=actor.scope)
    return rows.exclude(rated__id=actor.id) if actor.kind == "staff" else rows


def access_remedy(actor: Actor, remedy_id: UUID) -> Remedy:
    """The remedy if `actor` may see it; refuses with `not_found`, `not_allowed`."""
    remedy = _remedies().filter(pk=remedy_id).first()
    if remedy is None:
        raise NotFound
    refusal = policies.may_see_remedy(actor, remedy)
    if refusal is not None:
        raise refusal
    return remedy


def list_remedies(actor: Actor) -> list[Remedy]:
    """Those of the bureau, open first and soonest first, without those that rate the asker."""
    refusal = policies.may_list_remedies(actor)
    if refusal is not None:
        raise refusal
    rows = _remedies().filter(bureau_id=actor.scope).exclude(rating__rated__id=actor.id)
    return list(rows.order_by("-state", "due_at")[:200])


def _remedies() -> QuerySet[Remedy]:
    return Remedy.objects.select_related("rating", "owner", "closed_by")


def _months(now: datetime) -> list[str]:
    """The present month and the eleven before it, newest first."""
    local = now.astimezone(rules.BEIJING)
    first = local.year * 12 + local.month - 1
    return [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(first, first - MONTHS, -1)]


def _by_month(rows: QuerySet[Rating]) -> dict[str, Counter[int]]:
    found: dict[str, Counter[int]] = {}
    for at, grade in rows.values_list("at", "grade"):
        found.setdefault(rules.month_of(at), Counter())[grade] += 1
    return found


def _month(month: str, grades: Counter[int]) -> MonthTotal:
    return MonthTotal(month, grades.total(), {grade.value: grades[grade.value] for grade in Grade})


def _own_month(month: str, grades: Counter[int]) -> MonthTotal:
    if grades.total() < rules.PUBLISHED_FROM:
        return MonthTotal(month, None, None)
    return _month(month, grades)
