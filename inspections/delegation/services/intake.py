"""登记委托: one call, one screen, one transaction; the clocks start here."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, glyphs, ids, journal
from fieldsvc.kernel.hashing import JSONValue, sha256_hex
from fieldsvc.kernel.journal import Actor
from inspections.cases.models import Case
from inspections.catalog import selectors as catalog
from inspections.catalog.errors import BundleUnknown, GuideUnknown
from inspections.catalog.rules import Calendar
from inspections.catalog.selectors import Guide
from inspections.delegation import policies, rules
from inspections.delegation.errors import (
    DelegationInvalid,
    IntakeThrottled,
    PossibleDuplicate,
)
from inspections.delegation.models import Delegation, DelegationSeries, IntakeAttempt, Step
from inspections.delegation.selectors import phone_digest_of, recent_of
from inspections.delegation.services.common import facts
from inspections.delegation.services.visits import request_visit
from inspections.delegation.states import Channel, DelegationState, Need, PersonType
from inspections.evidence import services as evidence
from inspections.inspection.models import Inspection
from inspections.people.models import Staff
from inspections.people.selectors import is_public
from inspections.people.states import Role


@dataclass(frozen=True, slots=True)
class NewDelegation:
    """A wish as it was told. Coordinates are WGS-84 degrees; `window` is one that was offered.

    `preferred` is when it would suit the applicant best: the visit is planned inside it, but
    nothing is promised before somebody has called back.
    `callback_minutes` are working minutes until somebody calls back; 0 when the caller is on the
    line, None for the house's promise.
    """

    phone: str
    contact_name: str
    applicant_name: str
    items: tuple[str, ...]
    address: str
    channel: Channel = Channel.HOTLINE
    person_type: PersonType = PersonType.PERSON
    bundle: str = ""
    longitude: float | None = None
    latitude: float | None = None
    needs: tuple[Need, ...] = ()
    wish: str = ""
    door_note: str = ""
    window: tuple[datetime, datetime] | None = None
    preferred: tuple[datetime, datetime] | None = None
    wanted_staff: UUID | None = None
    callback_minutes: int | None = None
    not_duplicate: bool = False
    case: UUID | None = None
    inspection: UUID | None = None


def register(new: NewDelegation, *, actor: Actor) -> Delegation:
    """Take a wish in: number, dossier, steps, deadlines, and the visit with its promised window.

    The response clock and the completion clock both start now. Refuses, with nothing stored:
    `delegation_invalid` (fields.errors names each field), `possible_duplicate` (fields.existing;
    not with `not_duplicate`), `window_gone` (fields.alternatives), `intake_throttled` (public
    form), `glyph_missing` (a name no font of the papers can print), `not_allowed`.
    Journal: `dossier.opened`, `delegation.registered`, `visit.requested`,
    `visit.promised`.
    """
    refusal = policies.may_register(actor)
    if refusal is not None:
        raise refusal
    guides = _checked(new, actor)
    phone = rules.normal_phone(new.phone)
    with transaction.atomic():
        series = _locked_series()
        _refuse_flood(phone, new.channel, actor)
        if not new.not_duplicate:
            _refuse_duplicate(phone, [guide.code for guide in guides], actor)
        delegation = _create(new, guides, series, actor)
        if delegation.longitude is not None:
            request_visit(delegation, guides, actor=actor)
        return delegation


def with_origin(
    new: NewDelegation,
    *,
    callback_minutes: int | None,
    case: UUID | None,
    inspection: UUID | None,
) -> NewDelegation:
    """The wish with what only the desk may say of it."""
    return replace(new, callback_minutes=callback_minutes, case=case, inspection=inspection)


@transaction.atomic
def count_attempt(address: str) -> None:
    """Count one try at the public form from this network address; refuses `intake_throttled`."""
    digest, now = sha256_hex(address.encode()), clock.now()
    IntakeAttempt.objects.create(address_digest=digest, at=now)
    recent = IntakeAttempt.objects.filter(
        address_digest=digest, at__gt=now - rules.INTAKE_ADDRESS_WINDOW
    )
    if recent.count() > rules.INTAKE_PER_ADDRESS:
        raise IntakeThrottled(retry_after=int(rules.INTAKE_ADDRESS_WINDOW.total_seconds()))


def _checked(new: NewDelegation, actor: Actor) -> list[Guide]:
    guides, item_problem = _guides(new)
    fields = rules.Fields(
        phone=rules.normal_phone(new.phone),
        contact_name=new.contact_name,
        applicant_name=new.applicant_name,
        items=tuple(guide.code for guide in guides) or new.items,
        address=new.address,
        wish=new.wish,
        door_note=new.door_note,
        longitude=new.longitude,
        latitude=new.latitude,
        window=new.window,
        callback_minutes=new.callback_minutes,
    )
    found = rules.problems(
        fields,
        [
            item_problem,
            ("wanted_staff", _staff_problem(new.wanted_staff, actor)),
            ("window", _window_problem(new.window)),
            ("preferred", _preferred_problem(new.preferred)),
            ("case", _origin_problem(new, actor)),
        ],
    )
    if found:
        raise DelegationInvalid(found)
    glyphs.refuse_missing(
        {
            "applicant_name": new.applicant_name,
            "contact_name": new.contact_name,
            "address": new.address,
            "wish": new.wish,
        }
    )
    return guides


def _guides(new: NewDelegation) -> tuple[list[Guide], tuple[str, str | None]]:
    """The guides of the items, or of the bundle's when no item was picked."""
    try:
        codes = new.items or (catalog.bundle(new.bundle).items if new.bundle else ())
        return [catalog.current_guide(code) for code in dict.fromkeys(codes)], ("items", None)
    except BundleUnknown:
        return [], ("bundle", "没有这个「一件事」套餐")
    except GuideUnknown as unknown:
        return [], ("items", f"没有这个事项：{unknown.fields.get('item', '')}")


