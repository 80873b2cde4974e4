"""The applicant's side."""

from datetime import datetime
from typing import Annotated, BinaryIO
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import AwareDatetime, Field

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.idempotency import idempotent
from inspections.cases.selectors import own_case
from inspections.catalog.selectors import current_consent, get_consent, service_item_title
from inspections.evidence.answers import handed_in
from inspections.evidence.selectors import open_challenge
from inspections.evidence.states import Purpose
from inspections.inspection import policies, selectors, services
from inspections.inspection.api import present
from inspections.inspection.api.proofs import ChallengeOut
from inspections.inspection.api.schemas import (
    ConsentIn,
    ConsentOut,
    FindingOut,
    JoinCase,
    JoinState,
    PlaceIn,
    PreSurveyIn,
    TicketOut,
    UploadedRef,
)
from inspections.inspection.models import Inspection
from inspections.inspection.selectors.progress import Progress
from inspections.inspection.services import ConsentAnswer, Place, Upload
from inspections.inspection.states import InspectionState, TransferReason
from inspections.people.auth import applicant_auth
from inspections.people.selectors import COOKIE, actor_of, find_session

router = Router(tags=["join"], auth=applicant_auth)


class EvidenceForm(Schema):
    """`upload` names a finished resumable upload in place of the file."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
    upload: UUID | None = None
    purpose: Annotated[str, Field(pattern="^(PRE_SURVEY|STILL|RECTIFICATION)$")]
    item: Annotated[str, Field(max_length=16)] = ""
    request: Annotated[str, Field(max_length=64)] = ""
    taken_at: AwareDatetime | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None


@router.get("/join/state", response=JoinState, by_alias=True)
def state(request: HttpRequest) -> JoinState:
    return _state(request)


@router.put("/join/pre-survey/{item}", response=JoinState)
@idempotent
def save_pre_survey_item(request: HttpRequest, item: str, body: PreSurveyIn) -> JoinState:
    actor = actor_of(request)
    services.save_pre_survey_item(
        selectors.access_own_inspection(actor), item, body.self_result, body.note, actor=actor
    )
    return _state(request)


@router.post("/join/pre-survey", response=JoinState)
@idempotent
def submit_pre_survey(request: HttpRequest) -> JoinState:
    actor = actor_of(request)
    services.submit_pre_survey(selectors.access_own_inspection(actor), actor=actor)
    return _state(request)


@router.post("/join/consent", response=JoinState)
@idempotent
def answer_consent(request: HttpRequest, body: ConsentIn) -> JoinState:
    actor = actor_of(request)
    answer = ConsentAnswer(
        body.accepted,
        body.sha256,
        body.location_accepted,
        request.headers.get("User-Agent", ""),
    )
    services.answer_consent(selectors.access_own_inspection(actor), answer, actor=actor)
    return _state(request)


@router.post("/join/transfer", response=JoinState)
@idempotent
def ask_for_a_visit(request: HttpRequest) -> JoinState:
    actor = actor_of(request)
    inspection = selectors.access_own_inspection(actor)
    services.transfer(inspection.pk, TransferReason.APPLICANT_ASKED, "", actor=actor)
    return _state(request)


@router.post("/join/ticket", response=TicketOut)
@idempotent
def ticket(request: HttpRequest) -> TicketOut:
    inspection = selectors.access_own_inspection(actor_of(request))
    session = find_session(request.COOKIES.get(COOKIE))
    holder = str(session.pk) if session else ""
    return TicketOut(ticket=services.applicant_ticket(inspection, holder=holder))


@router.put("/join/place", response={204: None})
@idempotent
def report_place(request: HttpRequest, body: PlaceIn) -> Status[None]:
    actor = actor_of(request)
    bare = body.longitude is None or body.latitude is None
    place = Place(body.longitude, body.latitude, body.accuracy_m, denied=body.denied or bare)
    services.report_place(selectors.access_own_inspection(actor), place, actor=actor)
    return Status(204, None)


@router.post("/join/evidence", response=UploadedRef)
@idempotent
def upload(
    request: HttpRequest, body: Form[EvidenceForm], file: File[UploadedFile | None] = None
) -> UploadedRef:
    actor = actor_of(request)
    with handed_in(file, body.upload, actor=actor) as bytes_of_it:
        wish = _wish(body, bytes_of_it)
        piece = services.admit_upload(selectors.access_own_inspection(actor), wish, actor=actor)
    return UploadedRef(
        **present.evidence_ref(piece, "join").model_dump(), receipt=present.receipt_out(piece)
    )


def _wish(body: EvidenceForm, file: BinaryIO) -> Upload:
    return Upload(
        file=file,
        sha256=body.sha256,
        purpose=Purpose(body.purpose),
        item=body.item,
        still_request=body.request,
        taken_at=body.taken_at,
        longitude=body.longitude,
        latitude=body.latitude,
    )


@router.post("/join/rectification", response=JoinState)
@idempotent
def submit_rectification(request: HttpRequest) -> JoinState:
    actor = actor_of(request)
    services.submit(selectors.own_rectification(actor), actor=actor)
    return _state(request)


def _state(request: HttpRequest) -> JoinState:
    actor = actor_of(request)
    progress = selectors.progress_of(own_case(actor))
    inspection, case = progress.inspection, progress.case
    pieces = list(inspection.dossier.items.order_by("number")) if inspection else []
    return JoinState(
        step=progress.step.value,
        head=journal.head(inspection.stream if inspection else case.stream).length,
        now=clock.now(),
        inspection=inspection.pk if inspection else None,
        case=JoinCase(
            number=case.number,
            service_item_title=service_item_title(case.service_item),
            premises_name=case.premises_name,
            address=case.address,
        ),
        bureau=present.bureau_out(case.bureau),
        appointment=(
            present.appointment_ref(progress.appointment) if progress.appointment else None
        ),
        room_opens_at=_opens_at(progress),
        inspectors=[
            present.inspector_out(staff, present=False)
            for staff in (selectors.assigned_staff(inspection) if inspection else [])
        ],
        template=present.template_out(inspection) if inspection else None,
        consent=_consent(inspection) if inspection else None,
        pre_survey=present.pre_survey_out(inspection, pieces, "join") if inspection else None,
        findings=_findings(inspection) if inspection else [],
        outcome=present.outcome_out(inspection) if inspection else None,
        on_site=present.on_site_out(inspection, "join") if inspection else None,
        rectification=present.rectification_out(inspection, "join") if inspection else None,
        challenge=_challenge(inspection) if inspection else None,
        abilities=policies.abilities(actor, inspection) if inspection else ["appointment.book"],
    )


def _findings(inspection: Inspection) -> list[FindingOut]:
    known = selectors.findings_by_item(inspection)
    return [present.finding_out(finding) for _, finding in sorted(known.items())]


def _challenge(inspection: Inspection) -> ChallengeOut | None:
    """What is to be read out now; once heard, or the verdict given, it leaves the screen."""
    if inspection.state != InspectionState.IN_PROGRESS.value:
        return None
    found = open_challenge(inspection.dossier)
    return present.challenge_out(found) if found else None


def _opens_at(progress: Progress) -> datetime | None:
    if progress.inspection is None or progress.appointment is None:
        return None
    return selectors.opens_at(progress.inspection)


def _consent(inspection: Inspection) -> ConsentOut:
    answer = getattr(inspection, "consent", None)
    text = get_consent(answer.text_version) if answer else current_consent()
    return ConsentOut(
        version=text.version,
        title=text.title,
        text=text.text,
        location_title=text.location_title,
        location_text=text.location_text,
        sha256=text.sha256,
        accepted=answer.accepted if answer else None,
        location_accepted=answer.location_accepted if answer else None,
    )
