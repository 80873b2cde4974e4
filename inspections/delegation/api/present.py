"""A delegation as JSON, in the same words for desk and field."""

from datetime import datetime

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.answers import Word, words
from fieldsvc.kernel.journal import Actor
from inspections.catalog.selectors import Guide, Material, calendar_of, merged_materials
from inspections.delegation import policies, selectors, services
from inspections.delegation.api.schemas import (
    ClockOut,
    Coded,
    DelegationOut,
    FileOut,
    HandOverOut,
    ItemOut,
    MandateOut,
    MaterialOut,
    Person,
    ReceiptOut,
    RowOut,
    Span,
    StepOut,
    TimelineOut,
    VisitOut,
)
from inspections.delegation.models import Delegation, HandOver, Mandate, Step, VisitFile
from inspections.delegation.selectors import DelegationRow
from inspections.delegation.services import Receipt
from inspections.delegation.states import (
    Channel,
    ClockKind,
    DelegationState,
    Direction,
    FilePurpose,
    MandateState,
    Need,
    PersonType,
    StepState,
)
from inspections.dispatch.models import Visit
from inspections.dispatch.selectors import get_visit, live_order_of
from inspections.dispatch.states import OrderState, VisitState
from inspections.people.models import Staff


def row_out(row: DelegationRow) -> RowOut:
    delegation = row.delegation
    return RowOut(
        id=delegation.pk,
        number=delegation.number,
        version=delegation.version,
        state=delegation.state,
        state_label=DelegationState(delegation.state).label,
        channel=delegation.channel,
        channel_label=Channel(delegation.channel).label,
        person_type=delegation.person_type,
        applicant_name=row.applicant_name,
        phone=row.phone,
        address=row.address,
        place_missing=delegation.is_place_missing,
        items=[
            Coded(code=code, title=title)
            for code, title in zip(delegation.items, row.item_titles, strict=True)
        ],
        staff=person(delegation.staff),
        registered_at=delegation.registered_at,
        callback_due_at=delegation.callback_due_at,
        called_back_at=delegation.called_back_at,
        due_at=delegation.due_at,
        provisional=delegation.provisional,
        overdue=row.overdue,
    )


def delegation_out(delegation: Delegation, actor: Actor) -> DelegationOut:
    return DelegationOut.model_validate(
        {
            **_wish(delegation),
            **_course(delegation),
            **_work(delegation),
            "abilities": policies.abilities(actor, delegation),
        }
    )


def _wish(delegation: Delegation) -> dict[str, object]:
    """What was asked for, and by whom."""
    return {
        "id": delegation.pk,
        "number": delegation.number,
        "channel": delegation.channel,
        "channel_label": Channel(delegation.channel).label,
        "person_type": delegation.person_type,
        "person_type_label": PersonType(delegation.person_type).label,
        "applicant_name": delegation.applicant_name,
        "contact_name": delegation.contact_name,
        "phone": delegation.phone,
        "bundle": delegation.bundle,
        "address": delegation.address,
        "longitude": delegation.longitude,
        "latitude": delegation.latitude,
        "needs": needs_out(delegation),
        "wish": delegation.wish,
        "door_note": delegation.door_note,
        "place_missing": delegation.is_place_missing,
        "window": span_out(delegation.window_from, delegation.window_until),
        "preferred": span_out(delegation.preferred_from, delegation.preferred_until),
        "wanted_staff": person(delegation.wanted_staff),
        "case": delegation.case_id,
        "inspection": delegation.inspection_id,
    }


def _course(delegation: Delegation) -> dict[str, object]:
    """How far it is and how its time stands."""
    head = journal.head(delegation.stream)
    return {
        "version": delegation.version,
        "state": delegation.state,
        "state_label": DelegationState(delegation.state).label,
        "staff": person(delegation.staff),
        "registered_at": delegation.registered_at,
        "callback_due_at": delegation.callback_due_at,
        "called_back_at": delegation.called_back_at,
        "due_at": delegation.due_at,
        "calendar_version": delegation.calendar_version,
        "provisional": delegation.provisional,
        "overdue": selectors.is_overdue(delegation, clock.now()),
        "clocks": clocks_out(delegation),
        "timeline": timeline_out(delegation),
        "head": head.length,
        "head_hash": head.digest,
    }


def _work(delegation: Delegation) -> dict[str, object]:
    """What is done for it: items, visit, mandate, papers that changed hands, files."""
    mandate = selectors.mandate_of(delegation)
    return {
        "items": items_out(delegation),
        "visit": visit_out(delegation),
        "mandate": mandate_out(mandate, delegation) if mandate else None,
        "possible_scope": [
            Coded(code=code, title=title)
            for code, title in services.possible_scope(delegation).items()
        ],
        "hand_overs": [hand_over_out(one) for one in delegation.hand_overs.all()],
        "files": files_out(delegation),
    }


def span_out(since: datetime | None, until: datetime | None) -> Span | None:
    if since is None or until is None:
        return None
    return Span(from_=since, until=until)


def person(staff: Staff | None) -> Person | None:
    if staff is None:
        return None
    return Person(id=staff.pk, name=staff.name, badge_number=staff.badge_number)


def needs_out(delegation: Delegation) -> list[Word]:
    return words(Need(code) for code in delegation.needs)


def items_out(delegation: Delegation) -> list[ItemOut]:
    steps = list(delegation.steps.all())
    return [
        _item(guide, [step for step in steps if step.item == guide.code])
        for guide in services.guides_of(delegation)
    ]


