"""受理 办理 送达 归档 上报 回访, and the two ways out: what moves a delegation on."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, hashing, journal, workflow
from fieldsvc.kernel.errors import StaleVersion
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.catalog import selectors as catalog
from inspections.catalog.selectors import Guide
from inspections.delegation import policies, rules
from inspections.delegation.errors import (
    DelegateFixed,
    DelegateUnknown,
    DelegationClosed,
    DelegationInvalid,
    DocumentsNotReturned,
    PlaceKnown,
    PlaceNeeded,
    StepsOpen,
)
from inspections.delegation.models import Delegation
from inspections.delegation.services.common import facts, locked, move, system, wanted_reason
from inspections.delegation.services.mandates import end_mandates
from inspections.delegation.services.visits import (
    give_up_visit,
    needs_visit,
    request_visit,
    visit_of,
)
from inspections.delegation.states import AT_HAND, OPEN_STATES, DelegationState, StepState
from inspections.dispatch.states import VisitState
from inspections.people.models import Staff
from inspections.people.rules import is_place
from inspections.people.states import Role

_TAKEN = frozenset({"ACCEPTED", "EN_ROUTE", "ARRIVED", "DONE"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go, in WGS-84 degrees."""

    longitude: float
    latitude: float


def guides_of(delegation: Delegation) -> list[Guide]:
    """The guides of its items, each as it stood at registration."""
    return [catalog.get_guide(code, delegation.guides[code]) for code in delegation.items]


@transaction.atomic
def accept(
    delegation_id: UUID, version: int, *, actor: Actor, place: Place | None = None
) -> Delegation:
    """受理: take the wish on. Asks for the visit if the place was not known until now.

    Refuses with `place_needed` when somebody has to go and nobody knows where, `stale_version`,
    `transition_refused`, `not_allowed`. Journal: `delegation.accepted`, `visit.requested`.
    """
    delegation = _run(delegation_id, version, actor)
    if place is not None:
        delegation.longitude, delegation.latitude = place.longitude, place.latitude
    if delegation.longitude is None and delegation.channel not in AT_HAND:
        raise PlaceNeeded
    move(delegation, "accept", "delegation.accepted", actor=actor)
    if delegation.longitude is not None and delegation.visit is None:
        request_visit(delegation, guides_of(delegation), actor=actor)
    return delegation


@transaction.atomic
def locate(delegation_id: UUID, version: int, place: Place, *, actor: Actor) -> Delegation:
    """Say where to go when nobody could at registration; the visit is asked for at once.

    A suspended one is sent for when it is resumed. Refuses with `place_known`,
    `delegation_invalid` (longitude), `delegation_closed`, `stale_version`, `not_allowed`.
    Journal: `delegation.located`, `visit.requested`.
    """
    delegation = _run(delegation_id, version, actor)
    if delegation.state not in OPEN_STATES:
        raise DelegationClosed
    if delegation.longitude is not None:
        raise PlaceKnown
    if not is_place(place.longitude, place.latitude):
        raise DelegationInvalid({"longitude": "请在地图上标出上门地点"})
    delegation.longitude, delegation.latitude = place.longitude, place.latitude
    workflow.save_fields(delegation, "longitude", "latitude")
    suspended = delegation.state == DelegationState.SUSPENDED.value
    if not suspended and needs_visit(delegation):
        request_visit(delegation, guides_of(delegation), actor=actor)
    journal.append(
        delegation.stream,
        "delegation.located",
        actor=actor,
        data=facts(delegation),
        private={"place": f"{place.longitude},{place.latitude}"},
    )
    return delegation


@transaction.atomic
def call_back(delegation_id: UUID, version: int, *, actor: Actor) -> Delegation:
    """Note that the applicant was reached: the response clock stops. A second time changes nothing.

    Journal: `delegation.called_back` {late}.
    """
    delegation = _run(delegation_id, version, actor)
    if delegation.called_back_at:
        return delegation
    now = clock.now()
    delegation.called_back_at = now
    workflow.save_fields(delegation, "called_back_at")
    late = bool(delegation.callback_due_at and now > delegation.callback_due_at)
    journal.append(
        delegation.stream,
        "delegation.called_back",
        actor=actor,
        data=facts(delegation, late=late),
    )
    return delegation


