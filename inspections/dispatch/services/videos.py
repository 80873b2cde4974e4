"""A video call instead of the trip."""

from uuid import UUID

from django.db import transaction

from fieldsvc.kernel.journal import Actor
from inspections.dispatch import policies, rules
from inspections.dispatch.models import Visit
from inspections.dispatch.services.common import live_order, seen_visit
from inspections.dispatch.services.visits import cancel_visit


@transaction.atomic
def order_video(visit_id: UUID, *, version: int, actor: Actor) -> Visit:
    """Give a visit up because a video call takes its place; `version` is the visit's.

    Whoever asked for it hears of it by the entry and invites the applicant. Not to be undone: the
    applicant is told at once. Refuses: `visit_unknown`, `stale_version`, `visit_over`,
    `visit_under_way`, `video_impossible`. Journal: `order.withdrawn` (if there was one),
    `visit.cancelled` with the reason VIDEO.
    """
    visit = seen_visit(visit_id, version)
    refusal = policies.may_order_video(visit, live_order(visit))
    if refusal is not None:
        raise refusal
    return cancel_visit(visit.pk, reason=rules.VIDEO, actor=actor)
