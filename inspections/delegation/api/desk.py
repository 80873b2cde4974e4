"""The hotline, the counter and the head: registering a wish and bringing it to its end."""

from collections.abc import Callable
from typing import Literal, Protocol
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from fieldsvc.kernel.answers import words
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor
from inspections.delegation import selectors, services
from inspections.delegation.api import present
from inspections.delegation.api.bodies import (
    AcceptIn,
    ChooseIn,
    DelegationIn,
    DuplicatesIn,
    MandateIn,
    PlaceIn,
    ReasonIn,
    RevokeIn,
    StepIn,
    VersionIn,
)
from inspections.delegation.api.schemas import (
    Coded,
    DelegationOut,
    DuplicateOut,
    DuplicatesOut,
    ListOut,
    MandateOut,
    RowOut,
    StepOut,
    WindowOut,
    WindowsOut,
)
from inspections.delegation.models import Delegation
from inspections.delegation.selectors import Filters, WindowWish
from inspections.delegation.services import Place
from inspections.delegation.states import Channel, DelegationState, Need
from inspections.evidence.answers import Stored, blob_answer
from inspections.evidence.errors import EvidenceUnknown
from inspections.evidence.models import EvidenceItem
from inspections.evidence.selectors import blob_size, telling_disposal
from inspections.evidence.services import note_view
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of
from inspections.people.states import Skill

router = Router(tags=["delegation"], auth=staff_auth)

View = Callable[..., DelegationOut]


class ListQuery(Schema):
    q: str = Field("", max_length=64)
    state: DelegationState | Literal[""] = ""
    item: str = Field("", max_length=40)
    staff: UUID | None = None
    channel: Channel | Literal[""] = ""
    since: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = Field(None, alias="to")
    page: int = Field(1, ge=1, le=10_000)

    def to_filters(self) -> Filters:
        phone = selectors.normal_query(self.q)
        return Filters(
            q=self.q.strip(),
            phone_digest=selectors.phone_digest_of(phone) if phone else "",
            state=str(self.state),
            item=self.item,
            staff=self.staff,
            channel=str(self.channel),
            since=self.since,
            until=self.until,
            page=self.page,
        )


class WindowQuery(Schema):
    """`items` and `needs` are codes with commas between; the place is WGS-84."""

    items: str = Field("", max_length=400)
    longitude: float | None = None
    latitude: float | None = None
    needs: str = Field("", max_length=100)
    days: int = Field(3, ge=1, le=7)
    wanted_staff: UUID | None = None


@router.post("/delegations", response={201: DelegationOut}, by_alias=True)
@idempotent
def register(request: HttpRequest, body: DelegationIn) -> Status[DelegationOut]:
    actor = actor_of(request)
    new = body.to_new(body.channel)
    made = services.register(
        services.with_origin(
            new, callback_minutes=body.callback_minutes, case=body.case, inspection=body.inspection
        ),
        actor=actor,
    )
    return Status(201, _shown(made.pk, actor))


@router.get("/delegations", response=ListOut)
def list_delegations(request: HttpRequest, query: Query[ListQuery]) -> ListOut:
    found = selectors.list_delegations(actor_of(request), query.to_filters())
    rows: list[RowOut] = [present.row_out(row) for row in found.rows]
    return ListOut(items=rows, total=found.total, page=found.page, page_size=selectors.PAGE)


@router.get("/delegations/windows", response=WindowsOut, by_alias=True)
def windows(request: HttpRequest, query: Query[WindowQuery]) -> WindowsOut:
    wish = WindowWish(
        items=_codes(query.items),
        longitude=query.longitude,
        latitude=query.latitude,
        needs=[need for need in _codes(query.needs) if need in set(Need)],
        days=query.days,
        wanted_staff=query.wanted_staff,
    )
    found = selectors.windows(actor_of(request), wish)
    return WindowsOut(
        windows=[
            WindowOut(
                from_=one.starts_from,
                until=one.starts_until,
                label=one.label,
                why=one.why,
                staff_count=one.staff_count,
            )
            for one in found.offers
        ],
        minutes=found.minutes,
        skills=words(Skill(code) for code in sorted(found.skills)),
    )


# A question, but with a phone in it: that does not belong into an address.
@router.post("/delegations/duplicates", response=DuplicatesOut)
def duplicates(request: HttpRequest, body: DuplicatesIn) -> DuplicatesOut:
    found = selectors.possible_duplicates(actor_of(request), body.phone, body.items)
    return DuplicatesOut(existing=[_duplicate(one) for one in found])


@router.get("/delegations/{uuid:delegation_id}", response=DelegationOut, by_alias=True)
def get_delegation(request: HttpRequest, delegation_id: UUID) -> DelegationOut:
    return _shown(delegation_id, actor_of(request))


@router.post("/delegations/{delegation_id}/accept", response=DelegationOut, by_alias=True)
@idempotent
def accept(request: HttpRequest, delegation_id: UUID, body: AcceptIn) -> DelegationOut:
    actor = _entered(request, delegation_id)
    known = body.longitude is not None and body.latitude is not None
    place = Place(body.longitude or 0.0, body.latitude or 0.0) if known else None
    services.accept(delegation_id, body.version, actor=actor, place=place)
    return _shown(delegation_id, actor)


class _Verb(Protocol):
    def __call__(self, delegation_id: UUID, version: int, *, actor: Actor) -> Delegation: ...


class _ReasonedVerb(Protocol):
    def __call__(
        self, delegation_id: UUID, version: int, reason: str, *, actor: Actor
    ) -> Delegation: ...


