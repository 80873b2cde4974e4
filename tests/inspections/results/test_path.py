"""From the sealed dossier of a whole inspection to the receipt, twice."""

from datetime import timedelta

import pytest

from fieldsvc.kernel import clock, journal, outbox
from fieldsvc.kernel.clock import FixedClock
from inspections.cases.models import Case
from inspections.cases.selectors import case_of
from inspections.evidence.states import Purpose
from inspections.inspection import services
from tests.inspections.cast import Cast
from tests.inspections.inspection.scene import Scene
from tests.inspections.results.scene import Handover
from tests.support.receiver import Receiver


@pytest.fixture
def scene(cast: Cast, standing_clock: FixedClock) -> Scene:
    return Scene(cast, standing_clock)


def play(scene: Scene, receiver: Receiver, failed: dict[str, str] | None = None) -> Handover:
    scene.book()
    Case.objects.filter(pk=scene.case.pk).update(callback_url=receiver.url)
    scene.call()
    scene.record(1)
    scene.judge_all(failed)
    scene.record(2)
    scene.conclude()
    scene.sign_all()
    scene.close_room()
    return Handover(scene.cast, scene.case)


def test_a_conforming_inspection_ends_with_a_receipt_and_a_closed_case(
    scene: Scene, receiver: Receiver
) -> None:
    handover = play(scene, receiver)
    (item,) = receiver.received
    inspection = scene.inspection
    assert item.signed_by(handover.public_key)
    assert (item.json["verdict"], item.json["version"]) == ("CONFORMING", 1)
    assert item.json["dossier_head"] == journal.head(inspection.stream).digest
    assert item.json["record_sha256"] == scene.rec().signed_sha256
    assert handover.told()[-1].kind == "result.delivered"
    case = case_of(scene.case.pk)
    assert (case.outcome, case.result_version, case.state) == ("CONFORMING", 1, "CLOSED")


def test_an_accepted_rectification_is_the_second_version(scene: Scene, receiver: Receiver) -> None:
    play(scene, receiver, {"CY01": "招牌与申请不一致"})
    assert case_of(scene.case.pk).result_version == 1
    rectification = scene.inspection.rectification
    scene.clock.advance(timedelta(hours=1))
    upload(scene)
    services.submit(rectification, actor=scene.guest)
    services.accept_item(rectification, "CY01", "", by=scene.pair[0], actor=scene.lead)
    outbox.drain()
    first, second = receiver.received
    assert [one.json["version"] for one in (first, second)] == [1, 2]
    assert [one.json["verdict"] for one in (first, second)] == ["NON_CONFORMING", "CONFORMING"]
    assert first.json["rectification_deadline"] > clock.iso(clock.now())
    assert "rectification_deadline" not in second.json
    assert first.json["dossier_head"] != second.json["dossier_head"]
    case = case_of(scene.case.pk)
    assert (case.outcome, case.result_version, case.state) == ("CONFORMING", 2, "CLOSED")


def upload(scene: Scene) -> None:
    scene.upload(Purpose.RECTIFICATION, "CY01")
