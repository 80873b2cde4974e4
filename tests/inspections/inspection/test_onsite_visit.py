from fieldsvc.kernel import journal
from inspections.dispatch.models import Visit
from inspections.inspection import rules, services
from inspections.inspection.states import TransferReason
from tests.inspections.inspection.scene import Scene

PLACE = {"longitude": 117.86, "latitude": 36.81}


def transferred(scene: Scene, **place: float | None) -> None:
    inspection = scene.book()
    type(scene.case).objects.filter(pk=scene.case.pk).update(**place)
    services.transfer(inspection.pk, TransferReason.APPLICANT_ASKED, "", actor=scene.guest)
    for _ in range(2):
        services.request_visit(inspection.pk)


def test_a_transfer_asks_for_one_visit_with_the_open_items_only(scene: Scene) -> None:
    transferred(scene, **PLACE)
    visit = Visit.objects.get()
    items = services.open_items(scene.inspection)
    assert visit.kind == "INSPECTION"
    assert visit.subject == scene.inspection.pk
    assert visit.stream == scene.case.stream
    assert f"待核 {len(items)} 项" in visit.title
    assert items[0].title in visit.note
    assert visit.skills == ["INSPECTION"]
    assert visit.minutes >= 30


def test_what_was_judged_remotely_stays_at_home(scene: Scene) -> None:
    scene.book()
    scene.call()
    before = services.open_items(scene.inspection)
    scene.judge_all()
    assert before
    assert services.open_items(scene.inspection) == []


def test_without_a_place_the_case_says_so(scene: Scene) -> None:
    transferred(scene, longitude=None, latitude=None)
    assert not Visit.objects.exists()
    kinds = [entry.kind for entry in journal.entries(scene.case.stream)]
    assert "visit.place_missing" in kinds


def test_a_long_list_is_cut_with_a_count() -> None:
    note = rules.on_site_note([f"CY{number:02d} 餐用具清洗消毒保洁设施" for number in range(60)])
    assert len(note) <= 500
    assert note.endswith("项")
