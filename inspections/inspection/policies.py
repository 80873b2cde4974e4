"""Who may do what with an inspection; the same answers go to the client as `abilities`."""

from fieldsvc.kernel.errors import NotAllowed, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.inspection.errors import InspectionNotBegun, InspectionOver, NotOnSite
from inspections.inspection.models import Inspection
from inspections.inspection.states import InspectionState, RectificationState
from inspections.people.states import Role

OPEN_STATES = {InspectionState.SCHEDULED.value, InspectionState.IN_PROGRESS.value}


def may_read(actor: Actor, inspection: Inspection) -> bool:
    """Assigned inspectors, HEAD and AUDITOR of the bureau, and the applicant of the case."""
    if actor.kind == "applicant":
        return actor.id == str(inspection.case_id)
    if actor.kind != "staff" or actor.scope != str(inspection.bureau_id):
        return False
    return bool({Role.HEAD.value, Role.AUDITOR.value} & actor.roles) or is_assigned(
        actor, inspection
    )


def is_assigned(actor: Actor, inspection: Inspection) -> bool:
    return actor.kind == "staff" and any(
        str(one.staff_id) == actor.id for one in inspection.assignments.all()
    )


def may_enter(actor: Actor, inspection: Inspection) -> Refusal | None:
    """Entry of an inspector: until the record is issued the room is needed."""
    if not is_assigned(actor, inspection):
        return NotAllowed()
    if inspection.record_issued_at or inspection.state == InspectionState.TRANSFERRED.value:
        return InspectionOver()
    return None


def may_find(actor: Actor, inspection: Inspection) -> Refusal | None:
    """Recording findings and concluding: an assigned inspector while the inspection runs."""
    if not is_assigned(actor, inspection):
        return NotAllowed()
    if inspection.state == InspectionState.SCHEDULED.value:
        return InspectionNotBegun()
    if inspection.state != InspectionState.IN_PROGRESS.value:
        return InspectionOver()
    return None


def may_transfer(actor: Actor, inspection: Inspection) -> Refusal | None:
    """An assigned inspector at any time, the applicant until the inspection has begun: refusing
    the remote mode must not need a reason, leaving half an inspection is the inspector's call."""
    own = actor.kind == "applicant" and actor.id == str(inspection.case_id)
    if not own and not is_assigned(actor, inspection):
        return NotAllowed()
    if inspection.state not in OPEN_STATES:
        return InspectionOver()
    return NotAllowed() if own and inspection.state != InspectionState.SCHEDULED.value else None


def may_locate(actor: Actor, inspection: Inspection) -> Refusal | None:
    """Saying where the place is: an assigned inspector, or the head who arranges the visit."""
    ours = actor.kind == "staff" and actor.scope == str(inspection.bureau_id)
    if not is_assigned(actor, inspection) and not (ours and Role.HEAD.value in actor.roles):
        return NotAllowed()
    return None if inspection.goes_on_site else NotOnSite()


def may_decide_rectification(actor: Actor, inspection: Inspection) -> Refusal | None:
    return None if is_assigned(actor, inspection) else NotAllowed()


def abilities(actor: Actor, inspection: Inspection) -> list[str]:
    """What this actor could do now, by name; sent to the client as it is."""
    if actor.kind == "applicant":
        return _applicant_abilities(inspection)
    checks = {
        "room.enter": may_enter(actor, inspection),
        "finding.record": may_find(actor, inspection),
        "inspection.conclude": may_find(actor, inspection),
        "inspection.transfer": may_transfer(actor, inspection),
        "site.locate": may_locate(actor, inspection),
        "rectification.decide": _rectification_refusal(actor, inspection),
    }
    found = [name for name, refusal in checks.items() if refusal is None]
    if (
        is_assigned(actor, inspection)
        and inspection.state == InspectionState.CONCLUDED.value
        and not inspection.record_issued_at
    ):
        found.append("record.sign")
    return found


def _applicant_abilities(inspection: Inspection) -> list[str]:
    found = []
    consent = getattr(inspection, "consent", None)
    if inspection.state in OPEN_STATES:
        if inspection.state == InspectionState.SCHEDULED.value:
            found.extend(["pre_survey.save", "inspection.transfer"])
        found.append("room.enter" if consent is not None else "consent.answer")
        found.append("still.upload")
    if inspection.state == InspectionState.CONCLUDED.value and not inspection.record_issued_at:
        found.extend(["room.enter", "record.sign"])
    rectification = getattr(inspection, "rectification", None)
    if (
        rectification is not None
        and rectification.dossier_id
        and rectification.state
        in {RectificationState.ORDERED.value, RectificationState.RETURNED.value}
    ):
        found.append("rectification.upload")
    return found


def _rectification_refusal(actor: Actor, inspection: Inspection) -> Refusal | None:
    rectification = getattr(inspection, "rectification", None)
    if rectification is None or rectification.state != RectificationState.SUBMITTED.value:
        return InspectionOver()
    return may_decide_rectification(actor, inspection)
