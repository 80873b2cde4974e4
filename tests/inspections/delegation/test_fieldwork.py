import random
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from fieldsvc.kernel import chain, hashing, ids
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import NotAllowed, StaleVersion
from inspections.delegation import services
from inspections.delegation.errors import (
    DelegationClosed,
    DelegationInvalid,
    DelegationUnknown,
    MandateMissing,
    ReasonNeeded,
    StepUnknown,
)
from inspections.delegation.models import HandOver, VisitFile
from inspections.delegation.services import NewFile, NewHandOver
from inspections.delegation.states import Direction, FilePurpose
from inspections.evidence.errors import DigestMismatch
from inspections.evidence.models import EvidenceItem
from inspections.evidence.selectors import verify
from inspections.people.selectors import actor_of_staff
from tests.inspections.delegation.scene import Scene, told
from tests.inspections.dispatch.scene import at

FILES = 300
PAPER = NewHandOver(Direction.RECEIVED, "户口簿", 1, original=True, occurred_at=at(9))


@pytest.fixture
def working(story: Scene) -> Scene:
    story.handle()
    return story


def picture(number: int) -> bytes:
    """A small photo, each with pixels of its own."""
    target = BytesIO()
    colour = (number % 256, number // 256, 90)
    Image.new("RGB", (2, 2), colour).save(target, "PNG")
    return target.getvalue()


def new_file(data: bytes, **changes: object) -> NewFile:
    new = NewFile(BytesIO(data), hashing.sha256_hex(data), FilePurpose.MATERIAL, "SBK", "ID_CARD")
    return replace(new, **changes)  # type: ignore[arg-type]


class TestSteps:
    def test_they_may_come_in_any_order_and_keep_both_times(
        self, working: Scene, standing_clock: FixedClock
    ) -> None:
        standing_clock.advance(timedelta(hours=1))
        for minutes, step in enumerate(reversed(working.steps)):
            working.finish(step, occurred_at=at(9) + timedelta(minutes=minutes))
        for entry in working.entries("step.finished"):
            assert str(entry.data["occurred_at"]) < entry.payload["at"]

    def test_a_repetition_is_told_once(self, working: Scene) -> None:
        step = working.steps[0]
        first, second = working.finish(step), working.finish(step)
        assert first.done_at == second.done_at
        assert len(working.entries("step.finished")) == 1

    def test_a_phone_that_runs_ahead_is_set_right(
        self, working: Scene, standing_clock: FixedClock
    ) -> None:
        ahead = standing_clock.now() + timedelta(days=1)
        assert working.finish(working.steps[0], occurred_at=ahead).occurred_at == at(9)

    def test_one_that_is_not_needed_says_why(self, working: Scene) -> None:
        step = working.steps[0]
        with pytest.raises(ReasonNeeded):
            working.finish(step, skip=True)
        assert working.finish(step, skip=True, reason="已经办过").state == "SKIPPED"

    def test_an_old_version_or_a_foreign_step_is_refused(self, working: Scene) -> None:
        step = working.steps[0]
        with pytest.raises(StaleVersion):
            working.finish(step, version=7)
        with pytest.raises(StepUnknown):
            services.finish_step(
                working.delegation.pk, ids.new(), told(step), actor=working.delegate
            )

    def test_only_the_delegate_and_the_desk_finish_one(self, working: Scene) -> None:
        step, liu = working.steps[0], actor_of_staff(working.crew.liu)
        with pytest.raises((DelegationUnknown, NotAllowed)):
            services.finish_step(working.delegation.pk, step.pk, told(step), actor=liu)
        services.finish_step(working.delegation.pk, step.pk, told(step), actor=working.desk)


class TestHandOvers:
    def test_receiving_needs_a_mandate_and_giving_back_none(self, story: Scene) -> None:
        story.accept()
        story.send()
        story.arrive()
        with pytest.raises(MandateMissing):
            services.hand_over(story.delegation.pk, PAPER, actor=story.delegate)
        back = replace(PAPER, direction=Direction.RETURNED)
        services.hand_over(story.delegation.pk, back, actor=story.delegate)

    def test_the_entry_names_no_document(self, working: Scene) -> None:
        row = services.hand_over(working.delegation.pk, PAPER, actor=working.delegate)
        [entry] = working.entries("document.handed_over")
        assert entry.number == row.entry
        assert "户口簿" not in bytes(entry.body).decode()

    def test_title_and_copies_are_checked(self, working: Scene) -> None:
        for change in ({"title": " "}, {"copies": 0}):
            with pytest.raises(DelegationInvalid):
                services.hand_over(
                    working.delegation.pk,
                    replace(PAPER, **change),  # type: ignore[arg-type]
                    actor=working.delegate,
                )

    def test_the_applicants_signature_acknowledges_what_is_on_the_list(
        self, working: Scene
    ) -> None:
        first, later = (
            services.hand_over(working.delegation.pk, PAPER, actor=working.delegate)
            for _ in range(2)
        )
        assert services.note_hand_overs_signed(working.delegation.pk, "paper", [first.pk]) == 1
        assert services.note_hand_overs_signed(working.delegation.pk, "paper", [first.pk]) == 0
        assert HandOver.objects.get(pk=later.pk).acknowledged_at is None


class TestFiles:
    def test_hundreds_in_any_order_and_sent_twice_are_there_once_each(self, working: Scene) -> None:
        dice = random.Random(7)
        pictures = [picture(number) for number in range(FILES)]
        queue = [*range(FILES), *dice.sample(range(FILES), FILES // 4)]
        dice.shuffle(queue)
        receipts: dict[int, services.Receipt] = {}
        for number in queue:
            receipt = services.add_file(
                working.delegation.pk, new_file(pictures[number]), actor=working.delegate
            )
            assert receipts.setdefault(number, receipt) == receipt
        stored = EvidenceItem.objects.filter(dossier=working.delegation.pk)
        assert stored.count() == VisitFile.objects.count() == FILES
        assert {one.sha256 for one in stored} == {hashing.sha256_hex(one) for one in pictures}
        assert len({receipt.number for receipt in receipts.values()}) == FILES
        assert verify(working.delegation.dossier).ok
        assert chain.verify(working.delegation.stream).ok

    def test_one_that_broke_on_the_way_leaves_nothing_and_comes_again(self, working: Scene) -> None:
        data = picture(1)
        broken = new_file(data, file=BytesIO(data[:20]))
        with pytest.raises(DigestMismatch):
            services.add_file(working.delegation.pk, broken, actor=working.delegate)
        assert not VisitFile.objects.exists()
        services.add_file(working.delegation.pk, new_file(data), actor=working.delegate)
        assert VisitFile.objects.count() == 1

    def test_the_same_photo_may_prove_two_materials(self, working: Scene) -> None:
        data = picture(2)
        for material in ("ID_CARD", "PHOTO"):
            services.add_file(
                working.delegation.pk, new_file(data, material=material), actor=working.delegate
            )
        assert VisitFile.objects.count() == 2

    def test_a_photo_of_the_door_needs_no_mandate_a_material_does(self, story: Scene) -> None:
        story.accept()
        story.send()
        data = picture(3)
        door = new_file(data, purpose=FilePurpose.PLACE)
        services.add_file(story.delegation.pk, door, actor=story.delegate)
        with pytest.raises(MandateMissing):
            services.add_file(story.delegation.pk, new_file(picture(4)), actor=story.delegate)

    def test_what_a_phone_still_held_when_the_mandate_was_revoked_gets_in(
        self, working: Scene, standing_clock: FixedClock
    ) -> None:
        taken = standing_clock.now()
        standing_clock.advance(timedelta(minutes=5))
        services.revoke_mandate(working.delegation.pk, "", actor=working.applicant)
        held = new_file(picture(5), taken_at=taken)
        services.add_file(working.delegation.pk, held, actor=working.delegate)
        assert VisitFile.objects.get().taken_at == taken

    def test_nothing_is_added_to_what_is_on_file(self, working: Scene) -> None:
        receipt = services.add_file(
            working.delegation.pk, new_file(picture(6)), actor=working.delegate
        )
        working.finish_all()
        services.deliver(working.delegation.pk, working.version, actor=working.desk)
        services.put_on_file(working.delegation.pk, working.version, actor=working.desk)
        with pytest.raises(DelegationClosed):
            services.add_file(working.delegation.pk, new_file(picture(7)), actor=working.delegate)
        again = services.add_file(
            working.delegation.pk, new_file(picture(6)), actor=working.delegate
        )
        assert again == receipt
