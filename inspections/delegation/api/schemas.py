from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from inspections.delegation.services import NewDelegation, NewHandOver
from inspections.delegation.services import StepReport as Report
from inspections.delegation.states import Channel, Direction, DoorReport, Need, PersonType

Text500 = Annotated[str, Field(max_length=500)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Version = Annotated[int, Field(ge=0)]


class Strict(Schema):
    # Bounds here only keep absurd bodies out; what a field must look like is said by the rules.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=2000)


class Coded(Schema):
    code: str
    title: str


class Labelled(Schema):
    code: str
    label: str


class Person(Schema):
    id: UUID
    name: str
    badge_number: str


class Span(Schema):
    from_: datetime = Field(serialization_alias="from")
    until: datetime


class SpanIn(Strict):
    from_: AwareDatetime = Field(alias="from")
    until: AwareDatetime


class IntakeIn(Strict):
    """What anybody may hand in; the desk says more."""

    phone: str
    contact_name: str
    applicant_name: str
    person_type: PersonType = PersonType.PERSON
    items: Annotated[list[str], Field(max_length=50)] = []
    bundle: str = ""
    address: str
    longitude: float | None = Field(default=None, allow_inf_nan=False)
    latitude: float | None = Field(default=None, allow_inf_nan=False)
    needs: Annotated[list[Need], Field(max_length=8)] = []
    wish: str = ""
    window: SpanIn | None = None
    wanted_staff: UUID | None = None
    not_duplicate: bool = False

    def to_new(self, channel: Channel) -> NewDelegation:
        return NewDelegation(
            phone=self.phone,
            contact_name=self.contact_name,
            applicant_name=self.applicant_name,
            items=tuple(self.items),
            address=self.address,
            channel=channel,
            person_type=self.person_type,
            bundle=self.bundle,
            longitude=self.longitude,
            latitude=self.latitude,
            needs=tuple(dict.fromkeys(self.needs)),
            wish=self.wish,
            window=(self.window.from_, self.window.until) if self.window else None,
            wanted_staff=self.wanted_staff,
            not_duplicate=self.not_duplicate,
        )


class DelegationIn(IntakeIn):
    channel: Channel = Channel.HOTLINE
    callback_minutes: int | None = None
    case: UUID | None = None
    inspection: UUID | None = None


class VersionIn(Strict):
    version: Version


class ReasonIn(VersionIn):
    reason: str


class AcceptIn(VersionIn):
    longitude: Longitude | None = None
    latitude: Latitude | None = None


class MandateIn(Strict):
    scope: Annotated[list[str], Field(max_length=40)]
    valid_until: date


class RevokeIn(Strict):
    reason: str = ""


class ChooseIn(Strict):
    staff: UUID | None = None


class StepIn(Schema):
    """`skip` with a reason: the step is not needed."""

    version: Version
    occurred_at: AwareDatetime
    skip: bool = False
    reason: Text500 = ""

    def to_report(self) -> Report:
        return Report(self.version, self.occurred_at, skip=self.skip, reason=self.reason)


class HandOverIn(Schema):
    """`id` is the phone's own, so that a repetition is the same hand-over."""

    id: UUID | None = None
    direction: Direction
    title: Annotated[str, Field(max_length=200)]
    item: Annotated[str, Field(max_length=40)] = ""
    material: Annotated[str, Field(max_length=40)] = ""
    copies: int = 1
    original: bool = False
    occurred_at: AwareDatetime

    def to_new(self) -> NewHandOver:
        return NewHandOver(
            direction=self.direction,
            title=self.title,
            copies=self.copies,
            original=self.original,
            occurred_at=self.occurred_at,
            item=self.item,
            material=self.material,
            id=self.id,
        )


class FileForm(Schema):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
    purpose: Literal["MATERIAL", "HAND_OVER", "RESULT", "PLACE", "MANDATE", "OTHER"] = "OTHER"
    item: Annotated[str, Field(max_length=20)] = ""
    material: Annotated[str, Field(max_length=19)] = ""
    taken_at: AwareDatetime | None = None
    longitude: Longitude | None = None
    latitude: Latitude | None = None


class DoorIn(Strict):
    kind: DoorReport
    text: str = ""


class CodeIn(Strict):
    code: Annotated[str, Field(max_length=12)]


class WindowOut(Schema):
    from_: datetime = Field(serialization_alias="from")
    until: datetime
    label: str
    why: str
    staff_count: int


class WindowsOut(Schema):
    windows: list[WindowOut]
    minutes: int
    skills: list[Labelled]


class DuplicatesIn(Strict):
    phone: Annotated[str, Field(max_length=40)]
    items: Annotated[list[str], Field(max_length=50)] = []


class DuplicateOut(Schema):
    id: UUID
    number: str
    state: str
    state_label: str
    items: list[Coded]
    registered_at: datetime


class DuplicatesOut(Schema):
    existing: list[DuplicateOut]


class RowOut(Schema):
    """One line of the list: personal values are masked."""

    id: UUID
    number: str
    version: int
    state: str
    state_label: str
    channel: str
    channel_label: str
    person_type: str
    applicant_name: str
    phone: str
    address: str
    items: list[Coded]
    staff: Person | None
    registered_at: datetime
    callback_due_at: datetime | None
    called_back_at: datetime | None
    due_at: datetime
    provisional: bool
    overdue: bool


class ListOut(Schema):
    items: list[RowOut]
    total: int
    page: int
    page_size: int


class MaterialOut(Schema):
    code: str
    title: str
    copies: int
    original: bool
    sample: str | None = None
    exempt_by: str | None = None
    exempt_label: str | None = None


class StepOut(Schema):
    id: UUID
    version: int
    item: str
    code: str
    title: str
    action: str
    minutes: int
    after: list[str]
    state: str
    state_label: str
    done_at: datetime | None
    occurred_at: datetime | None


class ItemOut(Schema):
    code: str
    title: str
    version: str
    promised_days: int
    materials: list[MaterialOut]
    steps: list[StepOut]


class MandateOut(Schema):
    id: UUID
    number: str
    scope: list[Coded]
    items: list[str]
    valid_until: date
    state: str
    state_label: str
    signed_way: str
    signed_at: datetime | None


class HandOverOut(Schema):
    id: UUID
    direction: str
    direction_label: str
    title: str
    item: str
    material: str
    copies: int
    original: bool
    at: datetime
    occurred_at: datetime
    number: int
    acknowledged_at: datetime | None


class ReceiptOut(Schema):
    """What the server answers for; `number` and `head` are the entry in the journal."""

    id: UUID
    file: UUID
    sha256: str
    sm3: str
    size: int
    number: int
    head: str
    received_at: datetime


class FileOut(Schema):
    id: UUID
    sha256: str
    item: str
    material: str
    purpose: str
    purpose_label: str
    media_type: str
    size: int
    number: int
    taken_at: datetime | None
    received_at: datetime
    url: str
    thumb_url: str | None


class VisitOut(Schema):
    id: UUID
    version: int
    state: str
    state_label: str
    promised_from: datetime | None
    promised_until: datetime | None
    bounces: int
    order_state: str | None
    order_state_label: str | None
    starts_at: datetime | None
    staff: Person | None


class ClockOut(Schema):
    """Working minutes used and allowed; `level` is the highest mark told: 0, 70, 90, 100."""

    kind: str
    label: str
    due_at: datetime | None
    done_at: datetime | None
    used_minutes: int
    allowed_minutes: int
    level: int
    paused: bool
    overdue: bool


class TimelineOut(Schema):
    at: datetime
    kind: str
    label: str


class DelegationOut(Schema):
    id: UUID
    version: int
    number: str
    state: str
    state_label: str
    channel: str
    channel_label: str
    person_type: str
    person_type_label: str
    applicant_name: str
    contact_name: str
    phone: str
    items: list[ItemOut]
    bundle: str
    address: str
    longitude: float | None
    latitude: float | None
    needs: list[Labelled]
    wish: str
    window: Span | None
    wanted_staff: Person | None
    staff: Person | None
    registered_at: datetime
    callback_due_at: datetime | None
    called_back_at: datetime | None
    due_at: datetime
    calendar_version: str
    provisional: bool
    overdue: bool
    clocks: list[ClockOut]
    case: UUID | None
    inspection: UUID | None
    visit: VisitOut | None
    mandate: MandateOut | None
    possible_scope: list[Coded]
    hand_overs: list[HandOverOut]
    files: list[FileOut]
    timeline: list[TimelineOut]
    head: int
    head_hash: str
    abilities: list[str]
