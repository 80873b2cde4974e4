"""Shapes of an inspection on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from inspections.catalog.states import Result
from inspections.inspection.api.proofs import ChallengeOut, ReceiptOut
from inspections.inspection.states import SelfResult

Text500 = Annotated[str, Field(max_length=500)]


class EvidenceRef(Schema):
    id: UUID
    kind: str
    grade: str
    grade_label: str
    sha256: str
    size: int
    width: int | None
    height: int | None
    media_type: str
    item: str
    admitted_at: datetime
    # When it was before the camera, as near as is known.
    seen_at: datetime
    number: int
    url: str
    view_url: str
    # A derived copy with case, time and place burned in; empty for a clip.
    stamped_url: str
    original_url: str
    # Labels of other dossiers that hold a picture like this one; for the desk only.
    seen_before: list[str]


class UploadedRef(EvidenceRef):
    receipt: ReceiptOut


class AppointmentRef(Schema):
    id: UUID
    starts_at: datetime
    ends_at: datetime
    label: str
    state: str


class InspectorOut(Schema):
    id: UUID
    name: str
    badge_number: str
    unit: str
    present: bool = False


class ItemOut(Schema):
    code: str
    title: str
    criterion: str
    level: str
    level_label: str
    evidence: list[str]
    remote: str
    may_be_absent: bool
    basis: str
    to_confirm_locally: bool


class TemplateOut(Schema):
    code: str
    version: str
    title: str
    rule_text: str
    items: list[ItemOut]


class FindingOut(Schema):
    item: str
    result: str
    result_label: str
    note: str
    measured: str
    evidence: list[UUID]
    decided_by: str
    decided_at: datetime
    version: int


class PreSurveyItemOut(Schema):
    self_result: str | None
    note: str
    photos: list[EvidenceRef]


class PreSurveyOut(Schema):
    submitted: bool
    items: dict[str, PreSurveyItemOut]


class ConsentOut(Schema):
    version: str
    title: str
    text: str
    location_title: str
    location_text: str
    sha256: str
    accepted: bool | None
    location_accepted: bool | None


class OutcomeOut(Schema):
    verdict: str
    label: str
    reason: str


class RectificationItemOut(Schema):
    item: str
    title: str
    demand: str
    state: str
    state_label: str
    uploads: list[EvidenceRef]
    opinion: str


class RectificationOut(Schema):
    id: UUID
    state: str
    state_label: str
    deadline: datetime
    open: bool
    items: list[RectificationItemOut]


class OpenItemOut(Schema):
    code: str
    title: str


class SiteVisitOut(Schema):
    """`starts_at` and `staff` are told once somebody has given their word to come."""

    id: UUID
    state: str
    state_label: str
    requested_at: datetime
    promised_from: datetime | None
    promised_until: datetime | None
    starts_at: datetime | None
    staff: str
    badge_number: str
    # Six digits from departure on, for the applicant's page only.
    code: str


class OnSiteOut(Schema):
    """`visit` is None while nobody knows where the place is, or it was asked for just now."""

    inspectors_needed: int
    place_known: bool
    items: list[OpenItemOut]
    visit: SiteVisitOut | None


class JoinCase(Schema):
    number: str
    service_item_title: str
    premises_name: str
    address: str


class BureauOut(Schema):
    name: str
    phone: str
    address: str


class JoinState(Schema):
    step: str
    head: int
    now: datetime
    inspection: UUID | None
    case: JoinCase
    bureau: BureauOut
    appointment: AppointmentRef | None
    room_opens_at: datetime | None
    inspectors: list[InspectorOut]
    template: TemplateOut | None
    consent: ConsentOut | None
    pre_survey: PreSurveyOut | None
    findings: list[FindingOut]
    outcome: OutcomeOut | None
    on_site: OnSiteOut | None
    rectification: RectificationOut | None
    challenge: ChallengeOut | None
    abilities: list[str]


class DeskCase(Schema):
    number: str
    service_item: str
    service_item_title: str
    applicant_name: str
    credit_code: str
    premises_name: str
    address: str
    contact_name: str
    contact_phone: str


class BlockerOut(Schema):
    code: str
    text: str


class DeskItem(ItemOut):
    """`blocker` says why a judgement of this item cannot stand as it is."""

    finding: FindingOut | None
    blocker: BlockerOut | None
    pre_survey: PreSurveyItemOut | None
    pictures: list[EvidenceRef]


class PlaceOut(Schema):
    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    denied: bool
    distance_m: float | None
    reported_at: datetime


class ConsentAnswerOut(Schema):
    accepted: bool
    location_accepted: bool
    text_version: str
    answered_at: datetime


class ComputedOut(Schema):
    verdict: str | None
    label: str
    reason: str
    blank: int
    counts: dict[str, int]


class WordsOut(Schema):
    opening: str
    closing: str


class InspectionOut(Schema):
    id: UUID
    number: str
    version: int
    head: int
    dossier_head: str
    state: str
    state_label: str
    mode: str
    round: int
    room: UUID
    case: DeskCase
    bureau: BureauOut
    appointment: AppointmentRef | None
    template: TemplateOut
    items: list[DeskItem]
    inspectors: list[InspectorOut]
    place: PlaceOut | None
    consent: ConsentAnswerOut | None
    words: WordsOut
    outcome: OutcomeOut | None
    computed: ComputedOut
    opinion: str
    on_site: OnSiteOut | None
    rectification: RectificationOut | None
    dossier_sealed: bool
    challenges: list[ChallengeOut]
    abilities: list[str]


class DeskRow(Schema):
    id: UUID
    number: str
    case_number: str
    service_item_title: str
    premises_name: str
    starts_at: datetime
    label: str
    state: str
    state_label: str
    lobby: str
    waiting_since: datetime | None
    mine: bool
    inspectors: list[InspectorOut]
    rectification: str | None
    rectification_id: UUID | None


class TodayOut(Schema):
    now: datetime
    items: list[DeskRow]
    next: DeskRow | None


class TicketOut(Schema):
    ticket: str
    url: str = "/ws/room"


class PreSurveyIn(Schema):
    self_result: SelfResult | None = None
    note: Text500 = ""


class ConsentIn(Schema):
    accepted: bool
    sha256: Annotated[str, Field(max_length=64)]
    location_accepted: bool = False


class PlaceIn(Schema):
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    coordinate_system: Literal["WGS84"] = "WGS84"
    denied: bool = False


class FindingIn(Schema):
    result: Result
    note: Annotated[str, Field(max_length=1000)] = ""
    measured: Annotated[str, Field(max_length=80)] = ""
    evidence: Annotated[list[UUID], Field(max_length=50)] = []
    version: Annotated[int, Field(ge=0)]


class ConcludeIn(Schema):
    version: Annotated[int, Field(ge=0)]
    rectification_days: Annotated[int, Field(ge=1, le=90)] | None = None
    opinion: Annotated[str, Field(max_length=1000)] = ""


class TransferIn(Schema):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class SiteIn(Schema):
    """WGS-84 degrees."""

    longitude: Annotated[float, Field(ge=-180, le=180)]
    latitude: Annotated[float, Field(ge=-90, le=90)]


class OpinionIn(Schema):
    opinion: Text500 = ""


class StillIn(Schema):
    item: Annotated[str, Field(max_length=16)] = ""
