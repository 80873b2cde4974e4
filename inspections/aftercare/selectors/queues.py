"""The lists people work through: calls, unresolved things, samples."""

from uuid import UUID

from django.db.models import QuerySet

from fieldsvc.kernel import clock
from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from inspections.aftercare import policies
from inspections.aftercare.models import FollowUp, SampledCase, SupervisorSample, Unresolved
from inspections.aftercare.states import FollowUpState, UnresolvedState
from inspections.delegation.models import Delegation
from inspections.inspection.models import Inspection

LIMIT = 200


def access_follow_up(actor: Actor, follow_up_id: UUID) -> FollowUp:
    """The call if `actor` may see it; refuses with `not_found`, `not_allowed`."""
    call = FollowUp.objects.select_related("bureau", "done_by").filter(pk=follow_up_id).first()
    if call is None:
        raise NotFound
    refusal = policies.may_see_follow_up(actor, call)
    if refusal is not None:
        raise refusal
    return call


def list_follow_ups(actor: Actor, state: FollowUpState | None = None) -> list[FollowUp]:
    """The bureau's calls, open first and soonest first, without those about the asker."""
    refusal = policies.may_list_follow_ups(actor)
    if refusal is not None:
        raise refusal
    rows = FollowUp.objects.select_related("bureau", "done_by").filter(bureau_id=actor.scope)
    rows = rows.exclude(rated__id=actor.id)
    if state is not None:
        rows = rows.filter(state=state.value)
    return sorted(
        rows.order_by("-opened_at")[:LIMIT],
        key=lambda call: (call.state != FollowUpState.OPEN.value, call.due_at),
    )


def access_unresolved(actor: Actor, unresolved_id: UUID) -> Unresolved:
    """The unresolved thing if `actor` may see it; refuses with `not_found`, `not_allowed`."""
    row = _unresolved().filter(pk=unresolved_id).first()
    if row is None:
        raise NotFound
    refusal = policies.may_see_unresolved(actor, row)
    if refusal is not None:
        raise refusal
    return row


def list_unresolved(
    actor: Actor, state: UnresolvedState | None = None, *, overdue: bool = False
) -> list[Unresolved]:
    refusal = policies.may_list_unresolved(actor)
    if refusal is not None:
        raise refusal
    rows = _unresolved().filter(bureau_id=actor.scope)
    if state is not None:
        rows = rows.filter(state=state.value)
    if overdue:
        rows = rows.filter(due_at__lt=clock.now()).exclude(state=UnresolvedState.CLOSED.value)
    return sorted(
        rows.order_by("-registered_at")[:LIMIT],
        key=lambda row: (row.state == UnresolvedState.CLOSED.value, row.due_at),
    )


def access_sample(actor: Actor, sample_id: UUID) -> SupervisorSample:
    """The draw if `actor` may see it; refuses with `not_found`, `not_allowed`."""
    sample = SupervisorSample.objects.select_related("drawn_by").filter(pk=sample_id).first()
    if sample is None:
        raise NotFound
    refusal = policies.may_see_sample(actor, sample)
    if refusal is not None:
        raise refusal
    return sample


def list_samples(actor: Actor) -> list[SupervisorSample]:
    refusal = policies.may_list_samples(actor)
    if refusal is not None:
        raise refusal
    rows = SupervisorSample.objects.select_related("drawn_by").filter(bureau_id=actor.scope)
    return list(rows.order_by("-drawn_at")[:LIMIT])


def cases_of(sample: SupervisorSample) -> list[SampledCase]:
    return list(sample.cases.select_related("checked_by").order_by("position"))


def _unresolved() -> QuerySet[Unresolved]:
    return Unresolved.objects.select_related(
        "bureau",
        "registered_by",
        "proposed_by",
        "assigned_by",
        "replied_by",
        "closed_by",
        "extended_by",
    )


def contacts_of(rows: list[FollowUp]) -> dict[UUID, tuple[str, str]]:
    """Name and number to call, by the id of the follow-up."""
    subjects = {row.subject for row in rows}
    found = {
        one.pk: (one.contact_name, one.phone) for one in Delegation.objects.filter(pk__in=subjects)
    }
    for one in Inspection.objects.select_related("case").filter(pk__in=subjects - found.keys()):
        found[one.pk] = (one.case.contact_name, one.case.contact_phone)
    return {row.pk: found.get(row.subject, ("", "")) for row in rows}
