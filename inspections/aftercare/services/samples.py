"""What an invited supervisor (特邀监督员) draws and looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.journal import Actor
from inspections.aftercare import policies, rules
from inspections.aftercare.errors import NotInSample, SampleEmpty
from inspections.aftercare.models import SampledCase, SupervisorSample
from inspections.aftercare.states import Answer, Check
from inspections.delegation.models import Delegation
from inspections.people.selectors import get_staff


@dataclass(frozen=True, slots=True)
class Draw:
    """Days are Beijing days, both ends in; an empty seed lets the system choose one."""

    supervisor: str
    from_day: date
    until_day: date
    size: int
    seed: str = ""


def draw(wish: Draw, *, actor: Actor) -> SupervisorSample:
    """Draw delegations delivered in the span, in an order that only the seed decides.

    The seed and the digest of what was drawn from are kept: the same draw can be repeated by
    anybody. Refuses: `not_allowed`, `invalid` (days the wrong way round), `sample_period_empty`.
    Journal on `bureau:<id>`: `sample.drawn`.
    """
    refusal = policies.may_list_samples(actor)
    if refusal is not None:
        raise refusal
    if wish.until_day < wish.from_day:
        raise Invalid({"until": "不能早于开始日期"})
    population = _population(wish, actor.scope)
    if not population:
        raise SampleEmpty
    seed = wish.seed or ids.token(64)
    chosen = rules.draw(seed, population, wish.size)
    with transaction.atomic():
        sample = SupervisorSample.objects.create(
            id=ids.new(),
            bureau_id=actor.scope,
            supervisor=wish.supervisor,
            seed=seed,
            from_day=wish.from_day,
            until_day=wish.until_day,
            population=len(population),
            population_sha256=rules.population_digest(population),
            drawn_at=clock.now(),
            drawn_by=get_staff(actor),
        )
        SampledCase.objects.bulk_create(
            SampledCase(sample=sample, position=place, delegation=one, number=population[one])
            for place, one in enumerate(chosen, start=1)
        )
        _tell_drawn(sample, chosen, actor)
    return sample


@transaction.atomic
def check(
    sample: SupervisorSample,
    delegation: UUID,
    checks: Mapping[Check, Answer],
    remark: str,
    *,
    actor: Actor,
) -> SampledCase:
    """Record what the supervisor saw in one drawn case; a later look replaces an earlier one,
    which stays in the journal. Refuses: `not_in_sample`. Journal: `sample.checked`.
    """
    row = sample.cases.select_for_update().filter(delegation=delegation).first()
    if row is None:
        raise NotInSample
    row.checks = {one.value: answer.value for one, answer in checks.items()}
    row.remark = remark
    row.checked_at = clock.now()
    row.checked_by = get_staff(actor)
    row.save(update_fields=["checks", "remark", "checked_at", "checked_by"])
    journal.append(
        f"bureau:{sample.bureau_id}",
        "sample.checked",
        actor=actor,
        data={"sample": str(sample.pk), "delegation": str(delegation), "checks": row.checks},
        private={"remark": remark},
    )
    return row


def _population(wish: Draw, bureau_id: str) -> dict[UUID, str]:
    """What may be drawn: id and number of every delegation delivered in the span."""
    return dict(
        Delegation.objects.filter(
            bureau_id=bureau_id,
            delivered_at__gte=_midnight(wish.from_day),
            delivered_at__lt=_midnight(wish.until_day + timedelta(days=1)),
        ).values_list("pk", "number")
    )


def _tell_drawn(sample: SupervisorSample, chosen: list[UUID], actor: Actor) -> None:
    journal.append(
        f"bureau:{actor.scope}",
        "sample.drawn",
        actor=actor,
        data={
            "sample": str(sample.pk),
            "seed": sample.seed,
            "population": sample.population,
            "population_sha256": sample.population_sha256,
            "cases": [str(one) for one in chosen],
        },
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), rules.BEIJING)
