"""What the findings so far amount to."""

from collections.abc import Iterable

from inspections.catalog.rules import Judged, Verdict, decide
from inspections.catalog.states import Result
from inspections.evidence.models import EvidenceItem
from inspections.evidence.states import EvidenceKind, Grade
from inspections.inspection import rules
from inspections.inspection.models import Finding, Inspection
from inspections.inspection.rules import Blocker, ItemState, Span
from inspections.inspection.selectors.inspections import template_of
from signaling import recordings
from signaling.models import PeerRow, Room
from signaling.spans import Kept
from signaling.states import Direction, Recording, Role

LIVE_GRADES = frozenset({Grade.LIVE_CAMERA.value, Grade.RECORDING_FRAME.value})


def findings_by_item(inspection: Inspection) -> dict[str, Finding]:
    found = inspection.findings.select_related("decided_by").prefetch_related("evidence")
    return {finding.item: finding for finding in found}


def judged_items(inspection: Inspection) -> list[Judged]:
    """Every item of the checklist with its present result, as catalog.rules wants it."""
    known = findings_by_item(inspection)
    return [
        Judged(
            code=item.code,
            level=item.level,
            remote=item.remote,
            result=Result(known[item.code].result) if item.code in known else None,
            documented=item.code in known and bool(known[item.code].evidence.all()),
        )
        for item in template_of(inspection).items
    ]


def compute(inspection: Inspection) -> Verdict:
    """The verdict by the template's rule over the findings so far."""
    return decide(template_of(inspection).rule, judged_items(inspection))


def item_states(inspection: Inspection) -> list[ItemState]:
    """Every item with what proves it, as the blockers of a conclusion want it."""
    known = findings_by_item(inspection)
    live = live_items(inspection)
    states = []
    for item in template_of(inspection).items:
        finding = known.get(item.code)
        states.append(
            ItemState(
                code=item.code,
                level=item.level,
                result=Result(finding.result) if finding else None,
                live=item.code in live or (finding is not None and is_live(finding.evidence.all())),
                recorded_at=finding.decided_at if finding and finding.recorded else None,
            )
        )
    return states


def unproved_items(inspection: Inspection) -> dict[str, Blocker]:
    """Key items whose CONFORMING has no live evidence by what is known of the recording now: a
    gap may be named long after the judgement that lies in it."""
    found = rules.unproved(item_states(inspection), gaps_of(inspection))
    return {one.item: one for one in found}


def live_items(inspection: Inspection) -> set[str]:
    """Items for which a still of the live camera, or a frame of the recording, was taken."""
    stills = inspection.dossier.items.filter(
        kind=EvidenceKind.STILL.value, grade__in=LIVE_GRADES
    ).exclude(item="")
    return set(stills.values_list("item", flat=True))


def is_live(evidence: Iterable[EvidenceItem]) -> bool:
    return any(item.grade in LIVE_GRADES for item in evidence)


def gaps_of(inspection: Inspection) -> list[Span]:
    """The named gaps of the recording."""
    room = Room.objects.get(pk=inspection.room)
    return [
        Span(span.starts_at, span.ends_at)
        for span in recordings.coverage(room).spans
        if span.state is Kept.GAP
    ]


def is_being_recorded(inspection: Inspection) -> bool:
    """Whether the applicant's picture is arriving and recorded at this moment."""
    room = Room.objects.get(pk=inspection.room)
    publishes = PeerRow.objects.filter(
        member__room=room,
        member__role=Role.GUEST.value,
        member__admitted_at__isnull=False,
        direction=Direction.PUBLISH.value,
        connected_at__isnull=False,
        closed_at=None,
    )
    return room.recording == Recording.ON.value and publishes.exists()
