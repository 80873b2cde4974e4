"""The end of an inspection: by a verdict, or by moving it to the place itself."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, glyphs, journal, workflow
from fieldsvc.kernel.errors import StaleVersion
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.cases import services as cases
from inspections.catalog.rules import Verdict
from inspections.catalog.states import Outcome, Result
from inspections.inspection import policies, rules, selectors
from inspections.inspection.errors import ConcludeBlocked
from inspections.inspection.models import Inspection, Rectification, RectificationItem
from inspections.inspection.rules import Blocker
from inspections.inspection.selectors.judging import findings_by_item
from inspections.inspection.services.common import facts, locked, room_of, system
from inspections.inspection.states import InspectionState, TransferReason
from signaling import recordings, rooms
from signaling.states import Role


@dataclass(frozen=True, slots=True)
class Conclusion:
    """`version` is the inspection's as the inspector saw it; days count from today."""

    version: int
    rectification_days: int = rules.DEFAULT_RECTIFICATION_DAYS
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class FailedFinding:
    item: str
    title: str
    criterion: str
    note: str


def conclude(inspection: Inspection, wish: Conclusion, *, actor: Actor) -> Inspection:
    """Give the verdict that the template's rule computes; journals `inspection.concluded`.

    Failed items are ordered to be put right (`rectification.ordered`), also when the rule lets the
    place pass with them; a verdict of ON_SITE_REQUIRED leaves them to the visit.
    Refuses with `conclude_blocked` (fields.blockers lists all), `stale_version`, `not_allowed`,
    `glyph_missing` (the record could not print the opinion), `inspection_not_begun`,
    `inspection_over`.
    """
    with transaction.atomic():
        inspection = locked(inspection.pk)
        refusal = policies.may_find(actor, inspection)
        if refusal is not None:
            raise refusal
        if inspection.version != wish.version:
            raise StaleVersion({"version": inspection.version})
        glyphs.refuse_missing({"opinion": wish.opinion})
        found = blockers_of(inspection)
        verdict = selectors.compute(inspection)
        if found or verdict.verdict is None:
            raise ConcludeBlocked({"blockers": [_described(one) for one in found]})
        _conclude(inspection, verdict, verdict.verdict, wish, actor)
        failed = _failed(inspection)
        if failed and verdict.verdict is not Outcome.ON_SITE_REQUIRED:
            _order(inspection, failed, wish, actor)
        return inspection


def blockers_of(inspection: Inspection) -> list[Blocker]:
    """Everything that forbids a conclusion now."""
    room = room_of(inspection)
    there = [one for one in rooms.presence(room) if one.role == Role.HOST.value and one.took_part]
    return rules.blockers(
        selectors.item_states(inspection),
        selectors.gaps_of(inspection),
        inspectors=len({one.subject for one in there}),
        segments=len(recordings.segments(room)),
    )


def transfer(inspection_id: UUID, reason: TransferReason, note: str, *, actor: Actor) -> Inspection:
    """Go on at the place itself: mode becomes ON_SITE, the room closes.

    Journals `inspection.transferred`. A second time changes nothing; refuses with
    `inspection_over` once concluded, `not_allowed` for others than assigned inspectors.
    """
    with transaction.atomic():
        inspection = locked(inspection_id)
        if inspection.state == InspectionState.TRANSFERRED.value:
            return inspection
        if actor.kind != "system":
            refusal = policies.may_transfer(actor, inspection)
            if refusal is not None:
                raise refusal
        workflow.move(
            inspection,
            lambda: inspection.transfer(reason=reason.value, note=note),
            actor=actor,
            kind="inspection.transferred",
            stream=inspection.stream,
            data=facts(inspection, mode="ON_SITE", reason=reason.value),
            private={"note": note} if note else None,
        )
        cases.mark_transferred(inspection.case, actor=system(inspection), reason=reason.value)
        rooms.close_room(inspection.room, actor=system(inspection), reason="transferred")
        return inspection


def _conclude(
    inspection: Inspection, verdict: Verdict, outcome: Outcome, wish: Conclusion, actor: Actor
) -> None:
    counts: dict[str, int] = asdict(verdict.counts)
    workflow.move(
        inspection,
        lambda: inspection.conclude(
            at=clock.now(),
            outcome=outcome.value,
            reason_code=verdict.reason_text_code,
            counts=counts,
            opinion=wish.opinion.strip(),
        ),
        actor=actor,
        kind="inspection.concluded",
        stream=inspection.stream,
        data=facts(
            inspection,
            verdict=outcome.value,
            reason=verdict.reason_text_code,
            counts=counts,
            items=list(verdict.items),
        ),
        private={"opinion": wish.opinion} if wish.opinion else None,
    )


def _failed(inspection: Inspection) -> list[FailedFinding]:
    known = findings_by_item(inspection)
    return [
        FailedFinding(item.code, item.title, item.criterion, known[item.code].note)
        for item in selectors.template_of(inspection).items
        if known[item.code].result == Result.NON_CONFORMING.value
    ]


def _order(
    inspection: Inspection, failed: list[FailedFinding], wish: Conclusion, actor: Actor
) -> None:
    days = min(max(wish.rectification_days, 1), rules.MAX_RECTIFICATION_DAYS)
    rectification = Rectification.objects.create(
        inspection=inspection,
        deadline=rules.rectification_deadline(clock.now(), days),
        ordered_at=clock.now(),
    )
    for one in failed:
        RectificationItem.objects.create(
            rectification=rectification,
            item=one.item,
            title=one.title,
            demand=f"{one.note.rstrip('。')}。整改到：{one.criterion}",
        )
    journal.append(
        inspection.stream,
        "rectification.ordered",
        actor=actor,
        data=facts(
            inspection,
            rectification=str(rectification.id),
            deadline=clock.iso(rectification.deadline),
            items=[one.item for one in failed],
        ),
    )


def _described(blocker: Blocker) -> dict[str, JSONValue]:
    return {"code": blocker.code, "item": blocker.item or None, "text": blocker.text}