def _plain(verb: _Verb) -> View:
    def view(request: HttpRequest, delegation_id: UUID, body: VersionIn) -> DelegationOut:
        actor = _entered(request, delegation_id)
        verb(delegation_id, body.version, actor=actor)
        return _shown(delegation_id, actor)

    return view


def _reasoned(verb: _ReasonedVerb) -> View:
    def view(request: HttpRequest, delegation_id: UUID, body: ReasonIn) -> DelegationOut:
        actor = _entered(request, delegation_id)
        verb(delegation_id, body.version, body.reason, actor=actor)
        return _shown(delegation_id, actor)

    return view


# What moves a delegation on and asks for nothing but the version seen, or a reason with it.
_COURSE: tuple[tuple[str, str, View], ...] = (
    ("call-back", "call_back", _plain(services.call_back)),
    ("suspend", "suspend", _reasoned(services.suspend)),
    ("resume", "resume", _plain(services.resume)),
    ("terminate", "terminate", _reasoned(services.terminate)),
    ("deliver", "deliver", _plain(services.deliver)),
    ("archive", "put_on_file", _plain(services.put_on_file)),
    ("report", "report_up", _plain(services.report_up)),
)
for _path, _name, _view in _COURSE:
    # The schema and the idempotency of a route go by its view's name.
    _view.__name__ = _name
    router.post(f"/delegations/{{delegation_id}}/{_path}", response=DelegationOut, by_alias=True)(
        idempotent(_view)
    )


@router.post("/delegations/{delegation_id}/place", response=DelegationOut, by_alias=True)
@idempotent
def locate(request: HttpRequest, delegation_id: UUID, body: PlaceIn) -> DelegationOut:
    actor = _entered(request, delegation_id)
    place = Place(body.longitude, body.latitude)
    services.locate(delegation_id, body.version, place, actor=actor)
    return _shown(delegation_id, actor)


@router.post("/delegations/{delegation_id}/delegate", response=DelegationOut, by_alias=True)
@idempotent
def choose_delegate(request: HttpRequest, delegation_id: UUID, body: ChooseIn) -> DelegationOut:
    actor = _entered(request, delegation_id)
    services.choose_delegate(delegation_id, body.staff, actor=actor)
    return _shown(delegation_id, actor)


@router.post("/delegations/{delegation_id}/mandate", response={201: MandateOut})
@idempotent
def draft_mandate(request: HttpRequest, delegation_id: UUID, body: MandateIn) -> Status[MandateOut]:
    actor = _entered(request, delegation_id)
    mandate = services.draft_mandate(delegation_id, body.scope, body.valid_until, actor=actor)
    return Status(201, present.mandate_out(mandate, mandate.delegation))


@router.post("/delegations/{delegation_id}/mandate/revoke", response=DelegationOut, by_alias=True)
@idempotent
def revoke_mandate(request: HttpRequest, delegation_id: UUID, body: RevokeIn) -> DelegationOut:
    actor = _entered(request, delegation_id)
    services.revoke_mandate(delegation_id, body.reason, actor=actor)
    return _shown(delegation_id, actor)


@router.post("/delegations/{delegation_id}/steps/{step_id}", response=StepOut)
@idempotent
def finish_step(request: HttpRequest, delegation_id: UUID, step_id: UUID, body: StepIn) -> StepOut:
    actor = _entered(request, delegation_id)
    step = services.finish_step(delegation_id, step_id, body.to_report(), actor=actor)
    return present.step_out(step)


@router.get("/delegations/{delegation_id}/files/{evidence_id}")
def file_content(
    request: HttpRequest,
    delegation_id: UUID,
    evidence_id: UUID,
    variant: Literal["thumb", "original"] = "original",
) -> HttpResponseBase:
    actor = actor_of(request)
    delegation = selectors.access_delegation(actor, delegation_id)
    piece = selectors.file_of(delegation, evidence_id)
    suffix = piece.media_type.rpartition("/")[2]
    name = f"{delegation.number}-{piece.number}.{suffix}"
    with telling_disposal(piece.dossier_id):
        if variant == "thumb":
            return blob_answer(request, _thumbnail(piece))
        note_view(piece.dossier, str(piece.pk), variant, actor=actor)
        return blob_answer(request, Stored(piece.blob_key, piece.size, piece.media_type, name))


def _thumbnail(piece: EvidenceItem) -> Stored:
    if not piece.thumbnail_key:
        raise EvidenceUnknown
    size = blob_size(piece.thumbnail_key)
    return Stored(piece.thumbnail_key, size, "image/jpeg", "thumb.jpg", inline=True)


def _entered(request: HttpRequest, delegation_id: UUID) -> Actor:
    """The actor, who may at least see the delegation."""
    actor = actor_of(request)
    selectors.access_delegation(actor, delegation_id)
    return actor


def _shown(delegation_id: UUID, actor: Actor) -> DelegationOut:
    return present.delegation_out(selectors.access_delegation(actor, delegation_id), actor)


def _duplicate(one: Delegation) -> DuplicateOut:
    return DuplicateOut(
        id=one.pk,
        number=one.number,
        state=one.state,
        state_label=DelegationState(one.state).label,
        items=[
            Coded(code=code, title=selectors.item_title(code, one.guides.get(code)))
            for code in one.items
        ],
        registered_at=one.registered_at,
    )


def _codes(text: str) -> list[str]:
    return [code for code in (part.strip() for part in text.split(",")) if code]
