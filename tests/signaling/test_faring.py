"""Levels, conditions, pointers and figures: how a member fares, and who is told."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import SYSTEM
from signaling import conditions, figures, levels, linking, recordings, rooms
from signaling.covering import coverage
from signaling.database import in_thread
from signaling.figures import Figures, lost_part
from signaling.media.events import (
    GapCause,
    PeerStats,
    PublisherLevel,
    RecordingGap,
    RoomStats,
    UplinkLevel,
    ViewerLevel,
    ViewLevel,
)
from signaling.media.events import Role as MediaRole
from signaling.mediaworker import MediaNode
from signaling.models import Gap, Hindrance, MediaSample, Member, PeerRow, Segment
from signaling.socket import Limits
from signaling.states import Cause, Condition, Level, LevelReason, Link
from tests.signaling.conftest import Scene, fake
from tests.signaling.test_node import flowing
from tests.signaling.test_room import member
from tests.support.room_client import RoomClient
from tests.support.until import until_async


async def test_both_sides_hear_of_a_level_and_it_stands_in_the_state(
    scene: Scene, node: MediaNode
) -> None:
    wang, li = await flowing(scene)
    await in_thread(levels.changed, scene.room.pk, scene.li.pk, Level.SD, LevelReason.BANDWIDTH)
    for side in (wang, li):
        told = await side.expect("media.level")
        assert (told["member"], told["level"], told["reason"]) == (
            str(scene.li.pk),
            "SD",
            "bandwidth",
        )
    assert (await li.ask("media.level", level="HD", reason="recovered"))["type"] == "ack"
    assert (await wang.expect("media.level"))["level"] == "HD"
    await wang.state_where(lambda s: member(s, "李申请")["level"] == "HD")
    assert (await scene.kinds()).count("media.level") == 2


async def test_the_engine_hears_what_the_page_measures_and_decides(
    scene: Scene, node: MediaNode
) -> None:
    _, li = await flowing(scene)
    await li.send("stats", peer="p1", line_kbps=1234)
    await li.send("stats", peer="p1", kbps=900)  # a browser that does not say
    await li.ask("media.level", level="SD", reason="battery")
    heard = [(str(scene.li.pk), 1234), (str(scene.li.pk), "SD")]
    await until_async(lambda: len(fake(node).told) >= 2, what="the engine is told")
    assert sorted(fake(node).told, key=str) == sorted(heard, key=str)


async def test_a_viewer_hears_what_its_own_line_bears_and_nobody_else(
    scene: Scene, node: MediaNode
) -> None:
    wang, li = await flowing(scene)
    await wang.ask("peer.subscribe", peer="s1", source=str(scene.li.pk), sdp="offer")
    row = await in_thread(lambda: PeerRow.objects.get(name="s1"))
    ids = str(scene.room.pk), str(scene.wang.pk), str(row.pk), str(scene.li.pk)
    for level in (ViewLevel.QUARTER, ViewLevel.FULL):
        fake(node).emit(ViewerLevel(*ids, level, recovered=level is ViewLevel.FULL))
        told = await wang.expect("view.level")
        assert (told["peer"], told["source"], told["level"]) == ("s1", ids[3], level.value)
    assert await li.is_quiet("view.level")
    fake(node).emit(ViewerLevel(*ids, ViewLevel.HALF, recovered=False))
    await wang.expect("view.level")
    await wang.leave()
    back = RoomClient()
    await back.enter(await scene.ticket(scene.wang))
    assert (await back.expect("view.level"))["level"] == "HALF"


async def test_a_new_publish_begins_at_hd_and_both_sides_hear_it(
    scene: Scene, node: MediaNode
) -> None:
    wang, li = await flowing(scene)
    await li.ask("media.level", level="VOICE_STILLS", reason="bandwidth")
    for side in (wang, li):
        assert (await side.expect("media.level"))["level"] == "VOICE_STILLS"
    await li.ask("peer.publish", peer="p2", sdp="offer")
    for side in (wang, li):
        told = await side.expect("media.level")
        assert (told["level"], told["reason"]) == ("HD", "reconnected")
    await wang.state_where(lambda s: member(s, "李申请")["level"] == "HD")
    assert (await scene.kinds()).count("media.level") == 2


async def test_a_publish_that_nothing_limited_says_nothing_of_levels(
    scene: Scene, node: MediaNode
) -> None:
    _, li = await flowing(scene)
    assert (await li.ask("peer.publish", peer="p2", sdp="offer"))["type"] == "peer.answer"
    assert await in_thread(lambda: Member.objects.get(pk=scene.li.pk).level) == ""
    assert "media.level" not in await scene.kinds()


async def test_what_was_reckoned_of_an_old_connection_does_not_limit_the_new_one(
    scene: Scene, node: MediaNode
) -> None:
    wang, li = await flowing(scene)
    first = await in_thread(lambda: PeerRow.objects.get(name="p1"))
    await li.ask("peer.publish", peer="p2", sdp="offer")
    second = await in_thread(lambda: PeerRow.objects.get(name="p2"))
    for peer, level in ((first, UplinkLevel.VOICE_STILLS), (second, UplinkLevel.SD)):
        ids = str(scene.room.pk), str(scene.li.pk), str(peer.pk)
        fake(node).emit(PublisherLevel(*ids, level, recovered=False))
    assert (await wang.expect("media.level"))["level"] == "SD"
    assert (await scene.kinds()).count("media.level") == 1


async def test_hosts_hear_why_a_phone_is_silent(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    for _ in range(2):  # the same again changes nothing
        await li.ask("peer.condition", condition="phone_call", seconds_ago=2.5)
    told = await wang.expect("peer.condition")
    assert (told["member"], told["condition"]) == (str(scene.li.pk), "phone_call")
    assert member(wang.state, "李申请")["condition"] == "phone_call"
    await li.ask("peer.condition", condition=None)
    assert (await wang.expect("peer.condition"))["condition"] is None
    assert await li.is_quiet("peer.condition")
    assert (await scene.kinds()).count("peer.condition") == 2


async def test_who_leaves_hinders_nothing_any_more(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    await li.ask("peer.condition", condition="background")
    await li.send("leave")
    await wang.state_where(lambda s: not member(s, "李申请")["online"])
    assert member(wang.state, "李申请")["condition"] is None


def hinder(who: Member, condition: Condition, since: float, until: float | None) -> None:
    """A condition from so many seconds ago to so many seconds ago."""
    now = clock.now()
    Hindrance.objects.create(
        member=who,
        condition=condition.value,
        started_at=now - timedelta(seconds=since),
        ended_at=None if until is None else now - timedelta(seconds=until),
    )


def test_a_hole_is_named_after_what_the_phone_said(scene: Scene) -> None:
    now = clock.now()
    Member.objects.filter(pk=scene.li.pk).update(admitted_at=now - timedelta(seconds=100))
    hinder(scene.li, Condition.PHONE_CALL, 60, 30)
    for number, (since, until) in enumerate([(100, 61), (29, 1)], start=1):
        Segment.objects.create(
            room=scene.room, source=scene.li, number=number, blob_key=str(number),
            sha256=str(number), sm3="", size=1, media_type="video/webm",
            started_at=now - timedelta(seconds=since), ended_at=now - timedelta(seconds=until),
            media_ms=1, video_frames=1, audio_frames=1, width=1, height=1, stored_at=now,
        )  # fmt: skip
    causes = [span.cause for span in coverage(scene.room).spans]
    assert causes[:3] == [None, Cause.PHONE_CALL, None]


def test_what_the_phone_said_long_before_names_nothing(scene: Scene) -> None:
    hinder(scene.li, Condition.PHONE_CALL, 300, 200)
    now = clock.now()
    assert conditions.cause_of(scene.li, now - timedelta(seconds=60), now) is None
    hinder(scene.li, Condition.BATTERY_LOW, 50, None)
    hinder(scene.wang, Condition.MUTED, 60, None)
    found = conditions.cause_of(scene.li, now - timedelta(seconds=60), now)
    assert found is Cause.BATTERY_LOW


def lost(scene: Scene, since: float, until: float) -> Gap:
    """A hole between so many seconds ago and so many seconds ago, as the node names it."""
    now = clock.now()
    room, source = str(scene.room.pk), str(scene.li.pk)
    start, end = now - timedelta(seconds=since), now - timedelta(seconds=until)
    recordings.note_gap(RecordingGap(room, source, start, end, GapCause.PEER_LOST, 0, ""))
    return Gap.objects.get(observed=GapCause.PEER_LOST.value)


@pytest.mark.parametrize("condition", list(Condition))
def test_a_gap_is_named_after_the_reason_the_phone_gave(scene: Scene, condition: Condition) -> None:
    hinder(scene.li, condition, 60, 30)
    gap = lost(scene, 58, 30)
    assert (gap.cause, gap.observed) == (condition.value, "peer_lost")
    (entry,) = [e for e in journal.entries(scene.room.stream) if e.kind == "recording.gap_named"]
    assert (entry.data["cause"], entry.data["observed"]) == (condition.value, "peer_lost")


async def test_a_gap_is_explained_once_by_a_phone_that_could_not_speak_before(
    scene: Scene,
) -> None:
    _, li = await scene.enter_admitted()
    await in_thread(Member.objects.filter(pk=scene.li.pk).update,
                    added_at=clock.now() - timedelta(seconds=90))  # fmt: skip
    gap = await in_thread(lost, scene, 40, 10)
    assert gap.cause == "peer_lost"
    await li.ask("peer.condition", condition="network_change", seconds_ago=40)
    await li.ask("peer.condition", condition=None)
    await in_thread(gap.refresh_from_db)
    assert (gap.cause, gap.observed) == ("network_change", "peer_lost")
    assert (await scene.kinds()).count("recording.gap_explained") == 1


def test_what_the_node_saw_lost_keeps_its_name(scene: Scene) -> None:
    hinder(scene.li, Condition.NETWORK_CHANGE, 60, 30)
    now, room, source = clock.now(), str(scene.room.pk), str(scene.li.pk)
    start, end = now - timedelta(seconds=50), now - timedelta(seconds=49)
    loss = RecordingGap(room, source, start, end, GapCause.PACKET_LOSS, 4, "video")
    recordings.note_gap(loss)
    assert Gap.objects.get().cause == "packet_loss"


async def test_a_pointer_reaches_everyone_else_and_is_not_answered(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    await li.state_where(lambda s: member(s, "李申请")["admitted"])
    point = {"source": str(scene.li.pk), "x": 0.25, "y": 0.5, "stroke": "s1"}
    await wang.send("pointer", **point)
    told = await li.expect("pointer")
    assert {**point, "member": str(scene.wang.pk)}.items() <= told.items()
    assert await wang.is_quiet("pointer")


async def test_too_many_pointers_are_dropped_and_the_socket_lives(scene: Scene) -> None:
    _, li = await scene.enter_admitted()
    await li.state_where(lambda s: member(s, "李申请")["admitted"])
    chen = RoomClient(Limits(points_per_second=5, per_second=1000, burst=1000))
    await chen.enter(await scene.ticket(scene.chen))
    for _ in range(50):
        await chen.send("pointer", source=str(scene.li.pk), x=0.5, y=0.5)
    assert (await chen.ask("chat.send", text="在这里"))["type"] == "ack"
    await li.expect("chat.message")
    assert 1 <= sum(message["type"] == "pointer" for message in li.seen) < 50


def stats(*, packets: int, lost: int, kbps: float, role: MediaRole, who: Member) -> PeerStats:
    return PeerStats(
        peer=str(UUID(int=1)), member=str(who.pk), source=str(who.pk), role=role, connected=True,
        width=1280, height=720, fps=29.6, kbps=kbps, packets=packets, packets_lost=lost,
        packets_dropped=3, rtt_ms=12.4, last_packet_age_ms=5.0, frames_received=10,
        frames_recorded=10,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "part"), [(MediaRole.PUBLISH, 10 / 110), (MediaRole.SUBSCRIBE, 10 / 100)]
)
def test_loss_is_of_the_packets_since_the_last_figures(
    scene: Scene, role: MediaRole, part: float
) -> None:
    before = stats(packets=1000, lost=50, kbps=1, role=role, who=scene.li)
    after = stats(packets=1100, lost=60, kbps=1, role=role, who=scene.li)
    assert lost_part(after, before) == pytest.approx(part)
    assert lost_part(before, after) == 0.0


def test_the_figures_of_a_call_are_kept_and_summed_up(scene: Scene) -> None:
    for kbps in (500.0, 1500.0, 1000.0):
        one = stats(packets=90, lost=10, kbps=kbps, role=MediaRole.PUBLISH, who=scene.li)
        text = Figures().take(scene.room.pk, RoomStats(str(scene.room.pk), (), (one,)))
        assert '"loss_percent": 10.0' in text and '"packets_dropped": 3' in text
    assert MediaSample.objects.count() == 3
    linking.move(scene.li, Link.LOST)
    Member.objects.filter(pk=scene.li.pk).update(link_since=clock.now() - timedelta(seconds=7))
    linking.move(Member.objects.get(pk=scene.li.pk), Link.GOOD)
    with transaction.atomic():
        figures.journal_summary(scene.room)
    entry = list(journal.entries(scene.room.stream))[-1]
    measured: Any = cast("list[Any]", entry.data["members"])[0]
    assert entry.kind == "room.measured"
    assert measured["kbps"] == [500, 1000, 1500]
    assert measured["loss_per_mille"] == [100, 100, 100]
    assert (measured["seconds_weak"], measured["seconds_lost"]) == (0, 7)


async def test_a_closed_call_carries_its_figures(scene: Scene, node: MediaNode) -> None:
    wang, _ = await flowing(scene)
    assert (await wang.expect("media.stats"))["peers"][0]["loss_percent"] == 0.0
    fake(node).close_segment(str(scene.room.pk), str(scene.li.pk), 1, b"one")
    await in_thread(rooms.close_room, scene.room.pk, actor=SYSTEM, reason="record_issued")
    assert await wang.closed() == 4410
    await node.books.settled()
    assert (await scene.kinds())[-2:] == ["room.measured", "room.closed"]
