import pytest

from fieldsvc.kernel import journal, outbox
from fieldsvc.kernel.errors import NotAllowed
from inspections.cases.states import CaseState
from inspections.catalog.selectors import current_consent
from inspections.catalog.states import Result
from inspections.dispatch import services as dispatch
from inspections.dispatch.errors import VideoImpossible
from inspections.dispatch.models import Visit
from inspections.inspection import policies, rules, selectors, services
from inspections.inspection.errors import NotOnSite
from inspections.inspection.selectors.progress import progress_of
from inspections.inspection.states import Step, TransferReason
from inspections.notices.models import Notice
from inspections.notices.states import NoticeKind, NoticeState
from inspections.people.selectors import actor_of_staff
from tests.inspections.inspection.scene import Scene

PLACE = {"longitude": 117.86, "latitude": 36.81}


def placed(scene: Scene, **place: float | None) -> None:
    type(scene.case).objects.filter(pk=scene.case.pk).update(**place)


def transferred(scene: Scene, **place: float | None) -> None:
    inspection = scene.book()
    placed(scene, **place)
    services.transfer(inspection.pk, TransferReason.APPLICANT_ASKED, "", actor=scene.guest)
    for _ in range(2):
        services.request_visit(inspection.pk)


def concluded_on_site(scene: Scene) -> None:
    """All judged: one cannot be judged remotely, one has failed, the rest passes."""
    scene.book()
    placed(scene, **PLACE)
    scene.call()
    scene.record(1)
    scene.judge_all({"CY11": "洗手池无皂液"})
    scene.judge("CY06", Result.UNDETERMINED, "画面看不清尺寸")
    scene.record(2)
    scene.conclude()


def test_a_transfer_asks_for_one_visit_with_the_open_items_only(scene: Scene) -> None:
    transferred(scene, **PLACE)
    visit = Visit.objects.get()
    items = selectors.open_items(scene.inspection)
    assert visit.kind == "INSPECTION"
    assert visit.subject == scene.inspection.pk
    assert visit.stream == scene.case.stream
    assert f"待核 {len(items)} 项" in visit.title
    assert items[0].title in visit.note
    assert visit.skills == ["INSPECTION"]
    assert visit.minutes >= 30


def test_a_verdict_that_leaves_items_to_a_visit_puts_it_on_the_board(scene: Scene) -> None:
    concluded_on_site(scene)
    visit = Visit.objects.get()
    assert (visit.state, visit.address) == ("WAITING", scene.case.address)
    assert "待核 2 项" in visit.title
    # What passed remotely stays passed; what failed was given no demand, so the visit looks at it.
    assert [one.code for one in selectors.open_items(scene.inspection)] == ["CY06", "CY11"]
    assert "CY06" in visit.note
    assert "CY01" not in visit.note
    # Two by law: the note says so and names the pair that led the call.
    assert "2 名以上勘验人员" in visit.note
    assert all(staff.name in visit.note for staff in scene.pair)
    kinds = [entry.kind for entry in journal.entries(scene.case.stream)]
    assert kinds.count("visit.requested") == 1


def test_a_verdict_that_settles_everything_asks_for_no_visit(scene: Scene) -> None:
    scene.play_to_seal()
    assert not Visit.objects.exists()
    assert selectors.on_site_of(scene.inspection) is None


def test_a_refused_recording_asks_for_a_visit_with_every_item(scene: Scene) -> None:
    scene.book()
    placed(scene, **PLACE)
    text = services.ConsentAnswer(False, current_consent().sha256, False, "phone")
    services.answer_consent(scene.inspection, text, actor=scene.guest)
    outbox.drain()
    whole = len(selectors.template_of(scene.inspection).items)
    assert f"待核 {whole} 项" in Visit.objects.get().title


def test_what_was_judged_remotely_stays_at_home(scene: Scene) -> None:
    scene.book()
    scene.call()
    before = selectors.open_items(scene.inspection)
    scene.judge_all()
    assert before
    assert selectors.open_items(scene.inspection) == []


