"""What is answered, in the same words for desk, phone and applicant."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from fieldsvc.kernel.answers import Word


class Coded(Schema):
    code: str
    title: str


class Person(Schema):
    id: UUID
    name: str
    badge_number: str


class Span(Schema):
    from_: datetime = Field(serialization_alias="from")
    until: datetime


class WindowOut(Schema):
    from_: datetime = Field(serialization_alias="from")
    until: datetime
    label: str
    why: str
    staff_count: int


class WindowsOut(Schema):
    windows: list[WindowOut]
    minutes: int
    skills: list[Word]


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
    place_missing: bool
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
    needs: list[Word]
    wish: str
    door_note: str
    place_missing: bool
    window: Span | None
    preferred: Span | None
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
