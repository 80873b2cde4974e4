"""Putting right what failed, in a dossier of its own."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, journal, workflow
from fieldsvc.kernel.journal import Actor
from inspections.evidence import services as evidence
from inspections.evidence.models import EvidenceItem
from inspections.evidence.states import Purpose
from inspections.inspection import policies
from inspections.inspection.errors import (
    NoteNeeded,
    RectificationIncomplete,
    RectificationNotOpen,
    RectificationUnknown,
)
from inspections.inspection.models import Inspection, Rectification, RectificationItem
from inspections.inspection.services.common import facts, system
from inspections.inspection.states import RectificationState
from inspections.people.models import Staff

OPEN = {RectificationState.ORDERED.value, RectificationState.RETURNED.value}


def open_dossier_for(inspection: Inspection) -> None:
    """Open the dossier of an ordered rectification; its first entry names the sealed one's head."""
    rectification = Rectification.objects.filter(inspection=inspection).first()
    if rectification is None or rectification.dossier_id:
        return
    rectification.dossier = evidence.open_dossier(
        f"整改 {inspection.number}",
        scope=str(inspection.bureau_id),
        actor=system(inspection),
        previous_head=journal.head(inspection.stream).digest,
        service_item=inspection.template_code,
    )
    workflow.save_fields(rectification, "dossier")


def upload_target(rectification: Rectification, item: str) -> RectificationItem:
    """The item an upload is for; refuses with `rectification_not_open`, `rectification_unknown`."""
    row = rectification.items.filter(item=item).first()
    if row is None:
        raise RectificationUnknown({"item": item})
    if not rectification.dossier_id or row.state not in OPEN:
        raise RectificationNotOpen
    return row


def note_upload(
    rectification: Rectification, item: RectificationItem, piece: EvidenceItem, *, actor: Actor
) -> None:
    """Journal `rectification.uploaded`: this piece shows that the item was put right."""
    with transaction.atomic():
        journal.append(
            _stream(rectification),
            "rectification.uploaded",
            actor=actor,
            data=facts(
                rectification.inspection,
                rectification=str(rectification.id),
                item=item.item,
                evidence=str(piece.id),
            ),
        )


def submit(rectification: Rectification, *, actor: Actor) -> Rectification:
    """Hand the whole rectification in; journals `rectification.submitted`.

    Refuses with `rectification_incomplete` (fields.items) while an open item has no upload of
    this turn, `rectification_not_open`.
    """
    with transaction.atomic():
        row = _locked(rectification.pk)
        if row.state not in OPEN or not row.dossier_id:
            raise RectificationNotOpen
        open_items = [item for item in row.items.all() if item.state in OPEN]
        bare = [item.item for item in open_items if not _uploads_since_decision(row, item)]
        if bare:
            raise RectificationIncomplete(fields={"items": bare})
        for item in open_items:
            _move_item(item, item.submit, "rectification.item_submitted", actor)
        workflow.move(
            row,
            lambda: row.submit(at=clock.now()),
            actor=actor,
            kind="rectification.submitted",
            stream=_stream(row),
            data=facts(
                row.inspection,
                rectification=str(row.id),
                items=[item.item for item in open_items],
                late=clock.now() > row.deadline,
            ),
        )
        return row


def accept_item(
    rectification: Rectification, item: str, opinion: str, *, by: Staff, actor: Actor
) -> Rectification:
    """One item is in order now; journals `rectification.item_accepted`.

    With the last one the whole is accepted (`rectification.accepted`) and its dossier sealed.
    Refuses with `rectification_not_open`, `not_allowed`.
    """
    with transaction.atomic():
        row, target = _decidable(rectification, item, actor)
        accept = partial(target.accept, at=clock.now(), by=by, opinion=opinion)
        _move_item(target, accept, "rectification.item_accepted", actor, opinion)
        _settle(row, actor)
        return row


def return_item(
    rectification: Rectification, item: str, opinion: str, *, by: Staff, actor: Actor
) -> Rectification:
    """One item is not in order yet; journals `rectification.item_returned`.

    Once no item waits for a decision the whole goes back (`rectification.returned`). Refuses with
    `note_needed` without an opinion, `rectification_not_open`, `not_allowed`.
    """
    if not opinion.strip():
        raise NoteNeeded({"opinion": "请写明还差什么"})
    with transaction.atomic():
        row, target = _decidable(rectification, item, actor)
        give_back = partial(target.give_back, at=clock.now(), by=by, opinion=opinion)
        _move_item(target, give_back, "rectification.item_returned", actor, opinion)
        _settle(row, actor)
        return row


def _settle(rectification: Rectification, actor: Actor) -> None:
    """Once nothing waits for a decision: the whole is accepted, or goes back."""
    states = {item.state for item in rectification.items.all()}
    if RectificationState.SUBMITTED.value in states:
        return
    done = states == {RectificationState.ACCEPTED.value}
    workflow.move(
        rectification,
        partial(rectification.accept, at=clock.now()) if done else rectification.give_back,
        actor=actor,
        kind="rectification.accepted" if done else "rectification.returned",
        stream=_stream(rectification),
        data=facts(rectification.inspection, rectification=str(rectification.id)),
    )
    if done and rectification.dossier is not None:
        evidence.seal(rectification.dossier.pk, actor=system(rectification.inspection))


def _move_item(
    item: RectificationItem, run: Callable[[], None], kind: str, actor: Actor, opinion: str = ""
) -> None:
    rectification = item.rectification
    workflow.move(
        item,
        run,
        actor=actor,
        kind=kind,
        stream=_stream(rectification),
        data=facts(rectification.inspection, rectification=str(rectification.id), item=item.item),
        private={"opinion": opinion} if opinion else None,
    )


def _decidable(
    rectification: Rectification, item: str, actor: Actor
) -> tuple[Rectification, RectificationItem]:
    row = _locked(rectification.pk)
    refusal = policies.may_decide_rectification(actor, row.inspection)
    if refusal is not None:
        raise refusal
    target = row.items.filter(item=item).first()
    if target is None:
        raise RectificationUnknown({"item": item})
    if target.state != RectificationState.SUBMITTED.value:
        raise RectificationNotOpen
    return row, target


def _uploads_since_decision(rectification: Rectification, item: RectificationItem) -> bool:
    if rectification.dossier is None:
        return False
    uploads = rectification.dossier.items.filter(
        purpose=Purpose.RECTIFICATION.value, item=item.item
    )
    if item.decided_at is not None:
        uploads = uploads.filter(admitted_at__gt=item.decided_at)
    return uploads.exists()


def _locked(rectification_id: UUID) -> Rectification:
    return (
        Rectification.objects.select_for_update(of=("self",))
        .select_related("inspection", "dossier")
        .get(pk=rectification_id)
    )


def _stream(rectification: Rectification) -> str:
    if rectification.dossier is None:
        raise RectificationNotOpen
    return rectification.dossier.stream
