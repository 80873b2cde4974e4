"""Rows as the shapes of the wire; no decision is taken here."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Literal

from inspections.bookings.models import Appointment
from inspections.bookings.selectors import label_of
from inspections.catalog.rules import reason_text
from inspections.catalog.states import Outcome, Result
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.dispatch.states import PLEDGED, VisitState
from inspections.evidence.models import Checkpoint, EvidenceItem
from inspections.evidence.selectors import Challenge, receipt_of, seen_at
from inspections.evidence.states import EvidenceKind, Grade, Purpose
from inspections.inspection.api.proofs import ChallengeOut, ReceiptOut, SignedCheckpoint
from inspections.inspection.api.schemas import (
    AppointmentRef,
    BureauOut,
    EvidenceRef,
    FindingOut,
    InspectorOut,
    OnSiteOut,
    OpenItemOut,
    OutcomeOut,
    PreSurveyItemOut,
    PreSurveyOut,
    RectificationItemOut,
    RectificationOut,
    SiteVisitOut,
    TemplateOut,
)
from inspections.inspection.models import Finding, Inspection
from inspections.inspection.rules import LEAST_INSPECTORS
from inspections.inspection.selectors import on_site_of, template_of
from inspections.inspection.states import RectificationState
from inspections.people.models import Bureau, Staff

Side = Literal["join", "desk"]
STAMPED = {EvidenceKind.STILL.value, EvidenceKind.PHOTO.value}
PICTURES = [EvidenceKind.STILL.value, EvidenceKind.PHOTO.value, EvidenceKind.CLIP.value]


def evidence_ref(piece: EvidenceItem, side: Side) -> EvidenceRef:
    """A picture cannot send a header, so the applicant's addresses say whose page asks."""
    entry = "&entry=join" if side == "join" else ""
    path = f"/api/evidence/{piece.id}/content"
    return EvidenceRef(
        id=piece.id,
        kind=piece.kind,
        grade=piece.grade,
        grade_label=Grade(piece.grade).label,
        sha256=piece.sha256,
        size=piece.size,
        width=piece.width,
        height=piece.height,
        media_type=piece.media_type,
        item=piece.item,
        admitted_at=piece.admitted_at,
        seen_at=seen_at(piece),
        number=piece.number,
        url=f"{path}?variant=thumb{entry}",
        view_url=f"{path}?variant=view{entry}",
        stamped_url=f"{path}?variant=stamped{entry}" if piece.kind in STAMPED else "",
        original_url=f"{path}?variant=original{entry}",
        seen_before=sorted({one.earlier.dossier.label for one in piece.sightings.all()})
        if side == "desk"
        else [],
    )


def challenge_out(found: Challenge) -> ChallengeOut:
    return ChallengeOut(
        checkpoint=found.checkpoint,
        code=found.code,
        shown_at=found.shown_at,
        spoken_at=found.spoken_at,
    )


def receipt_out(piece: EvidenceItem) -> ReceiptOut:
    found = receipt_of(piece)
    return ReceiptOut(
        sha256=found.sha256,
        number=found.number,
        stream_head=found.stream_head,
        at=found.at,
        checkpoint=_signed(found.checkpoint) if found.checkpoint else None,
    )


def _signed(point: Checkpoint) -> SignedCheckpoint:
    return SignedCheckpoint(
        number=point.number,
        at=point.at,
        body=b64encode(bytes(point.body)).decode("ascii"),
        signature=b64encode(bytes(point.signature)).decode("ascii"),
        certificate=point.certificate,
    )


def pictures_by_item(
    pieces: Iterable[EvidenceItem], purpose: Purpose, side: Side
) -> dict[str, list[EvidenceRef]]:
    found: dict[str, list[EvidenceRef]] = {}
    for piece in pieces:
        if piece.purpose == purpose.value and piece.kind in PICTURES:
            found.setdefault(piece.item, []).append(evidence_ref(piece, side))
    return found


