"""Every arrow of the slices' workflows is walked by these paths, and no other is open."""

import pytest
from django_fsm.signals import post_transition

from fieldsvc.kernel import outbox, workflow
from fieldsvc.kernel.errors import TransitionRefused
from inspections.evidence.states import Purpose
from inspections.inspection import services
from inspections.inspection.models import Inspection, Rectification
from inspections.inspection.states import RectificationState
from inspections.signing import selectors as signing
from inspections.signing import services as signatures
from tests.inspections.inspection.scene import Scene

MINE = {"Dossier", "SignatureRequest", "Inspection", "Rectification", "RectificationItem", "Record"}
# Only a delegation's papers may be signed on paper: walked by the tests of reports. Objections and
# refusals before two inspectors are walked by those of signing.
ELSEWHERE = {
    ("SignatureRequest", "complete_on_paper", "PENDING"),
    ("SignatureRequest", "supersede", "PENDING"),
    ("SignatureRequest", "supersede", "COMPLETED"),
    ("SignatureRequest", "witness_refusal", "PENDING"),
    ("Record", "supersede", "FROZEN"),
}


def test_every_transition_is_exercised(scene: Scene) -> None:
    walked: set[tuple[str, str, str]] = set()

    def note(sender: type, name: str, source: str, **_more: object) -> None:
        walked.add((sender.__name__, name, source))

    post_transition.connect(note)
    try:
        declined_and_returned_once(scene)
        scene.book("KY-2026-000124")
        transfer(scene)
        scene.book("KY-2026-000125")
        scene.call()
        transfer(scene)
    finally:
        post_transition.disconnect(note)
    known = {
        (table.model.__name__, move.name, move.source)
        for table in workflow.tables()
        if table.model.__name__ in MINE
        for move in table.moves
    }
    assert known - walked == ELSEWHERE


def declined_and_returned_once(scene: Scene) -> None:
    scene.book()
    scene.call()
    scene.record(1)
    scene.judge_all({"CY01": "招牌与申请不一致"})
    scene.conclude()
    first, *others = signing.requests_for(scene.inspection.dossier_id, scene.rec().sha256)
    signatures.decline(first, "有意见", actor=scene.guest)
    for seed, request in enumerate(others):
        scene.sign(request, seed)
    outbox.drain()
    scene.close_room()
    for turn, decide in enumerate((services.return_item, services.accept_item)):
        scene.clock.advance(seconds=60)
        scene.upload(Purpose.RECTIFICATION, "CY01", shade=turn)
        row = Rectification.objects.get(inspection=scene.inspection)
        services.submit(row, actor=scene.guest)
        decide(row, "CY01", "意见", by=scene.pair[0], actor=scene.lead)
    assert (
        Rectification.objects.get(inspection=scene.inspection).state
        == RectificationState.ACCEPTED.value
    )


def transfer(scene: Scene) -> None:
    reason = services.TransferReason.INSPECTOR_DECIDED
    services.transfer(scene.inspection.pk, reason, "看不清", actor=scene.lead)
    outbox.drain()


def test_a_sealed_inspection_goes_nowhere(scene: Scene) -> None:
    inspection = Inspection.objects.get(pk=scene.play_to_seal().pk)
    for name in ("begin", "conclude", "transfer", "close"):
        with pytest.raises(TransitionRefused):
            workflow.move(
                inspection,
                name,
                actor=scene.lead,
                kind="test.moved",
                stream="test:1",
                data={},
            )
