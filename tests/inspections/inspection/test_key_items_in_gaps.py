"""A key item found conforming at a moment that is missing from the recording proves nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from fieldsvc.kernel import clock
from inspections.catalog.states import Level, Result
from inspections.evidence.states import Purpose
from inspections.inspection import rules, selectors
from inspections.inspection.errors import ConcludeBlocked
from inspections.inspection.rules import ItemState, Span
from signaling import recordings
from signaling.media.events import GapCause, RecordingGap
from tests.inspections.inspection.scene import Scene
from tests.inspections.inspection.web import as_staff

IN_GAP = "key_item_in_gap"


def blocked(scene: Scene) -> dict[str, str]:
    """The key items that forbid a verdict, as the refusal and the desk tell of them alike."""
    with pytest.raises(ConcludeBlocked) as refused:
        scene.conclude()
    told = refused.value.fields["blockers"]
    assert isinstance(told, list)
    found = {str(one["item"]): str(one["code"]) for one in told}  # type: ignore[index,call-overload]
    whole = as_staff(scene.pair[0]).get(f"/inspections/{scene.inspection.pk}").json()
    shown = {one["code"]: one["blocker"]["code"] for one in whole["items"] if one["blocker"]}
    assert shown == found
    return found


def judge_in_a_hole(scene: Scene) -> None:
    """Everything is judged ten seconds after a segment and ten before the next."""
    scene.book()
    scene.call()
    scene.record(1)
    scene.clock.advance(seconds=10)
    scene.judge_all()
    scene.clock.advance(seconds=10)
    scene.record(2)


def keys_of(scene: Scene) -> list[str]:
    known = selectors.template_of(scene.inspection).items
    return [one.code for one in known if one.level is Level.KEY]


def test_a_judgement_in_a_gap_blocks_until_the_item_is_shown_again(scene: Scene) -> None:
    judge_in_a_hole(scene)
    first, *others = keys_of(scene)
    assert blocked(scene) == dict.fromkeys([first, *others], IN_GAP)
    for code in keys_of(scene):
        scene.judge(code)
    scene.record(3)
    assert scene.conclude().outcome == "CONFORMING"


def test_a_live_picture_or_a_visit_settles_it_as_well(scene: Scene) -> None:
    judge_in_a_hole(scene)
    first, *others = keys_of(scene)
    scene.upload(Purpose.STILL, first)
    assert first not in blocked(scene)
    for code in others:
        scene.judge(code, Result.UNDETERMINED, "画面中断，请现场核查")
    assert scene.conclude().outcome == "ON_SITE_REQUIRED"


def test_a_gap_that_is_named_late_turns_an_item_red_again(scene: Scene) -> None:
    scene.book()
    scene.call()
    scene.record(1)
    scene.judge_all()
    decided = clock.now()
    scene.record(2, seconds=8)
    assert selectors.unproved_items(scene.inspection) == {}
    member = scene.room.members.get(subject=str(scene.case.pk))
    recordings.note_gap(
        RecordingGap(
            room=str(scene.room.pk),
            source=str(member.pk),
            kind="video",
            cause=GapCause.TRACK_SILENT,
            started_at=decided - timedelta(seconds=1),
            ended_at=decided + timedelta(seconds=2),
            frames=0,
        )
    )
    assert set(blocked(scene).values()) == {IN_GAP}


AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("offset", "live", "code"),
    [(0, False, IN_GAP), (9, False, IN_GAP), (10, False, ""), (-1, False, ""), (5, True, "")],
)
def test_a_gap_holds_its_first_moment_and_not_its_last(offset: int, live: bool, code: str) -> None:
    at = AT + timedelta(seconds=offset)
    item = ItemState("A", Level.KEY, Result.CONFORMING, live, at)
    found = rules.unproved([item], [Span(AT, AT + timedelta(seconds=10))])
    assert [one.code for one in found] == ([code] if code else [])
