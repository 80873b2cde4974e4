"""Going on at the place itself: a visit with what is still open, and nothing else."""

from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, journal
from inspections.catalog.selectors import TemplateItem, calendar_of, service_item_title
from inspections.catalog.states import Result
from inspections.dispatch import services as dispatch
from inspections.dispatch.selectors import visits_of
from inspections.dispatch.shapes import NewVisit
from inspections.dispatch.states import VisitKind
from inspections.inspection import rules, selectors
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import findings_by_item
from inspections.inspection.services.common import facts, locked, system
from inspections.inspection.states import InspectionState
from inspections.people.states import Skill

# What was judged remotely stays judged; only these travel on.
_OPEN = frozenset({"", Result.UNDETERMINED.value})


def open_items(inspection: Inspection) -> list[TemplateItem]:
    """The items nobody has judged, and those that could not be judged remotely."""
    known = findings_by_item(inspection)
    return [
        item
        for item in selectors.template_of(inspection).items
        if item.code not in known or known[item.code].result in _OPEN
    ]


@transaction.atomic
def request_visit(inspection_id: UUID) -> None:
    """Ask dispatch for the on-site visit of a transferred inspection, once.

    Title and note name the open items only; the entries stand in the case's stream, because the
    dossier's may be closed. Without a place nobody can be sent: the desk then finds
    `visit.place_missing` in the case's history. Journal: `visit.requested`.
    """
    inspection = locked(inspection_id)
    if inspection.state != InspectionState.TRANSFERRED.value or visits_of(inspection.pk):
        return
    case, actor = inspection.case, system(inspection)
    if case.longitude is None or case.latitude is None:
        journal.append(case.stream, "visit.place_missing", actor=actor, data=facts(inspection))
        return
    items, now = open_items(inspection), clock.now()
    due = calendar_of(inspection.bureau_id).add_working_days(now, rules.ON_SITE_DAYS)
    dispatch.request_visit(
        NewVisit(
            bureau_id=inspection.bureau_id,
            stream=case.stream,
            subject=inspection.pk,
            kind=VisitKind.INSPECTION,
            title=f"{service_item_title(case.service_item)} 现场勘验，待核 {len(items)} 项",
            place=(case.longitude, case.latitude),
            minutes=rules.on_site_minutes(len(items)),
            window_from=now,
            window_until=due.at,
            contact_name=case.contact_name,
            contact_phone=case.contact_phone,
            address=case.address,
            note=rules.on_site_note([f"{item.code} {item.title}" for item in items]),
            case_label=inspection.number,
            skills=frozenset({Skill.INSPECTION.value}),
            priority=rules.ON_SITE_PRIORITY,
        ),
        actor=actor,
    )
