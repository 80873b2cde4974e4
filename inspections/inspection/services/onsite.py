"""Going on at the place itself: a visit with what is still open, and nothing else."""

from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import Actor
from inspections.bookings import services as bookings
from inspections.cases import services as cases
from inspections.cases.states import CaseState
from inspections.catalog.selectors import TemplateItem, calendar_of, service_item_title
from inspections.dispatch import services as dispatch
from inspections.dispatch.selectors import visits_of
from inspections.dispatch.shapes import NewVisit, Point
from inspections.dispatch.states import VisitKind
from inspections.inspection import policies, rules, selectors
from inspections.inspection.models import Inspection
from inspections.inspection.services.common import facts, locked, system
from inspections.people.states import Skill


@transaction.atomic
def request_visit(inspection_id: UUID) -> None:
    """Ask dispatch for the on-site visit of an inspection that goes on at the place, once.

    Title and note name the open items only; the entries stand in the case's stream, because the
    dossier's may be closed. Without a place nobody can be sent: the desk is told by
    `visit.place_missing` and sets it by `locate`. Journal: `visit.requested`.
    """
    inspection = locked(inspection_id)
    if not inspection.goes_on_site or visits_of(inspection.pk):
        return
    case, actor = inspection.case, system(inspection)
    if case.longitude is None or case.latitude is None:
        journal.append(case.stream, "visit.place_missing", actor=actor, data=facts(inspection))
        return
    _request(inspection, (case.longitude, case.latitude), actor)


@transaction.atomic
def locate(inspection_id: UUID, place: Point, *, actor: Actor) -> None:
    """Say where the place is that the case gave no coordinates for; the visit is asked for at once.

    A second time changes nothing: from then on the visit is the dispatcher's. Refuses with
    `not_allowed`, `not_on_site`, `invalid` (place). Journal: `visit.requested`.
    """
    inspection = locked(inspection_id)
    refusal = policies.may_locate(actor, inspection)
    if refusal is not None:
        raise refusal
    if not visits_of(inspection.pk):
        _request(inspection, place, actor)


@transaction.atomic
def return_to_video(inspection_id: UUID) -> None:
    """Let the applicant book a video call after all, because nobody is sent any more.

    The transferred inspection stays as it is; the next appointment makes a new one. A second time
    changes nothing. Journal: `booking.cancelled` (an appointment left over), `case.reopened`,
    which the applicant is invited by.
    """
    inspection = locked(inspection_id)
    case, actor = inspection.case, system(inspection)
    if not inspection.may_return_to_video or case.state != CaseState.TRANSFERRED.value:
        return
    bookings.give_up(case, reason="video", actor=actor)
    cases.mark_reopened(case, actor=actor)


def _request(inspection: Inspection, place: Point, actor: Actor) -> None:
    case, now = inspection.case, clock.now()
    items = selectors.open_items(inspection)
    due = calendar_of(inspection.bureau_id).add_working_days(now, rules.ON_SITE_DAYS)
    dispatch.request_visit(
        NewVisit(
            bureau_id=inspection.bureau_id,
            stream=case.stream,
            subject=inspection.pk,
            kind=VisitKind.INSPECTION,
            title=f"{service_item_title(case.service_item)} 现场勘验，待核 {len(items)} 项",
            place=place,
            minutes=rules.on_site_minutes(len(items)),
            window_from=now,
            window_until=due.at,
            contact_name=case.contact_name,
            contact_phone=case.contact_phone,
            address=case.address,
            note=_note(inspection, items),
            case_label=inspection.number,
            skills=frozenset({Skill.INSPECTION.value}),
            priority=rules.ON_SITE_PRIORITY,
            may_be_video=inspection.may_return_to_video,
        ),
        actor=actor,
    )


def _note(inspection: Inspection, items: list[TemplateItem]) -> str:
    names = [staff.name for staff in selectors.assigned_staff(inspection)]
    return rules.on_site_note([f"{item.code} {item.title}" for item in items], names)
