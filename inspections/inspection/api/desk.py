"""The inspectors' side."""

from dataclasses import asdict
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor
from fieldsvc.kernel.masking import mask_phone
from inspections.bookings.selectors import label_of
from inspections.catalog.selectors import service_item_title
from inspections.evidence.models import EvidenceItem
from inspections.evidence.selectors import challenges
from inspections.evidence.states import Purpose
from inspections.inspection import policies, selectors, services
from inspections.inspection.api import present
from inspections.inspection.api.schemas import (
    BlockerOut,
    ComputedOut,
    ConcludeIn,
    ConsentAnswerOut,
    DeskCase,
    DeskItem,
    DeskRow,
    FindingIn,
    FindingOut,
    InspectionOut,
    InspectorOut,
    OpinionIn,
    PlaceOut,
    RectificationOut,
    SiteIn,
    TicketOut,
    TodayOut,
    TransferIn,
    WordsOut,
)
from inspections.inspection.models import Inspection
from inspections.inspection.rules import DEFAULT_RECTIFICATION_DAYS, Blocker
from inspections.inspection.services import Conclusion, Judgement
from inspections.inspection.states import InspectionState, Mode, TransferReason
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of, get_staff
from signaling import rooms
from signaling.models import Room
from signaling.rooms import LobbyState

router = Router(tags=["desk"], auth=staff_auth)


@router.get("/desk/today", response=TodayOut)
def today(request: HttpRequest) -> TodayOut:
    actor = actor_of(request)
    found = selectors.today(actor)
    following = selectors.upcoming(actor)
    lobby = rooms.lobby([one.room for one in (*found, *([following] if following else []))])
    return TodayOut(
        now=clock.now(),
        items=[_row(one, lobby[one.room], actor) for one in found],
        next=_row(following, lobby[following.room], actor) if following else None,
    )


@router.get("/inspections/{inspection_id}", response=InspectionOut)
def inspection(request: HttpRequest, inspection_id: UUID) -> InspectionOut:
    return _out(actor_of(request), inspection_id)


@router.post("/inspections/{inspection_id}/ticket", response=TicketOut)
@idempotent
def ticket(request: HttpRequest, inspection_id: UUID) -> TicketOut:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    return TicketOut(ticket=services.inspector_ticket(wanted, actor=actor))


@router.put("/inspections/{inspection_id}/findings/{item}", response=FindingOut)
@idempotent
def record_finding(
    request: HttpRequest, inspection_id: UUID, item: str, body: FindingIn
) -> FindingOut:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    judgement = Judgement(body.result, body.version, body.note, body.measured, tuple(body.evidence))
    return present.finding_out(services.record_finding(wanted, item, judgement, actor=actor))


@router.post("/inspections/{inspection_id}/conclude", response=InspectionOut)
@idempotent
def conclude(request: HttpRequest, inspection_id: UUID, body: ConcludeIn) -> InspectionOut:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    days = body.rectification_days or DEFAULT_RECTIFICATION_DAYS
    services.conclude(wanted, Conclusion(body.version, days, body.opinion), actor=actor)
    return _out(actor, inspection_id)


@router.post("/inspections/{inspection_id}/transfer", response=InspectionOut)
@idempotent
def transfer(request: HttpRequest, inspection_id: UUID, body: TransferIn) -> InspectionOut:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    services.transfer(wanted.pk, TransferReason.INSPECTOR_DECIDED, body.reason, actor=actor)
    return _out(actor, inspection_id)


@router.put("/inspections/{inspection_id}/site", response=InspectionOut)
@idempotent
def locate(request: HttpRequest, inspection_id: UUID, body: SiteIn) -> InspectionOut:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    services.locate(wanted.pk, (body.longitude, body.latitude), actor=actor)
    return _out(actor, inspection_id)


@router.get("/rectifications/{rectification_id}", response=RectificationOut)
def rectification(request: HttpRequest, rectification_id: UUID) -> RectificationOut | None:
    return _rectification(actor_of(request), rectification_id)


@router.post("/rectifications/{rectification_id}/items/{item}/accept", response=RectificationOut)
@idempotent
def accept_item(
    request: HttpRequest, rectification_id: UUID, item: str, body: OpinionIn
) -> RectificationOut | None:
    actor = actor_of(request)
    wanted = selectors.access_rectification(actor, rectification_id)
    services.accept_item(wanted, item, body.opinion, by=get_staff(actor), actor=actor)
    return _rectification(actor, rectification_id)


@router.post("/rectifications/{rectification_id}/items/{item}/return", response=RectificationOut)
@idempotent
def return_item(
    request: HttpRequest, rectification_id: UUID, item: str, body: OpinionIn
) -> RectificationOut | None:
    actor = actor_of(request)
    wanted = selectors.access_rectification(actor, rectification_id)
    services.return_item(wanted, item, body.opinion, by=get_staff(actor), actor=actor)
    return _rectification(actor, rectification_id)


