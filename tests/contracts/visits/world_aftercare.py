"""A bad rating of the delegate with its remedy and call, an unresolved thing, a draw, a week."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from fieldsvc.kernel import clock, ids
from inspections.aftercare import services
from inspections.aftercare.models import FollowUp, Rating, SupervisorSample
from inspections.aftercare.services import NewUnresolved
from inspections.aftercare.services.remedies import open_remedy
from inspections.aftercare.states import Source
from inspections.ledger import services as ledger
from inspections.people.selectors import actor_of_staff

if TYPE_CHECKING:
    from tests.contracts.visits.world import Setting


def add(setting: "Setting") -> Mapping[str, str]:
    delegation, head = setting.story.delegation, setting.cast.head
    values = {
        "bureau": delegation.bureau,
        "subject_kind": "DELEGATION",
        "subject": delegation.pk,
        "number": delegation.number,
    }
    rating = Rating.objects.create(id=ids.new(), **values, grade=1, at=clock.now())
    rating.rated.add(setting.story.crew.chen)
    with transaction.atomic():
        remedy = open_remedy(rating)
    now = clock.now()
    call = FollowUp.objects.create(
        **values, cause="BAD_RATING", causes=["BAD_RATING"], opened_at=now, due_at=now
    )
    call.rated.add(setting.story.crew.chen)
    actor = actor_of_staff(head)
    unresolved = services.register(NewUnresolved("没有办成", Source.WINDOW), actor=actor)
    sample = SupervisorSample.objects.create(
        bureau=delegation.bureau,
        supervisor="孔监督",
        seed="1",
        from_day=now.date(),
        until_day=now.date(),
        population=0,
        population_sha256="0" * 64,
        drawn_at=now,
        drawn_by=head,
    )
    return {
        "remedy_id": str(remedy.pk),
        "follow_up_id": str(call.pk),
        "unresolved_id": str(unresolved.pk),
        "sample_id": str(sample.pk),
        **_week(setting),
    }


def _week(setting: "Setting") -> Mapping[str, str]:
    actor = actor_of_staff(setting.cast.head)
    last = date(2026, 11, 16)
    obstacle = ledger.bring_up(last, "没有会手语的专员", "", actor=actor)
    new = ledger.NewDecision("招一名", "人事科", date(2026, 11, 30))
    decision = ledger.decide(last, new, actor=actor)
    ledger.freeze(last, actor=actor)
    return {"obstacle_id": str(obstacle.pk), "decision_id": str(decision.pk)}