def _staff_problem(staff_id: UUID | None, actor: Actor) -> str | None:
    if staff_id is None:
        return None
    staff = Staff.objects.filter(pk=staff_id, bureau_id=actor.scope, is_active=True).first()
    known = staff is not None and (staff.has_role(Role.DELEGATE) or staff.has_role(Role.LIAISON))
    if known and staff is not None and actor.kind == "anonymous":
        # Anybody chooses from the public roster; who is not on it must not be found by trying.
        known = is_public(staff)
    return None if known else "没有这位代办专员，请从公示名单中选择"


def _window_problem(window: tuple[datetime, datetime] | None) -> str | None:
    return "上门时间已经过去" if window and window[1] <= clock.now() else None


def _preferred_problem(preferred: tuple[datetime, datetime] | None) -> str | None:
    if preferred is None:
        return None
    since, until = preferred
    if since >= until:
        return "希望的时间开始要早于结束"
    if until <= clock.now():
        return "希望的时间已经过去，请重新选择"
    return (
        "希望的时间太远，请选最近一个月内的"
        if since - clock.now() > rules.PREFERRED_AHEAD
        else None
    )


def _origin_problem(new: NewDelegation, actor: Actor) -> str | None:
    if new.case and not Case.objects.filter(pk=new.case, bureau_id=actor.scope).exists():
        return "没有找到这个办件"
    if new.inspection:
        rows = Inspection.objects.filter(pk=new.inspection, bureau_id=actor.scope)
        return None if rows.exists() else "没有找到这次勘验"
    return None


def _refuse_flood(phone: str, channel: Channel, actor: Actor) -> None:
    if actor.kind != "anonymous":
        return
    recent = Delegation.objects.filter(
        bureau_id=actor.scope,
        phone_digest=phone_digest_of(phone),
        channel=channel.value,
        registered_at__gt=clock.now() - rules.INTAKE_PHONE_WINDOW,
    )
    if recent.count() >= rules.INTAKE_PER_PHONE:
        raise IntakeThrottled(retry_after=int(rules.INTAKE_PHONE_WINDOW.total_seconds()))


def _refuse_duplicate(phone: str, items: list[str], actor: Actor) -> None:
    known = recent_of(actor.scope, phone_digest_of(phone), items)
    if not known:
        return
    # Who asks without signing in must not learn what another has asked for.
    existing: list[JSONValue] = [
        {
            "id": str(row.pk),
            "number": row.number,
            "state": row.state,
            "state_label": DelegationState(row.state).label,
            "items": list(row.items),
            "registered_at": clock.iso(row.registered_at),
        }
        for row in known
        if actor.kind != "anonymous"
    ]
    raise PossibleDuplicate({"existing": existing})


def _create(
    new: NewDelegation, guides: list[Guide], series: DelegationSeries, actor: Actor
) -> Delegation:
    delegation = _row(new, guides, actor)
    delegation.number = rules.delegation_number(series.year, series.last)
    delegation.dossier = evidence.open_dossier(
        f"全代办 {delegation.number}",
        scope=actor.scope,
        actor=actor,
        subject=delegation.pk,
        stream=delegation.stream,
    )
    _set_clocks(delegation, new, guides)
    delegation.save(force_insert=True)
    _copy_steps(delegation, guides)
    _tell(delegation, actor)
    return delegation