def test_without_a_place_the_case_says_so_and_the_desk_sets_it(scene: Scene) -> None:
    transferred(scene, longitude=None, latitude=None)
    assert not Visit.objects.exists()
    kinds = [entry.kind for entry in journal.entries(scene.case.stream)]
    assert "visit.place_missing" in kinds
    assert "site.locate" in policies.abilities(scene.lead, scene.inspection)
    for _ in range(2):
        services.locate(scene.inspection.pk, (117.86, 36.81), actor=scene.lead)
    visit = Visit.objects.get()
    assert visit.place == (117.86, 36.81)


def test_only_those_of_the_inspection_say_where_it_is(scene: Scene) -> None:
    transferred(scene, longitude=None, latitude=None)
    for actor in (scene.guest, actor_of_staff(scene.cast.zhao)):
        with pytest.raises(NotAllowed):
            services.locate(scene.inspection.pk, (117.86, 36.81), actor=actor)


def test_a_remote_inspection_has_no_place_to_set(scene: Scene) -> None:
    scene.book()
    with pytest.raises(NotOnSite):
        services.locate(scene.inspection.pk, (117.86, 36.81), actor=scene.lead)


def test_the_visit_and_its_open_items_are_told_again(scene: Scene) -> None:
    concluded_on_site(scene)
    found = selectors.on_site_of(scene.inspection)
    assert found is not None
    assert found.visit is not None
    assert found.order is None
    dispatch.cancel_visit(found.visit.pk, reason="TEST", actor=scene.lead)
    again = selectors.on_site_of(scene.inspection)
    assert again is not None
    assert again.visit is not None
    assert again.visit.state == "CANCELLED"


def test_a_long_list_is_cut_with_a_count() -> None:
    titles = [f"CY{number:02d} 餐用具清洗消毒保洁设施" for number in range(60)]
    note = rules.on_site_note(titles, ["王勘验", "陈勘验"])
    assert len(note) <= 500
    assert note.endswith("项")


class TestAVideoCallInsteadOfTheTrip:
    def test_the_applicant_is_invited_and_books_again(self, scene: Scene) -> None:
        transferred(scene, **PLACE)
        visit = Visit.objects.get()
        first = scene.inspection
        dispatch.order_video(visit.pk, version=visit.version, actor=scene.lead)
        outbox.drain()
        for _ in range(2):
            services.return_to_video(first.pk)
        scene.case.refresh_from_db()
        assert scene.case.state == CaseState.RECEIVED
        invited = Notice.objects.get(kind=NoticeKind.VIDEO.value)
        assert invited.state == NoticeState.SENT
        kinds = [entry.kind for entry in journal.entries(scene.case.stream)]
        assert kinds.count("case.reopened") == 1
        assert progress_of(scene.case).step == Step.BOOK
        scene.book()
        second = progress_of(scene.case).inspection
        assert second is not None and second.pk != first.pk

    def test_whoever_refused_the_recording_is_not_asked_for_a_call(self, scene: Scene) -> None:
        scene.book()
        placed(scene, **PLACE)
        text = services.ConsentAnswer(False, current_consent().sha256, False, "phone")
        services.answer_consent(scene.inspection, text, actor=scene.guest)
        outbox.drain()
        visit = Visit.objects.get()
        with pytest.raises(VideoImpossible):
            dispatch.order_video(visit.pk, version=visit.version, actor=scene.lead)

    def test_a_verdict_that_needs_a_visit_cannot_be_met_by_a_call(self, scene: Scene) -> None:
        concluded_on_site(scene)
        visit = Visit.objects.get()
        with pytest.raises(VideoImpossible):
            dispatch.order_video(visit.pk, version=visit.version, actor=scene.lead)

    def test_another_reason_to_give_a_visit_up_invites_nobody(self, scene: Scene) -> None:
        transferred(scene, **PLACE)
        dispatch.cancel_visit(Visit.objects.get().pk, reason="WITHDRAWN", actor=scene.lead)
        outbox.drain()
        scene.case.refresh_from_db()
        assert scene.case.state == CaseState.TRANSFERRED
