"""What the delegate does at the door: steps, papers that change hands, files.

Each may come late, twice or out of order from a phone that was offline: the phone's time is kept
beside the server's, and a repetition gives the first answer again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.errors import StaleVersion
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.delegation import policies
from inspections.delegation.errors import (
    DelegationClosed,
    DelegationInvalid,
    HandOverDiffers,
    StepUnknown,
)
from inspections.delegation.models import Delegation, HandOver, Step, VisitFile
from inspections.delegation.services.common import (
    facts,
    locked,
    move,
    staff_of,
    wanted_reason,
)
from inspections.delegation.states import (
    UNDER_MANDATE,
    DelegationState,
    Direction,
    FilePurpose,
    StepState,
)
from inspections.evidence import services as evidence
from inspections.evidence.models import EvidenceItem
from inspections.evidence.services import Circumstances
from inspections.evidence.states import Grade, Purpose


@dataclass(frozen=True, slots=True)
class StepReport:
    """`version` is the step's as the phone saw it; with `skip` the step is not needed."""

    version: int
    occurred_at: datetime
    skip: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewHandOver:
    """`id` is the phone's own: the same again is the same hand-over."""

    direction: Direction
    title: str
    copies: int
    original: bool
    occurred_at: datetime
    item: str = ""
    material: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewFile:
    """`sha256` as the phone computed it; place in WGS-84 degrees."""

    file: BinaryIO
    sha256: str
    purpose: FilePurpose
    item: str = ""
    material: str = ""
    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server answers for: once a phone holds this, its own copy may go.

    `number` is the place in the delegation's journal and `head` that entry's digest.
    """

    id: UUID
    file: UUID
    sha256: str
    sm3: str
    size: int
    number: int
    head: str
    received_at: datetime


@transaction.atomic
def finish_step(delegation_id: UUID, step_id: UUID, report: StepReport, *, actor: Actor) -> Step:
    """Note a step as done, or as not needed with a reason.

    The first one turns the delegation to HANDLING. A step that is done already is answered as it
    is. Refuses with `step_unknown`, `stale_version`, `reason_needed`, `delegation_closed` and all
    of policies.may_act. Journal: `step.finished` {state, occurred_at, late}.
    """
    delegation = _work(delegation_id, actor, desk=True)
    step = _step(delegation, step_id)
    if step.state != StepState.OPEN.value:
        return step
    if step.version != report.version:
        raise StaleVersion({"version": step.version})
    reason = wanted_reason(report.reason) if report.skip else ""
    at = policies.honest(report.occurred_at)
    if not report.skip:
        _refuse_unless_covered(delegation, step.action, at)
    _begin(delegation, actor)
    now, by = clock.now(), staff_of(actor)
    workflow.move(
        step,
        (lambda: step.skip(at=now, by=by))
        if report.skip
        else (lambda: step.finish(at=now, occurred_at=at, by=by)),
        actor=actor,
        kind="step.finished",
        stream=delegation.stream,
        data=facts(
            delegation,
            step=str(step.pk),
            item=step.item,
            code=step.code,
            state=StepState.SKIPPED.value if report.skip else StepState.DONE.value,
            occurred_at=clock.iso(report.occurred_at),
            late=policies.is_late(delegation),
        ),
        private={"reason": reason} if reason else None,
    )
    return step


@transaction.atomic
def hand_over(delegation_id: UUID, new: NewHandOver, *, actor: Actor) -> HandOver:
    """Note that a paper changed hands, one receipt per document.

    Receiving needs a mandate; giving back is always right. The same `id` again gives the first
    one. Refuses with `delegation_invalid`, `hand_over_differs`, `delegation_closed` and all of
    policies.may_act. Journal: `document.handed_over` {direction, copies, original, late}.
    """
    returned = new.direction is Direction.RETURNED
    delegation = _work(delegation_id, actor, desk=False, open_only=not returned)
    known = HandOver.objects.filter(pk=new.id).first() if new.id else None
    if known is not None:
        return _same(known, new, delegation)
    if not 1 <= len(new.title.strip()) <= 120 or not 1 <= new.copies <= 99:
        raise DelegationInvalid({"title": "请写明材料名称（120 字以内）和份数（1 至 99）"})
    at = policies.honest(new.occurred_at)
    if not returned:
        _refuse_unless_covered(delegation, "", at)
        _begin(delegation, actor)
    row = HandOver(
        id=new.id or ids.new(),
        delegation=delegation,
        direction=new.direction.value,
        item=new.item,
        material=new.material,
        title=new.title.strip(),
        copies=new.copies,
        original=new.original,
        at=clock.now(),
        occurred_at=at,
        staff_id=UUID(actor.id),
    )
    row.entry = _tell_hand_over(row, delegation, new, actor).number
    row.save(force_insert=True)
    return row


def add_file(delegation_id: UUID, new: NewFile, *, actor: Actor) -> Receipt:
    """Take one file of the visit, byte for byte, and give a receipt for it.

    The same bytes for the same item and material are taken once: a repetition, in any order and
    after any interruption, gives the first receipt. Refuses with `delegation_closed`, for files
    that are acts under the mandate with all of policies.may_act, and with all of
    evidence.services.admit. Journal: `evidence.admitted`.
    """
    at = policies.honest(new.taken_at or clock.now())
    with transaction.atomic():
        delegation = _work(delegation_id, actor, desk=False, open_only=False)
        known = _known(delegation, new)
        if known is not None:
            return receipt_of(known, delegation)
        if delegation.state not in policies.TAKES_FILES:
            raise DelegationClosed
        if new.purpose in UNDER_MANDATE:
            _refuse_unless_covered(delegation, "", at)
        piece = _admit(delegation, new, actor)
        row, _ = VisitFile.objects.get_or_create(
            evidence=piece,
            defaults={
                "delegation": delegation,
                "purpose": new.purpose.value,
                "item": new.item,
                "material": new.material,
                "staff_id": UUID(actor.id),
                "taken_at": new.taken_at,
                "received_at": clock.now(),
            },
        )
        return receipt_of(row, delegation)


def receipt_of(row: VisitFile, delegation: Delegation) -> Receipt:
    """The receipt of a file, the same each time."""
    piece = row.evidence
    entry = JournalEntry.objects.get(stream=delegation.stream, number=piece.number)
    return Receipt(
        piece.pk,
        row.pk,
        piece.sha256,
        piece.sm3,
        piece.size,
        piece.number,
        entry.digest,
        row.received_at,
    )


@transaction.atomic
def note_hand_overs_signed(delegation_id: UUID, signed_for: str, documents: list[UUID]) -> int:
    """The applicant has signed the hand-over list: the documents on it, and no later one, are
    acknowledged. `signed_for` names the paper. Says how many."""
    return HandOver.objects.filter(
        delegation_id=delegation_id, acknowledged_at__isnull=True, pk__in=documents
    ).update(acknowledged_at=clock.now(), acknowledged_by=signed_for)


def begin_handling(delegation_id: UUID, *, actor: Actor) -> None:
    """Somebody is at the door: 办理 begins. Nothing happens when it has begun, or must not."""
    with transaction.atomic():
        _begin(locked(delegation_id), actor)


def _admit(delegation: Delegation, new: NewFile, actor: Actor) -> EvidenceItem:
    how = Circumstances(
        Purpose.VISIT,
        item=_label(new),
        grade=Grade.UPLOADED,
        taken_at=new.taken_at,
        longitude=new.longitude,
        latitude=new.latitude,
    )
    return evidence.admit(delegation.dossier, new.file, new.sha256, how, actor=actor)


def _step(delegation: Delegation, step_id: UUID) -> Step:
    found = Step.objects.select_for_update().filter(delegation=delegation, pk=step_id).first()
    if found is None:
        raise StepUnknown
    return found


def _begin(delegation: Delegation, actor: Actor) -> None:
    if delegation.state == DelegationState.ACCEPTED.value:
        move(delegation, "handle", "delegation.handling", actor=actor)


def _work(delegation_id: UUID, actor: Actor, *, desk: bool, open_only: bool = True) -> Delegation:
    delegation = locked(delegation_id)
    refusal = policies.may_work(actor, delegation)
    if refusal is not None and desk:
        refusal = policies.may_run(actor, delegation)
    if refusal is None and open_only:
        refusal = policies.is_working(delegation)
    if refusal is not None:
        raise refusal
    return delegation


def _refuse_unless_covered(delegation: Delegation, action: str, at: datetime) -> None:
    refusal = policies.may_act(delegation, action, at)
    if refusal is not None:
        raise refusal


def _same(known: HandOver, new: NewHandOver, delegation: Delegation) -> HandOver:
    told = (known.delegation_id, known.direction, known.title, known.copies, known.original)
    if told != (delegation.pk, new.direction.value, new.title.strip(), new.copies, new.original):
        raise HandOverDiffers
    return known


def _known(delegation: Delegation, new: NewFile) -> VisitFile | None:
    pieces = EvidenceItem.objects.filter(
        dossier=delegation.dossier,
        sha256=new.sha256.lower(),
        purpose=Purpose.VISIT.value,
        item=_label(new),
    )
    return VisitFile.objects.select_related("evidence").filter(evidence__in=pieces).first()


def _label(new: NewFile) -> str:
    """Item and material in the dossier's one column for it."""
    return f"{new.item}/{new.material}"[:40] if new.material else new.item[:40]


def _tell_hand_over(
    row: HandOver, delegation: Delegation, new: NewHandOver, actor: Actor
) -> JournalEntry:
    data: dict[str, JSONValue] = facts(
        delegation,
        hand_over=str(row.pk),
        direction=row.direction,
        item=row.item,
        material=row.material,
        copies=row.copies,
        original=row.original,
        occurred_at=clock.iso(new.occurred_at),
        late=policies.is_late(delegation),
    )
    return journal.append(
        delegation.stream,
        "document.handed_over",
        actor=actor,
        data=data,
        private={"title": row.title},
    )