def _row(new: NewDelegation, guides: list[Guide], actor: Actor) -> Delegation:
    phone = rules.normal_phone(new.phone)
    return Delegation(
        id=ids.new(),
        bureau_id=UUID(actor.scope),
        channel=new.channel.value,
        person_type=new.person_type.value,
        applicant_name=new.applicant_name,
        contact_name=new.contact_name,
        phone=phone,
        phone_digest=phone_digest_of(phone),
        items=[guide.code for guide in guides],
        guides={guide.code: guide.version for guide in guides},
        bundle=new.bundle,
        address=new.address,
        longitude=new.longitude,
        latitude=new.latitude,
        needs=[need.value for need in new.needs],
        wish=new.wish,
        door_note=new.door_note,
        window_from=new.window[0] if new.window else None,
        window_until=new.window[1] if new.window else None,
        preferred_from=new.preferred[0] if new.preferred else None,
        preferred_until=new.preferred[1] if new.preferred else None,
        wanted_staff_id=new.wanted_staff,
        case_id=new.case,
        inspection_id=new.inspection,
    )


def _set_clocks(delegation: Delegation, new: NewDelegation, guides: list[Guide]) -> None:
    """Both clocks start now, however late somebody takes the wish on."""
    now = clock.now()
    calendar = catalog.calendar_of(delegation.bureau_id)
    due = calendar.add_working_days(now, max(guide.promised_days for guide in guides))
    delegation.registered_at = now
    delegation.callback_due_at = _callback_due(new, calendar, now)
    delegation.called_back_at = now if new.callback_minutes == 0 else None
    delegation.due_at = due.at
    delegation.calendar_version = due.calendar_version
    delegation.provisional = due.provisional


def _callback_due(new: NewDelegation, calendar: Calendar, now: datetime) -> datetime:
    minutes = rules.CALLBACK_MINUTES if new.callback_minutes is None else new.callback_minutes
    return calendar.add_working_minutes(now, minutes).at if minutes else now


def _copy_steps(delegation: Delegation, guides: list[Guide]) -> None:
    acts = {guide.code: {one.code for one in guide.mandate_actions} for guide in guides}
    Step.objects.bulk_create(
        Step(
            delegation=delegation,
            position=position,
            item=guide.code,
            code=step.code,
            title=step.title,
            action=step.action if step.action in acts[guide.code] else "",
            minutes=step.minutes,
            after=list(step.after),
        )
        for position, (guide, step) in enumerate(
            ((guide, step) for guide in guides for step in guide.steps), start=1
        )
    )


def _tell(delegation: Delegation, actor: Actor) -> None:
    journal.append(
        delegation.stream,
        "delegation.registered",
        actor=actor,
        data=facts(
            delegation,
            channel=delegation.channel,
            person_type=delegation.person_type,
            items=list(delegation.items),
            guides=dict(delegation.guides),
            bundle=delegation.bundle,
            due_at=clock.iso(delegation.due_at),
            callback_due_at=(
                clock.iso(delegation.callback_due_at) if delegation.callback_due_at else None
            ),
            calendar_version=delegation.calendar_version,
            provisional=delegation.provisional,
            wanted_staff=str(delegation.wanted_staff_id) if delegation.wanted_staff_id else None,
            case=str(delegation.case_id) if delegation.case_id else None,
            inspection=str(delegation.inspection_id) if delegation.inspection_id else None,
        ),
        private=_personal(delegation),
    )


def _personal(delegation: Delegation) -> dict[str, str]:
    told = {
        "applicant_name": delegation.applicant_name,
        "contact_name": delegation.contact_name,
        "phone": delegation.phone,
        "address": delegation.address,
        # What somebody cannot do is nobody's business but the visit's.
        "needs": ",".join(delegation.needs),
        "wish": delegation.wish,
        "door_note": delegation.door_note,
    }
    return {name: value for name, value in told.items() if value}


def _locked_series() -> DelegationSeries:
    """The next number of the year; the row lock keeps the numbers without holes, and makes two
    registrations of one phone see each other."""
    year = rules.local_day(clock.now()).year
    DelegationSeries.objects.bulk_create([DelegationSeries(year=year)], ignore_conflicts=True)
    series = DelegationSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series
