"""What desk, phone, applicant and the public form hand in."""

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


class SpanIn(Strict):
    from_: AwareDatetime = Field(alias="from")
    until: AwareDatetime

    def to_span(self) -> tuple[datetime, datetime]:
        return self.from_, self.until


class IntakeIn(Strict):
    """What anybody may hand in; the desk says more.

    `window` is one that was offered and is promised at once; `preferred` is only wished for.
    """

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
    door_note: str = ""
    window: SpanIn | None = None
    preferred: SpanIn | None = None
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
            door_note=self.door_note,
            window=self.window.to_span() if self.window else None,
            preferred=self.preferred.to_span() if self.preferred else None,
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


class PlaceIn(VersionIn):
    """WGS-84 degrees."""

    longitude: Longitude
    latitude: Latitude


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
    """`upload` names a finished resumable upload in place of the file."""

    upload: UUID | None = None
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


class DuplicatesIn(Strict):
    phone: Annotated[str, Field(max_length=40)]
    items: Annotated[list[str], Field(max_length=50)] = []
