from fieldsvc.kernel import journal
from inspections.inspection import policies, services
from inspections.inspection.states import InspectionState, TransferReason
from tests.inspections.inspection.scene import Scene


def test_an_applicant_may_ask_for_a_visit_after_consenting_but_before_it_began(
    scene: Scene,
) -> None:
    inspection = scene.book()
    scene.consent()
    assert "inspection.transfer" in policies.abilities(scene.guest, inspection)
    services.transfer(inspection.pk, TransferReason.APPLICANT_ASKED, "", actor=scene.guest)
    inspection.refresh_from_db()
    assert inspection.state == InspectionState.TRANSFERRED.value
    told = list(journal.entries(inspection.stream))
    assert "inspection.transferred" in {entry.kind for entry in told}


def test_half_an_inspection_is_not_left_by_the_applicant(scene: Scene) -> None:
    scene.book()
    inspection = scene.call()
    assert policies.may_transfer(scene.guest, inspection) is not None
    assert "inspection.transfer" not in policies.abilities(scene.guest, inspection)