@transaction.atomic
def suspend(delegation_id: UUID, version: int, reason: str, *, actor: Actor) -> Delegation:
    """中止: the completion clock stands still until it is resumed; the visit is given up.

    Refuses with `reason_needed`, `transition_refused`. Journal: `delegation.suspended`.
    """
    delegation = _run(delegation_id, version, actor)
    halt(delegation, wanted_reason(reason), "REQUESTED", actor=actor)
    return delegation


def halt(delegation: Delegation, reason: str, cause: str, *, actor: Actor) -> None:
    """Suspend a delegation the caller holds locked; `cause` is a code."""
    give_up_visit(delegation, "SUSPENDED", actor=actor)
    before = delegation.state
    move(
        delegation,
        lambda: delegation.suspend(at=clock.now(), resumes_to=before),
        "delegation.suspended",
        actor=actor,
        reason=reason,
        cause=cause,
    )


@transaction.atomic
def resume(delegation_id: UUID, version: int, *, actor: Actor) -> Delegation:
    """续办: go on where it was suspended, the due date later by the working time of the pause.

    Asks for a new visit when the old one was given up. Journal: `delegation.resumed` {due_at}.
    """
    delegation = _run(delegation_id, version, actor)
    since, now = delegation.suspended_at or clock.now(), clock.now()
    calendar = catalog.calendar_of(delegation.bureau_id)
    left = calendar.working_minutes_between(since, delegation.due_at)
    due = calendar.add_working_minutes(now, left)
    handling = delegation.resumes_to == DelegationState.HANDLING.value
    resumed = delegation.resume_handling if handling else delegation.resume_accepted
    delegation.calendar_version, delegation.provisional = due.calendar_version, due.provisional
    delegation.window_from = delegation.window_until = None
    move(
        delegation,
        lambda: resumed(due_at=max(due.at, delegation.due_at)),
        "delegation.resumed",
        actor=actor,
        due_at=clock.iso(max(due.at, delegation.due_at)),
        paused_from=clock.iso(since),
        calendar_version=due.calendar_version,
    )
    workflow.save_fields(
        delegation, "calendar_version", "provisional", "window_from", "window_until"
    )
    if delegation.longitude is not None and needs_visit(delegation):
        request_visit(delegation, guides_of(delegation), actor=actor)
    return delegation


@transaction.atomic
def terminate(delegation_id: UUID, version: int, reason: str, *, actor: Actor) -> Delegation:
    """终止: nothing more is done; visit and mandate end with it. Refuses with `reason_needed`.

    Journal: `delegation.terminated`, `mandate.revoked`, `visit.cancelled`.
    """
    delegation = _run(delegation_id, version, actor)
    text = wanted_reason(reason)
    give_up_visit(delegation, "TERMINATED", actor=actor)
    end_mandates(delegation, "TERMINATED", "", actor=actor)
    move(
        delegation,
        lambda: delegation.terminate(at=clock.now()),
        "delegation.terminated",
        actor=actor,
        reason=text,
    )
    return delegation