def appointment_ref(appointment: Appointment) -> AppointmentRef:
    return AppointmentRef(
        id=appointment.pk,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        label=label_of(appointment.starts_at),
        state=appointment.state,
    )


def inspector_out(staff: Staff, *, present: bool) -> InspectorOut:
    return InspectorOut(
        id=staff.pk,
        name=staff.name,
        badge_number=staff.badge_number,
        unit=staff.unit,
        present=present,
    )


def bureau_out(bureau: Bureau) -> BureauOut:
    return BureauOut(name=bureau.name, phone=bureau.phone, address=bureau.address)


def template_out(inspection: Inspection) -> TemplateOut:
    return TemplateOut.model_validate(template_of(inspection).to_json())


def finding_out(finding: Finding) -> FindingOut:
    return FindingOut(
        item=finding.item,
        result=finding.result,
        result_label=Result(finding.result).label,
        note=finding.note,
        measured=finding.measured,
        evidence=[piece.pk for piece in finding.evidence.all()],
        decided_by=finding.decided_by.name,
        decided_at=finding.decided_at,
        version=finding.version,
    )


def pre_survey_out(
    inspection: Inspection, pieces: Iterable[EvidenceItem], side: Side
) -> PreSurveyOut:
    photos = pictures_by_item(pieces, Purpose.PRE_SURVEY, side)
    said = {row.item: row for row in inspection.pre_survey.items.all()}
    items = {
        code: PreSurveyItemOut(
            self_result=(said[code].self_result or None) if code in said else None,
            note=said[code].note if code in said else "",
            photos=photos.get(code, []),
        )
        for code in sorted({*said, *photos})
    }
    return PreSurveyOut(submitted=inspection.pre_survey.submitted_at is not None, items=items)


def outcome_out(inspection: Inspection) -> OutcomeOut | None:
    if not inspection.outcome:
        return None
    return OutcomeOut(
        verdict=inspection.outcome,
        label=Outcome(inspection.outcome).label,
        reason=reason_text(inspection.reason_code, inspection.counts),
    )


def on_site_out(inspection: Inspection, side: Side) -> OnSiteOut | None:
    found = on_site_of(inspection)
    if found is None:
        return None
    return OnSiteOut(
        inspectors_needed=LEAST_INSPECTORS,
        place_known=found.visit is not None or inspection.case.longitude is not None,
        items=[OpenItemOut(code=item.code, title=item.title) for item in found.items],
        visit=_site_visit(found.visit, found.order, side) if found.visit else None,
    )


def _site_visit(visit: Visit, order: DispatchOrder | None, side: Side) -> SiteVisitOut:
    pledged = order if order is not None and order.state in PLEDGED else None
    return SiteVisitOut(
        id=visit.pk,
        state=visit.state,
        state_label=VisitState(visit.state).label,
        requested_at=visit.requested_at,
        promised_from=visit.promised_from,
        promised_until=visit.promised_until,
        starts_at=pledged.starts_at if pledged else None,
        staff=pledged.staff.name if pledged else "",
        badge_number=pledged.staff.badge_number if pledged else "",
        code=pledged.code if pledged and side == "join" else "",
    )


def rectification_out(inspection: Inspection, side: Side) -> RectificationOut | None:
    row = getattr(inspection, "rectification", None)
    if row is None:
        return None
    pieces = row.dossier.items.order_by("number") if row.dossier is not None else []
    uploads = pictures_by_item(pieces, Purpose.RECTIFICATION, side)
    return RectificationOut(
        id=row.pk,
        state=row.state,
        state_label=RectificationState(row.state).label,
        deadline=row.deadline,
        open=row.dossier_id is not None,
        items=[
            RectificationItemOut(
                item=item.item,
                title=item.title,
                demand=item.demand,
                state=item.state,
                state_label=RectificationState(item.state).label,
                uploads=uploads.get(item.item, []),
                opinion=item.opinion,
            )
            for item in row.items.all()
        ],
    )
