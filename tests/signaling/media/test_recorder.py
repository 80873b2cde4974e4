"""The recorder on the loop: who is told what, and when."""

from pathlib import Path

from signaling.media.events import AlarmCause, GapCause
from signaling.media.manifest import read_manifest
from signaling.media.rawread import Taken, read_journal
from signaling.media.sink import Kind
from tests.signaling.media.rawlegs import ORIGIN, FakeLeg, Rig, call, sound


async def test_a_negotiated_track_that_writes_nothing_for_three_seconds_raises_one_alarm(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path)
    rig.start()
    packets = sound(250)
    said_at = 0.0
    for at in range(0, 250, 5):
        await rig.play(packets[at : at + 5])
        if rig.alarms and not said_at:
            said_at = rig.mono - ORIGIN
    assert [(alarm.cause, alarm.kind) for alarm in rig.alarms] == [
        (AlarmCause.TRACK_SILENT, Kind.VIDEO)
    ]
    assert 3.0 <= said_at <= 3.5
    await rig.close()


async def test_a_track_that_was_not_negotiated_is_not_missed(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.start(FakeLeg(kinds=frozenset({Kind.AUDIO})))
    await rig.play(sound(250))
    assert rig.alarms == []
    await rig.close()


async def test_another_ssrc_on_the_same_peer_is_a_leg_of_its_own_and_a_new_segment(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path, segment_seconds=60.0)
    rig.start()
    await rig.play(call(2))
    rig.start()  # what ingress does when it follows a changed SSRC
    again = call(2)
    for sent in again:
        sent.packet.arrival += 2.5
        sent.packet.ssrc += 100
        sent.packet.timestamp += 999_000_000
    await rig.play(again)
    await rig.close()
    assert [(s.number, s.video_frames, s.audio_frames) for s in rig.segments] == [
        (1, 60, 100),
        (2, 60, 100),
    ]
    (hole,) = rig.gaps
    assert hole.cause is GapCause.RECONNECT
    assert 0.4 <= (hole.ended_at - hole.started_at).total_seconds() <= 0.6
    ssrcs = [
        {read.packet.ssrc for read in read_journal(path) if isinstance(read, Taken)}
        for path in sorted(rig.source.glob("leg-*.rtp"))
    ]
    assert ssrcs == [{7, 8}, {107, 108}]


async def test_the_list_of_segments_is_a_chain_that_a_changed_line_breaks(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.start()
    await rig.play(call(5))
    await rig.close()
    whole = read_manifest(rig.source)
    assert whole.whole
    assert [one.segment for one in whole.listed] == rig.segments
    path = rig.source / "manifest.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0].replace('"size_bytes": ', '"size_bytes": 1') + "".join(lines[1:]))
    assert read_manifest(rig.source).listed == []
    path.write_text("".join(lines[1:]))
    assert read_manifest(rig.source).listed == []
    path.write_text("".join(lines)[:-9])
    assert [one.segment for one in read_manifest(rig.source).listed] == rig.segments[:-1]