@transaction.atomic
def deliver(delegation_id: UUID, version: int, *, actor: Actor) -> Delegation:
    """送达: the result is in the applicant's hands; the completion clock stops.

    Refuses with `steps_open` (fields.steps) while a step is open. Journal: `delegation.delivered`
    {late, trips, minutes}.
    """
    delegation = _run(delegation_id, version, actor)
    still = [step for step in delegation.steps.all() if step.state == StepState.OPEN.value]
    if still:
        steps: list[JSONValue] = [
            {"id": str(step.pk), "item": step.item, "title": step.title} for step in still
        ]
        raise StepsOpen({"steps": steps})
    if delegation.state == DelegationState.ACCEPTED.value:
        move(delegation, "handle", "delegation.handling", actor=actor)
    now = clock.now()
    calendar = catalog.calendar_of(delegation.bureau_id, delegation.calendar_version or None)
    move(
        delegation,
        lambda: delegation.deliver(at=now),
        "delegation.delivered",
        actor=actor,
        late=now > delegation.due_at,
        due_at=clock.iso(delegation.due_at),
        staff=str(delegation.staff_id) if delegation.staff_id else None,
        trips=trips_of(delegation),
        working_minutes=calendar.working_minutes_between(delegation.registered_at, now),
        elapsed_minutes=int((now - delegation.registered_at).total_seconds() // 60),
    )
    return delegation


@transaction.atomic
def put_on_file(delegation_id: UUID, version: int, *, actor: Actor) -> Delegation:
    """归档: nothing is added any more; the entry states what the file holds.

    Refuses with `documents_not_returned` (fields.documents) while the bureau keeps an original.
    Journal: `delegation.archived` {evidence, evidence_sha256, journal_length, journal_head}.
    """
    delegation = _run(delegation_id, version, actor)
    rows = delegation.hand_overs.filter(original=True)
    held = rules.still_held((row.title, row.direction, row.copies) for row in rows)
    if held:
        documents: list[JSONValue] = [
            {"title": title, "copies": copies} for title, copies in held.items()
        ]
        raise DocumentsNotReturned({"documents": documents})
    pieces = list(delegation.dossier.items.order_by("number").values_list("sha256", flat=True))
    head = journal.head(delegation.stream)
    move(
        delegation,
        "put_on_file",
        "delegation.archived",
        actor=actor,
        evidence=len(pieces),
        evidence_sha256=hashing.sha256_hex("\n".join(pieces).encode()),
        journal_length=head.length,
        journal_head=head.digest,
    )
    return delegation


@transaction.atomic
def report_up(delegation_id: UUID, version: int, *, actor: Actor) -> Delegation:
    """上报: the finished work is in the bureau's figures. Journal: `delegation.reported`.

    A follow-up that was done before moves it on at once (`delegation.followed_up`).
    """
    delegation = _run(delegation_id, version, actor)
    move(delegation, "report_up", "delegation.reported", actor=actor)
    if delegation.followed_up_at:
        move(delegation, "follow_up", "delegation.followed_up", actor=system(delegation))
    return delegation


@transaction.atomic
def note_followed_up(delegation_id: UUID, *, actor: Actor) -> None:
    """回访 was done: the last step, as soon as the others are. A second time changes nothing."""
    delegation = locked(delegation_id)
    if delegation.followed_up_at:
        return
    delegation.followed_up_at = clock.now()
    workflow.save_fields(delegation, "followed_up_at")
    if delegation.state == DelegationState.REPORTED.value:
        move(delegation, "follow_up", "delegation.followed_up", actor=actor)


@transaction.atomic
def choose_delegate(delegation_id: UUID, staff_id: UUID | None, *, actor: Actor) -> Delegation:
    """Let the applicant (a firm) or the desk say who shall come; None takes the wish back.

    The visit is asked for anew with the wish. Refuses with `delegate_unknown`, `delegate_fixed`
    once an order is accepted, `not_allowed` for a person choosing. Journal:
    `delegation.delegate_chosen`.
    """
    delegation = locked(delegation_id)
    refusal = policies.may_choose(actor, delegation)
    if refusal is not None:
        raise refusal
    if staff_id is not None and not _may_be_chosen(staff_id, delegation):
        raise DelegateUnknown({"wanted_staff": "没有这位代办专员"})
    visit = visit_of(delegation)
    if delegation.staff_id or (visit is not None and visit.state in _TAKEN):
        raise DelegateFixed
    if visit is not None and visit.state != VisitState.CANCELLED.value:
        give_up_visit(delegation, "DELEGATE_CHOSEN", actor=actor)
    delegation.wanted_staff_id = staff_id
    workflow.save_fields(delegation, "wanted_staff")
    journal.append(
        delegation.stream,
        "delegation.delegate_chosen",
        actor=actor,
        data=facts(delegation, staff=str(staff_id) if staff_id else None),
    )
    if visit is not None:
        request_visit(delegation, guides_of(delegation), actor=actor)
    return delegation


def trips_of(delegation: Delegation) -> int:
    """How often somebody stood at the applicant's door."""
    kinds = ["order.arrived"]
    return journal.entries(delegation.stream).filter(kind__in=kinds).count()


def _may_be_chosen(staff_id: UUID, delegation: Delegation) -> bool:
    staff = Staff.objects.filter(
        pk=staff_id, bureau_id=delegation.bureau_id, is_active=True
    ).first()
    return staff is not None and (staff.has_role(Role.DELEGATE) or staff.has_role(Role.LIAISON))


def _run(delegation_id: UUID, version: int, actor: Actor) -> Delegation:
    delegation = locked(delegation_id)
    refusal = policies.may_run(actor, delegation)
    if refusal is not None:
        raise refusal
    if delegation.version != version:
        raise StaleVersion({"version": delegation.version})
    return delegation
