"""What an inspection refuses, and that it then stands as before."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import close_old_connections

from fieldsvc.kernel import journal, outbox
from fieldsvc.kernel.errors import NotAllowed, Refusal, StaleVersion
from inspections.catalog import selectors as catalog
from inspections.catalog.states import Result
from inspections.evidence.errors import EvidenceClosed, EvidenceUnknown
from inspections.evidence.states import Purpose
from inspections.inspection import selectors, services
from inspections.inspection.errors import (
    ConcludeBlocked,
    ConsentAnswered,
    ConsentNeeded,
    InspectionNotBegun,
    InspectionOver,
    InspectionUnknown,
    ItemMustExist,
    ItemUnknown,
    KeyItemNeedsEvidence,
    NoteNeeded,
    PreSurveyClosed,
)
from inspections.inspection.models import Finding
from inspections.inspection.services import ConsentAnswer, Judgement
from inspections.inspection.states import InspectionState, Mode, SelfResult
from inspections.people.selectors import actor_of_staff
from signaling.errors import RoomClosed
from signaling.models import PeerRow
from tests.inspections.inspection.scene import Scene


def refuse_consent(scene: Scene) -> None:
    answer = ConsentAnswer(False, catalog.current_consent().sha256, False, "phone")
    services.answer_consent(scene.inspection, answer, actor=scene.guest)


class TestConsent:
    def test_no_ticket_before_the_recording_was_accepted(self, scene: Scene) -> None:
        scene.book()
        scene.come_on_time()
        with pytest.raises(ConsentNeeded):
            services.applicant_ticket(scene.inspection)

    def test_a_refusal_moves_the_inspection_to_the_site_and_closes_the_room(
        self, scene: Scene
    ) -> None:
        scene.book()
        refuse_consent(scene)
        outbox.drain()
        inspection = scene.inspection
        assert inspection.state == InspectionState.TRANSFERRED.value
        assert inspection.mode == Mode.ON_SITE.value
        assert inspection.transfer_reason == "CONSENT_REFUSED"
        assert scene.room.state != "OPEN"
        scene.case.refresh_from_db()
        assert scene.case.state == "TRANSFERRED"
        with pytest.raises(InspectionOver):
            services.applicant_ticket(inspection)

    def test_the_answer_is_given_once(self, scene: Scene) -> None:
        scene.book()
        scene.consent()
        scene.consent()
        with pytest.raises(ConsentAnswered):
            refuse_consent(scene)
        told = journal.entries(scene.inspection.stream).filter(kind__startswith="consent.")
        assert [entry.kind for entry in told] == ["consent.accepted"]


class TestPreSurvey:
    def test_it_is_closed_once_submitted_and_knows_only_the_items_of_the_checklist(
        self, scene: Scene
    ) -> None:
        inspection = scene.book()
        with pytest.raises(ItemUnknown):
            services.save_pre_survey_item(inspection, "ZZ99", SelfResult.YES, "", actor=scene.guest)
        services.submit_pre_survey(inspection, actor=scene.guest)
        services.submit_pre_survey(inspection, actor=scene.guest)
        with pytest.raises(PreSurveyClosed):
            services.save_pre_survey_item(inspection, "CY01", SelfResult.YES, "", actor=scene.guest)


class TestFindings:
    def test_nothing_is_judged_before_the_applicant_was_let_in(self, scene: Scene) -> None:
        scene.book()
        with pytest.raises(InspectionNotBegun):
            scene.judge("CY01")

    def test_a_key_item_needs_the_recording_or_a_live_picture(self, scene: Scene) -> None:
        scene.book()
        scene.call(publishing=False)
        with pytest.raises(KeyItemNeedsEvidence):
            scene.judge("CY01")
        scene.judge("CY02")
        scene.judge("CY03", Result.NON_CONFORMING, "后院有活禽")
        scene.upload(Purpose.STILL, "CY01")
        assert scene.judge("CY01").result == "CONFORMING"

    def test_a_photo_of_the_pre_survey_does_not_prove_a_key_item(self, scene: Scene) -> None:
        scene.book()
        photo = scene.upload(Purpose.PRE_SURVEY, "CY01")
        scene.call(publishing=False)
        with pytest.raises(KeyItemNeedsEvidence):
            scene.judge("CY01", evidence=(photo.pk,))

    def test_what_does_not_conform_needs_words_and_a_must_cannot_be_absent(
        self, scene: Scene
    ) -> None:
        scene.book()
        scene.call()
        with pytest.raises(NoteNeeded):
            scene.judge("CY11", Result.NON_CONFORMING)
        with pytest.raises(ItemMustExist):
            scene.judge("CY01", Result.NOT_APPLICABLE, "没有")
        with pytest.raises(ItemUnknown):
            scene.judge("ZZ01")
        with pytest.raises(EvidenceUnknown):
            scene.judge("CY01", evidence=(UUID(int=1),))
        assert not scene.inspection.findings.exists()

    def test_a_change_is_kept_with_what_it_was_before(self, scene: Scene) -> None:
        scene.book()
        scene.call()
        scene.judge("CY11")
        scene.judge("CY11", Result.NON_CONFORMING, "洗手池无皂液")
        told = journal.entries(scene.inspection.stream).filter(kind="finding.recorded")
        assert [(e.data["before"], e.data["result"]) for e in told] == [
            ("", "CONFORMING"),
            ("CONFORMING", "NON_CONFORMING"),
        ]
        with pytest.raises(StaleVersion):
            services.record_finding(
                scene.inspection, "CY11", Judgement(Result.CONFORMING, 1), actor=scene.lead
            )

    def test_only_an_assigned_inspector_judges(self, scene: Scene) -> None:
        scene.book()
        scene.call()
        for staff in (scene.cast.head, scene.cast.auditor):
            with pytest.raises(NotAllowed):
                services.record_finding(
                    scene.inspection,
                    "CY02",
                    Judgement(Result.CONFORMING, 0),
                    actor=actor_of_staff(staff),
                )
        with pytest.raises(InspectionUnknown):
            selectors.access_inspection(actor_of_staff(scene.cast.zhao), scene.inspection.pk)


class TestConclusion:
    def blocked(self, scene: Scene) -> set[tuple[str, str | None]]:
        with pytest.raises(ConcludeBlocked) as refused:
            scene.conclude()
        blockers = refused.value.fields["blockers"]
        assert isinstance(blockers, list)
        return {(one["code"], one["item"]) for one in blockers}  # type: ignore[index,call-overload]

    def test_everything_that_is_missing_is_named_at_once(self, scene: Scene) -> None:
        scene.book()
        scene.call(inspectors=1)
        for item in selectors.template_of(scene.inspection).items[2:]:
            scene.judge(item.code)
        assert self.blocked(scene) == {
            ("item_blank", "CY01"),
            ("item_blank", "CY02"),
            ("inspector_alone", None),
            ("recording_missing", None),
        }
        assert scene.inspection.state == InspectionState.IN_PROGRESS.value

    def test_a_finding_the_concluder_has_not_seen_refuses_the_conclusion(
        self, scene: Scene
    ) -> None:
        scene.book()
        scene.call()
        scene.record(1)
        scene.judge_all()
        seen = scene.inspection.version
        scene.judge("CY11", Result.NON_CONFORMING, "洗手池无皂液")
        with pytest.raises(StaleVersion):
            services.conclude(scene.inspection, services.Conclusion(seen), actor=scene.lead)

    def test_what_cannot_be_judged_remotely_leads_to_the_site(self, scene: Scene) -> None:
        scene.book()
        scene.call()
        scene.record(1)
        scene.judge_all()
        scene.judge("CY06", Result.UNDETERMINED, "画面看不清尺寸")
        assert scene.conclude().outcome == "ON_SITE_REQUIRED"

    def test_after_the_verdict_nothing_is_judged_uploaded_or_moved(self, scene: Scene) -> None:
        inspection = scene.play_to_seal()
        with pytest.raises(InspectionOver):
            scene.judge("CY11", Result.NON_CONFORMING, "后悔了")
        with pytest.raises(EvidenceClosed):
            scene.upload(Purpose.STILL, "CY11")
        with pytest.raises(InspectionOver):
            services.transfer(
                inspection.pk,
                services.TransferReason.INSPECTOR_DECIDED,
                "",
                actor=scene.lead,
            )
        with pytest.raises(Refusal):
            services.applicant_ticket(inspection)

    def test_a_transfer_closes_the_room_to_everybody(self, scene: Scene) -> None:
        scene.book()
        scene.call()
        ticket = services.inspector_ticket(scene.inspection, actor=scene.lead)
        services.transfer(
            scene.inspection.pk,
            services.TransferReason.INSPECTOR_DECIDED,
            "画面始终不清",
            actor=scene.lead,
        )
        with pytest.raises(RoomClosed):
            scene.enter(ticket)


def test_a_second_booking_moves_the_same_inspection(scene: Scene) -> None:
    first = scene.book()
    scene.rebook()
    second = scene.inspection
    assert second.pk == first.pk and second.number == first.number
    assert second.starts_at > first.starts_at
    told = journal.entries(first.stream).filter(kind="inspection.scheduled")
    assert told.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_inspectors_judging_one_item_at_once_exactly_one_wins(scene: Scene) -> None:
    scene.book()
    scene.call()
    inspection, actors = scene.inspection, [actor_of_staff(staff) for staff in scene.pair]
    assert PeerRow.objects.exists()

    def judge(number: int) -> str:
        try:
            result = [Result.CONFORMING, Result.NON_CONFORMING][number % 2]
            services.record_finding(
                inspection, "CY11", Judgement(result, 0, "看到的情况"), actor=actors[number % 2]
            )
        except StaleVersion:
            return "stale"
        else:
            return "kept"
        finally:
            close_old_connections()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(judge, range(4)))
    assert sorted(outcomes) == ["kept", "stale", "stale", "stale"]
    assert Finding.objects.get(item="CY11").version == 1
    told = journal.entries(inspection.stream).filter(kind="finding.recorded")
    assert told.count() == 1