def _rectification(actor: Actor, rectification_id: UUID) -> RectificationOut | None:
    row = selectors.access_rectification(actor, rectification_id)
    whole = selectors.access_inspection(actor, row.inspection_id)
    return present.rectification_out(whole, "desk")


def _row(row: Inspection, lobby: LobbyState, actor: Actor) -> DeskRow:
    due = getattr(row, "rectification", None)
    return DeskRow(
        id=row.pk,
        number=row.number,
        case_number=row.case.number,
        service_item_title=service_item_title(row.case.service_item),
        premises_name=row.case.premises_name,
        starts_at=row.starts_at,
        label=label_of(row.starts_at),
        state=row.state,
        state_label=InspectionState(row.state).label,
        lobby=lobby.state.value,
        waiting_since=lobby.waiting_since,
        mine=policies.is_assigned(actor, row),
        inspectors=_inspectors(row),
        rectification=due.state if due else None,
        rectification_id=due.pk if due else None,
    )


def _out(actor: Actor, inspection_id: UUID) -> InspectionOut:
    row = selectors.access_inspection(actor, inspection_id)
    pieces = list(row.dossier.items.order_by("number"))
    opening, closing = selectors.spoken_words(row)
    head = journal.head(row.stream)
    return InspectionOut(
        id=row.pk,
        number=row.number,
        version=row.version,
        head=head.length,
        dossier_head=head.digest,
        state=row.state,
        state_label=InspectionState(row.state).label,
        mode=Mode(row.mode).value,
        round=row.round,
        room=row.room,
        case=_case(row),
        bureau=present.bureau_out(row.bureau),
        appointment=present.appointment_ref(row.appointment) if row.appointment else None,
        template=present.template_out(row),
        items=_items(row, pieces),
        inspectors=_inspectors(row),
        place=_place(row),
        consent=_consent(row),
        words=WordsOut(opening=opening, closing=closing),
        outcome=present.outcome_out(row),
        computed=_computed(row),
        opinion=row.opinion,
        on_site=present.on_site_out(row, "desk"),
        rectification=present.rectification_out(row, "desk"),
        dossier_sealed=row.dossier.is_sealed,
        challenges=[present.challenge_out(one) for one in challenges(row.dossier)],
        abilities=policies.abilities(actor, row),
    )


def _case(row: Inspection) -> DeskCase:
    case = row.case
    return DeskCase(
        number=case.number,
        service_item=case.service_item,
        service_item_title=service_item_title(case.service_item),
        applicant_name=case.applicant_name,
        credit_code=case.credit_code,
        premises_name=case.premises_name,
        address=case.address,
        contact_name=case.contact_name,
        contact_phone=mask_phone(case.contact_phone),
    )


def _items(row: Inspection, pieces: list[EvidenceItem]) -> list[DeskItem]:
    known = selectors.findings_by_item(row)
    said = present.pre_survey_out(row, pieces, "desk").items
    stills = present.pictures_by_item(pieces, Purpose.STILL, "desk")
    unproved = selectors.unproved_items(row)
    return [
        DeskItem(
            **item.to_json(),
            finding=present.finding_out(known[item.code]) if item.code in known else None,
            blocker=_blocker(unproved.get(item.code)),
            pre_survey=said.get(item.code),
            pictures=stills.get(item.code, []),
        )
        for item in selectors.template_of(row).items
    ]


def _blocker(found: Blocker | None) -> BlockerOut | None:
    return BlockerOut(code=found.code, text=found.text) if found else None


def _inspectors(row: Inspection) -> list[InspectorOut]:
    online = {one.subject for one in rooms.presence(Room.objects.get(pk=row.room)) if one.online}
    return [
        present.inspector_out(staff, present=str(staff.pk) in online)
        for staff in selectors.assigned_staff(row)
    ]


def _place(row: Inspection) -> PlaceOut | None:
    place = row.places.last()
    if place is None:
        return None
    return PlaceOut(
        longitude=place.longitude,
        latitude=place.latitude,
        accuracy_m=place.accuracy_m,
        denied=place.denied,
        distance_m=selectors.distance_of(row, place),
        reported_at=place.reported_at,
    )


def _consent(row: Inspection) -> ConsentAnswerOut | None:
    consent = getattr(row, "consent", None)
    return ConsentAnswerOut.from_orm(consent) if consent else None


def _computed(row: Inspection) -> ComputedOut:
    verdict = selectors.compute(row)
    return ComputedOut(
        verdict=verdict.verdict.value if verdict.verdict else None,
        label=verdict.verdict.label if verdict.verdict else "未判完",
        reason=verdict.reason,
        blank=verdict.counts.blank,
        counts=asdict(verdict.counts),
    )
