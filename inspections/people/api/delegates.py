"""The desk's side of those who go out: 人员、技能、片区、班次、请假."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Status, UploadedFile

from fieldsvc.kernel import clock
from fieldsvc.kernel.idempotency import idempotent
from inspections.people import media, policies, rules, selectors, services
from inspections.people.api import present
from inspections.people.api.schemas import (
    AbsenceIn,
    AbsenceOut,
    AreaIn,
    AreaOut,
    AreasOut,
    Choice,
    DayIn,
    DelegateIn,
    DelegateOut,
    DelegatesOut,
    ProfileIn,
    ResponsibilityIn,
    ResponsibilityOut,
    SkillIn,
)
from inspections.people.auth import signed_in, staff_auth
from inspections.people.errors import PhotoRefused, ProfileRefused, ShiftRefused
from inspections.people.media import photo_answer
from inspections.people.selectors import actor_of
from inspections.people.services import DelegateChange, NewProfile, NewShift, NewSkill
from inspections.people.states import Skill

router = Router(tags=["people"], auth=staff_auth)


@router.get("/people/delegates", response=DelegatesOut)
def delegates(request: HttpRequest) -> DelegatesOut:
    actor = actor_of(request)
    policies.permit(policies.may_see_delegates(actor))
    found = selectors.delegates_of(UUID(actor.scope))
    return DelegatesOut(
        items=[present.delegate(one, actor) for one in found],
        skills=[Choice(code=one.value, label=one.label) for one in Skill],
    )


@router.put("/people/delegates/{staff_id}", response=DelegateOut)
@idempotent
def change(request: HttpRequest, staff_id: UUID, body: DelegateIn) -> DelegateOut:
    actor = actor_of(request)
    staff = selectors.access_delegate(actor, staff_id)
    policies.permit(policies.may_edit_delegate(actor, staff))
    services.change_delegate(staff, body.version, _change(body), actor=actor)
    return present.delegate(selectors.access_delegate(actor, staff_id), actor)


@router.post("/people/delegates/{staff_id}/photo", response={204: None})
@idempotent
def set_photo(request: HttpRequest, staff_id: UUID, file: File[UploadedFile]) -> Status[None]:
    actor = actor_of(request)
    staff = selectors.access_delegate(actor, staff_id)
    policies.permit(policies.may_edit_delegate(actor, staff))
    if (file.size or 0) > media.MAX_BYTES:
        raise PhotoRefused({"photo": "照片超过 10 MB"})
    services.set_photo(staff, file.read(), actor=actor)
    return Status(204, None)


@router.get("/people/delegates/{staff_id}/photo", auth=signed_in)
def photo(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    return photo_answer(selectors.access_photo(actor_of(request), staff_id), public=False)


@router.put("/people/delegates/{staff_id}/days/{day}", response={204: None})
@idempotent
def except_day(request: HttpRequest, staff_id: UUID, day: date, body: DayIn) -> Status[None]:
    actor = actor_of(request)
    staff = selectors.access_delegate(actor, staff_id)
    policies.permit(policies.may_edit_delegate(actor, staff))
    services.except_shift(staff, day, _hours(body), actor=actor)
    return Status(204, None)


@router.post("/people/delegates/{staff_id}/absences", response=AbsenceOut)
@idempotent
def report_absence(request: HttpRequest, staff_id: UUID, body: AbsenceIn) -> AbsenceOut:
    actor = actor_of(request)
    staff = selectors.access_delegate(actor, staff_id)
    policies.permit(policies.may_report_absence(actor, staff))
    span = (body.starts_at, body.ends_at)
    return present.absence(services.report_absence(staff, span, body.reason, actor=actor))


@router.delete("/people/absences/{absence_id}", response={204: None})
@idempotent
def revoke_absence(request: HttpRequest, absence_id: UUID) -> Status[None]:
    actor = actor_of(request)
    absence = selectors.access_absence(actor, absence_id)
    policies.permit(policies.may_report_absence(actor, absence.staff))
    services.revoke_absence(absence, actor=actor)
    return Status(204, None)


@router.get("/people/areas", response=AreasOut)
def areas(request: HttpRequest) -> AreasOut:
    actor = actor_of(request)
    policies.permit(policies.may_see_areas(actor))
    return AreasOut(items=[present.area(one) for one in selectors.areas_of(UUID(actor.scope))])


@router.put("/people/areas/{code}", response=AreaOut)
@idempotent
def set_area(request: HttpRequest, code: str, body: AreaIn) -> AreaOut:
    actor = actor_of(request)
    bureau = selectors.get_staff(actor).bureau
    policies.permit(policies.may_edit_bureau(actor, bureau.pk))
    return present.area(services.add_area(bureau, code, body.title, body.polygon, actor=actor))


@router.get("/people/responsibility", response=ResponsibilityOut)
def responsibility(request: HttpRequest) -> ResponsibilityOut:
    actor = actor_of(request)
    policies.permit(policies.may_see_areas(actor))
    bureau_id = UUID(actor.scope)
    return ResponsibilityOut(
        levels=present.levels(selectors.responsibility_of(bureau_id)),
        expert_teams=[present.team(one) for one in selectors.expert_teams_of(bureau_id)],
    )


@router.put("/people/responsibility/{staff_id}", response=ResponsibilityOut)
@idempotent
def set_responsibility(
    request: HttpRequest, staff_id: UUID, body: ResponsibilityIn
) -> ResponsibilityOut:
    actor = actor_of(request)
    policies.permit(policies.may_edit_bureau(actor, UUID(actor.scope)))
    staff = selectors.access_colleague(actor, staff_id)
    services.set_responsibility(body.level, body.title, staff, actor=actor)
    return responsibility(request)


def _change(body: DelegateIn) -> DelegateChange:
    return DelegateChange(
        profile=None if body.profile is None else _profile(body.profile),
        skills=None if body.skills is None else [_skill(one) for one in body.skills],
        shifts=(
            None if body.shifts is None else [NewShift(**one.model_dump()) for one in body.shifts]
        ),
        area_ids=body.area_ids,
    )


def _skill(one: SkillIn) -> NewSkill:
    return NewSkill(one.code, one.valid_from or rules.local_day(clock.now()), one.valid_until)


def _profile(one: ProfileIn) -> NewProfile:
    longitude, latitude = one.home_longitude, one.home_latitude
    if (longitude is None) != (latitude is None):
        raise ProfileRefused({"home": "经度和纬度要一并填写"})
    home = None if longitude is None or latitude is None else (longitude, latitude)
    return NewProfile(one.phone, home, one.introduction, one.is_public)


def _hours(body: DayIn) -> tuple[int, int] | None:
    if (body.starts is None) != (body.ends is None):
        raise ShiftRefused({"hours": "上班、下班时间要一并填写，都不填写表示不上班"})
    return None if body.starts is None or body.ends is None else (body.starts, body.ends)
