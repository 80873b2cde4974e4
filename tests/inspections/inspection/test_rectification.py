"""Only what failed is looked at again, in a dossier of its own, until all of it is in order."""

import pytest

from fieldsvc.kernel import journal, outbox
from inspections.catalog.states import Outcome
from inspections.evidence import selectors as evidence
from inspections.evidence.errors import EvidenceClosed
from inspections.evidence.states import Purpose
from inspections.inspection import selectors, services
from inspections.inspection.errors import (
    NoteNeeded,
    RectificationIncomplete,
    RectificationNotOpen,
    RectificationUnknown,
)
from inspections.inspection.models import Rectification
from inspections.inspection.states import RectificationState
from tests.inspections.inspection.scene import Scene
from tests.inspections.inspection.web import as_applicant, as_staff
from tests.inspections.pictures import picture_bytes

FAILED = {"CY01": "招牌与申请不一致", "CY11": "洗手池无皂液"}


def due(scene: Scene) -> Rectification:
    return Rectification.objects.get(inspection=scene.inspection)


def accept(scene: Scene, item: str) -> None:
    services.accept_item(due(scene), item, "已改好", by=scene.pair[0], actor=scene.lead)
    outbox.drain()


def give_back(scene: Scene, item: str, opinion: str = "看不清皂液") -> None:
    services.return_item(due(scene), item, opinion, by=scene.pair[0], actor=scene.lead)
    outbox.drain()


def test_all_items_accepted_seal_the_second_dossier_and_turn_the_verdict(scene: Scene) -> None:
    scene.play_to_seal(FAILED)
    scene.upload(Purpose.RECTIFICATION, "CY01", shade=60)
    scene.clock.advance(seconds=60)
    with pytest.raises(RectificationIncomplete) as refused:
        services.submit(due(scene), actor=scene.guest)
    assert refused.value.fields["items"] == ["CY11"]
    scene.upload(Purpose.RECTIFICATION, "CY11", shade=61)
    services.submit(due(scene), actor=scene.guest)
    accept(scene, "CY01")
    give_back(scene, "CY11")
    assert due(scene).state == RectificationState.RETURNED.value

    with pytest.raises(RectificationNotOpen):
        scene.upload(Purpose.RECTIFICATION, "CY01", shade=62)
    with pytest.raises(RectificationIncomplete):
        services.submit(due(scene), actor=scene.guest)
    scene.clock.advance(seconds=60)
    scene.upload(Purpose.RECTIFICATION, "CY11", shade=63)
    services.submit(due(scene), actor=scene.guest)
    accept(scene, "CY11")

    row = due(scene)
    assert row.state == RectificationState.ACCEPTED.value and row.dossier is not None
    assert row.dossier.is_sealed and evidence.verify(row.dossier).ok
    result = selectors.result_of(row.dossier.pk)
    assert result is not None
    assert (result.version, result.verdict) == (2, Outcome.CONFORMING.value)
    assert result.failed_items == () and result.counts["key_failed"] == 0
    first = selectors.result_of(scene.inspection.dossier_id)
    assert first is not None and first.verdict == Outcome.NON_CONFORMING.value
    kinds = [entry.kind for entry in journal.entries(row.dossier.stream)]
    assert kinds[0] == "dossier.opened" and kinds[-2:] == [
        "rectification.accepted",
        "dossier.sealed",
    ]
    _check_papers(scene, row.dossier.stream)


def _check_papers(scene: Scene, stream: str) -> None:
    """Each look gives an opinion; the failed verdict was explained, and what to put right told."""
    returned = journal.entries(stream).get(kind="rectification.item_returned")
    assert journal.reveal(returned, "opinion") == "看不清皂液"
    made = {one.serial.rpartition("-")[2] for one in scene.inspection.papers.all()}
    assert made == {"HC1", "BY1", "ZG1", "SJ1", "FC1", "FC2"}
    assert evidence.verify(scene.inspection.dossier).ok


def test_uploads_wait_for_the_first_dossier_to_be_sealed(scene: Scene) -> None:
    scene.book()
    scene.call()
    scene.record(1)
    scene.judge_all(FAILED)
    scene.conclude()
    with pytest.raises(EvidenceClosed):
        scene.upload(Purpose.RECTIFICATION, "CY01")


def test_items_that_passed_are_not_opened_again(scene: Scene) -> None:
    scene.play_to_seal(FAILED)
    with pytest.raises(RectificationUnknown):
        scene.upload(Purpose.RECTIFICATION, "CY02")
    with pytest.raises(RectificationNotOpen):
        accept(scene, "CY01")


def test_a_return_says_what_is_missing(scene: Scene) -> None:
    scene.play_to_seal({"CY01": "招牌与申请不一致"})
    scene.upload(Purpose.RECTIFICATION, "CY01")
    services.submit(due(scene), actor=scene.guest)
    with pytest.raises(NoteNeeded):
        give_back(scene, "CY01", " ")


def test_over_http_the_applicant_hands_in_and_the_inspector_accepts(scene: Scene) -> None:
    scene.play_to_seal({"CY01": "招牌与申请不一致"})
    page, desk = as_applicant(scene.case), as_staff(scene.pair[0])
    assert page.get("/join/state").json()["step"] == "RECTIFY"
    sent = page.upload(picture_bytes(shade=5), purpose="RECTIFICATION", item="CY01")
    assert sent.status_code == 200, sent.content
    assert page.send("POST", "/join/rectification").json()["rectification"]["state"] == "SUBMITTED"
    today = desk.get("/desk/today").json()["items"]
    assert today[0]["rectification"] == "SUBMITTED"
    url = f"/rectifications/{today[0]['rectification_id']}"
    assert len(desk.get(url).json()["items"][0]["uploads"]) == 1
    accepted = desk.send("POST", f"{url}/items/CY01/accept", {"opinion": "已改好"})
    assert accepted.json()["state"] == "ACCEPTED", accepted.content
