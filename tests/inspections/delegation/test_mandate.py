from datetime import timedelta

import pytest

from fieldsvc.kernel import clock
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import TransitionRefused
from inspections.delegation import services
from inspections.delegation.errors import (
    DelegationClosed,
    MandateExpired,
    MandateInForce,
    MandateInvalid,
    MandateMissing,
    MandateRevoked,
    MandateUnknown,
    OutsideMandate,
)
from inspections.delegation.models import Step
from inspections.delegation.policies import may_act
from inspections.delegation.states import SignedWay
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.states import OrderState, VisitState
from tests.inspections.delegation.scene import Scene, day_after


def at_the_door(story: Scene) -> Step:
    """Accepted, arrived, no mandate yet; the first step that needs one."""
    story.accept()
    story.send()
    story.arrive()
    return next(step for step in story.steps if step.action == "SUBMIT")


class TestDrafting:
    def test_scope_and_last_day_are_checked(self, story: Scene) -> None:
        for scope, days, field in (
            ([], 30, "scope"),
            (["FLY"], 30, "scope"),
            (["SUBMIT"], -1, "valid_until"),
            (["SUBMIT"], 900, "valid_until"),
        ):
            with pytest.raises(MandateInvalid) as refused:
                services.draft_mandate(
                    story.delegation.pk, scope, day_after(days), actor=story.desk
                )
            assert field in refused.value.fields["errors"]  # type: ignore[operator]

    def test_a_new_draft_replaces_the_old_one(self, story: Scene) -> None:
        first = story.draft("SUBMIT")
        second = story.draft("SUBMIT", "COLLECT")
        assert (first.number, second.number) == ("DB-2026-000001-W01", "DB-2026-000001-W02")
        first.refresh_from_db(fields=["version"])
        assert type(first).objects.get(pk=first.pk).state == "REVOKED"

    def test_a_signed_one_stands_until_it_is_revoked(self, story: Scene) -> None:
        story.sign()
        with pytest.raises(MandateInForce):
            story.draft()

    def test_nothing_is_drafted_for_what_is_over(self, story: Scene) -> None:
        services.terminate(story.delegation.pk, story.version, "不需要了", actor=story.desk)
        with pytest.raises(DelegationClosed):
            story.draft()

    def test_signing_twice_changes_nothing_and_an_ended_one_cannot_be_signed(
        self, story: Scene
    ) -> None:
        mandate = story.sign()
        services.note_mandate_signed(mandate.pk, SignedWay.PAPER_PHOTO, actor=story.desk)
        assert len(story.entries("mandate.signed")) == 1
        services.revoke_mandate(story.delegation.pk, "", actor=story.applicant)
        with pytest.raises(TransitionRefused):
            services.note_mandate_signed(mandate.pk, SignedWay.SCREEN, actor=story.desk)


class TestActing:
    def test_without_a_signature_nothing_is_done(self, story: Scene) -> None:
        step = at_the_door(story)
        story.draft()
        with pytest.raises(MandateMissing):
            story.finish(step)

    def test_what_is_outside_the_scope_is_refused(self, story: Scene) -> None:
        step = at_the_door(story)
        story.sign("COLLECT")
        with pytest.raises(OutsideMandate) as refused:
            story.finish(step)
        assert refused.value.fields == {"action": "SUBMIT", "scope": ["COLLECT"]}

    def test_after_its_last_day_it_is_over(self, story: Scene, standing_clock: FixedClock) -> None:
        step = at_the_door(story)
        story.sign(days=1)
        standing_clock.advance(timedelta(days=2))
        with pytest.raises(MandateExpired):
            story.finish(step)
        assert services.expire_mandates() == 1
        assert services.expire_mandates() == 0
        with pytest.raises(MandateExpired):
            story.finish(step)
        assert len(story.entries("mandate.expired")) == 1

    def test_on_its_last_day_it_still_holds(self, story: Scene, standing_clock: FixedClock) -> None:
        step = at_the_door(story)
        story.sign(days=1)
        standing_clock.advance(timedelta(days=1))
        assert services.expire_mandates() == 0
        assert may_act(story.now, step.action) is None


class TestRevoking:
    def test_midway_the_order_is_withdrawn_and_nothing_more_is_done(self, story: Scene) -> None:
        story.accept()
        story.send()
        story.sign()
        services.revoke_mandate(story.delegation.pk, "改主意了", actor=story.applicant)
        assert DispatchOrder.objects.get().state == OrderState.WITHDRAWN
        assert story.visit.state == VisitState.CANCELLED
        assert story.now.state == "SUSPENDED"
        assert isinstance(may_act(story.now, "SUBMIT"), MandateRevoked)
        [entry] = story.entries("mandate.revoked")
        assert entry.data["told"] is False
        assert "改主意" not in bytes(entry.body).decode()

    def test_a_delegate_inside_is_told_and_can_only_give_back(self, story: Scene) -> None:
        step = at_the_door(story)
        story.sign()
        services.revoke_mandate(story.delegation.pk, "", actor=story.applicant)
        assert story.entries("mandate.revoked")[0].data["told"] is True
        assert story.visit.state == VisitState.ARRIVED
        with pytest.raises(DelegationClosed):
            story.finish(step)

    def test_a_new_one_after_a_resumption_lets_the_work_go_on(self, story: Scene) -> None:
        step = at_the_door(story)
        story.sign()
        services.revoke_mandate(story.delegation.pk, "", actor=story.applicant)
        services.resume(story.delegation.pk, story.version, actor=story.desk)
        with pytest.raises(MandateRevoked):
            story.finish(step, occurred_at=clock.now())
        story.sign()
        assert story.finish(step).state == "DONE"

    def test_what_was_done_before_and_told_after_is_kept_as_late(
        self, story: Scene, standing_clock: FixedClock
    ) -> None:
        step = at_the_door(story)
        story.sign()
        before = standing_clock.now()
        standing_clock.advance(timedelta(minutes=10))
        services.revoke_mandate(story.delegation.pk, "", actor=story.applicant)
        services.resume(story.delegation.pk, story.version, actor=story.desk)
        done = story.finish(step, occurred_at=before)
        assert done.occurred_at == before
        assert done.done_at == standing_clock.now()
        assert story.entries("step.finished")[-1].data["late"] is True

    def test_without_one_there_is_nothing_to_revoke(self, story: Scene) -> None:
        with pytest.raises(MandateUnknown):
            services.revoke_mandate(story.delegation.pk, "不要了", actor=story.applicant)