def material_out(one: Material) -> MaterialOut:
    return MaterialOut(
        code=one.code,
        title=one.title,
        copies=one.copies,
        original=one.original,
        sample=one.sample,
        exempt_by=one.exempt_by.value if one.exempt_by else None,
        exempt_label=one.exempt_by.label if one.exempt_by else None,
    )


def materials_out(delegation: Delegation) -> list[MaterialOut]:
    """One list for all items, each paper once."""
    return [material_out(one) for one in merged_materials(delegation.items)]


def visit_label(visit: Visit) -> str:
    return VisitState(visit.state).label


def step_out(step: Step) -> StepOut:
    return StepOut(
        id=step.pk,
        version=step.version,
        item=step.item,
        code=step.code,
        title=step.title,
        action=step.action,
        minutes=step.minutes,
        after=list(step.after),
        state=step.state,
        state_label=StepState(step.state).label,
        done_at=step.done_at,
        occurred_at=step.occurred_at,
    )


def mandate_out(mandate: Mandate, delegation: Delegation) -> MandateOut:
    titles = services.possible_scope(delegation)
    return MandateOut(
        id=mandate.pk,
        number=mandate.number,
        scope=[Coded(code=code, title=titles.get(code, code)) for code in mandate.scope],
        items=list(mandate.items),
        valid_until=mandate.valid_until,
        state=mandate.state,
        state_label=MandateState(mandate.state).label,
        signed_way=mandate.signed_way,
        signed_at=mandate.signed_at,
    )


def hand_over_out(row: HandOver) -> HandOverOut:
    return HandOverOut(
        id=row.pk,
        direction=row.direction,
        direction_label=Direction(row.direction).label,
        title=row.title,
        item=row.item,
        material=row.material,
        copies=row.copies,
        original=row.original,
        at=row.at,
        occurred_at=row.occurred_at,
        number=row.entry,
        acknowledged_at=row.acknowledged_at,
    )


def receipt_out(receipt: Receipt) -> ReceiptOut:
    return ReceiptOut(
        id=receipt.id,
        file=receipt.file,
        sha256=receipt.sha256,
        sm3=receipt.sm3,
        size=receipt.size,
        number=receipt.number,
        head=receipt.head,
        received_at=receipt.received_at,
    )


def files_out(delegation: Delegation) -> list[FileOut]:
    rows = delegation.files.select_related("evidence").order_by("evidence__number")
    return [_file(row, delegation) for row in rows]


def visit_out(delegation: Delegation) -> VisitOut | None:
    if delegation.visit is None:
        return None
    visit: Visit = get_visit(delegation.visit)
    order = live_order_of(visit.pk)
    return VisitOut(
        id=visit.pk,
        version=visit.version,
        state=visit.state,
        state_label=visit_label(visit),
        promised_from=visit.promised_from,
        promised_until=visit.promised_until,
        bounces=visit.bounces,
        order_state=order.state if order else None,
        order_state_label=OrderState(order.state).label if order else None,
        starts_at=order.starts_at if order else None,
        staff=person(order.staff) if order else None,
    )


def clocks_out(delegation: Delegation) -> list[ClockOut]:
    now = clock.now()
    calendar = calendar_of(delegation.bureau_id)
    response = selectors.response_used(delegation, calendar, now)
    completion = selectors.completion_used(delegation, calendar, now)
    due = delegation.callback_due_at
    called = delegation.called_back_at
    return [
        ClockOut(
            kind=ClockKind.RESPONSE.value,
            label=ClockKind.RESPONSE.label,
            due_at=due,
            done_at=called,
            used_minutes=response[0],
            allowed_minutes=response[1],
            level=delegation.response_level,
            paused=False,
            overdue=bool(due and (called or now) > due),
        ),
        ClockOut(
            kind=ClockKind.COMPLETION.value,
            label=ClockKind.COMPLETION.label,
            due_at=delegation.due_at,
            done_at=delegation.delivered_at or delegation.ended_at,
            used_minutes=completion[0],
            allowed_minutes=completion[1],
            level=delegation.completion_level,
            paused=delegation.suspended_at is not None,
            overdue=selectors.is_overdue(delegation, now),
        ),
    ]


def timeline_out(delegation: Delegation) -> list[TimelineOut]:
    return [
        TimelineOut(at=line.at, kind=line.kind, label=line.label)
        for line in selectors.timeline(delegation)
    ]


def _item(guide: Guide, steps: list[Step]) -> ItemOut:
    return ItemOut(
        code=guide.code,
        title=guide.title,
        version=guide.version,
        promised_days=guide.promised_days,
        materials=[material_out(one) for one in guide.materials],
        steps=[step_out(one) for one in steps],
    )


def _file(row: VisitFile, delegation: Delegation) -> FileOut:
    piece = row.evidence
    url = f"/api/delegations/{delegation.pk}/files/{piece.pk}"
    return FileOut(
        id=piece.pk,
        sha256=piece.sha256,
        item=row.item,
        material=row.material,
        purpose=row.purpose,
        purpose_label=FilePurpose(row.purpose).label,
        media_type=piece.media_type,
        size=piece.size,
        number=piece.number,
        taken_at=row.taken_at,
        received_at=row.received_at,
        url=url,
        thumb_url=f"{url}?variant=thumb" if piece.thumbnail_key else None,
    )
