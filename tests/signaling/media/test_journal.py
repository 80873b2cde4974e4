"""The raw journal: every packet with its arrival, readable however it was torn."""

import json
import random
from pathlib import Path

import pytest

from signaling.media.items import Report, Tick
from signaling.media.rawread import (
    JournalUnreadable,
    Taken,
    read_journal,
    read_journal_head,
    whole_journal_length,
)
from signaling.media.rtp import Packet
from signaling.media.sink import Kind
from tests.signaling.media.rawlegs import ORIGIN, FakeLeg, Rig, call, moved, video, wall


def journals(rig: Rig) -> list[Path]:
    return sorted(rig.source.glob("leg-*.rtp*"))


def taken(path: Path, *, since: float = 0.0) -> list[Taken]:
    return [read for read in read_journal(path, since=since) if isinstance(read, Taken)]


async def test_what_is_read_is_what_was_handed_over_in_order(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.start()
    packets = call(3)
    await rig.play(packets)
    rig.recorder.on_sender_report(Kind.VIDEO, 77 << 32, 90_000)
    await rig.close()
    (path,) = journals(rig)
    assert path.name == "leg-000001.rtp"
    assert [
        (t.kind, t.packet.index & 0xFFFF, t.packet.timestamp, t.packet.payload, t.packet.arrival)
        for t in taken(path)
    ] == [
        (s.kind, s.packet.sequence, s.packet.timestamp, s.packet.payload, s.packet.arrival)
        for s in packets
    ]
    assert [t.packet.starts_key_frame for t in taken(path)] == [
        s.packet.starts_key_frame for s in packets
    ]
    assert [r for r in read_journal(path) if isinstance(r, Report)] == [
        Report(Kind.VIDEO, 77 << 32, 90_000)
    ]


async def test_the_head_says_whose_it_is_and_how_its_times_lie_on_the_wall_clock(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path)
    rig.start()
    await rig.play(call(0.5))
    await rig.close()
    head = read_journal_head(journals(rig)[0])
    assert (head.room, head.source, head.peer, head.leg) == ("r1", "li", "p1", 1)
    assert head.kinds == ("audio", "video")
    assert head.wall_zero == wall(0.0)


async def test_a_quarter_of_a_second_after_its_arrival_a_packet_is_in_the_file(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path)
    rig.start()
    packets = call(4)
    for number in range(0, len(packets), 97):
        await rig.play(packets[number : number + 97])
        await rig.pass_time(0.25)
        wanted = min(number + 97, len(packets))
        assert len(taken(journals(rig)[0])) == wanted
    await rig.close()


async def test_a_new_leg_begins_a_new_journal_and_the_old_one_is_closed(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.start()
    packets = video(60)
    await rig.play(packets[:60])
    rig.start(FakeLeg("p2"))
    await rig.play(packets[60:])
    await rig.close()
    assert [p.name for p in journals(rig)] == ["leg-000001.rtp", "leg-000002.rtp"]
    assert [len(taken(p)) for p in journals(rig)] == [60, len(packets) - 60]
    assert read_journal_head(journals(rig)[1]).peer == "p2"


async def test_giving_up_on_a_packet_is_kept_so_that_a_replay_decides_the_same(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path)
    rig.start()
    packets = video(90)
    gone = next(n for n, s in enumerate(packets) if s.packet.timestamp == 20 * 3000)
    await rig.play(packets[:gone] + packets[gone + 1 :])
    await rig.close()
    assert [r for r in read_journal(journals(rig)[0]) if isinstance(r, Tick)]


async def test_a_journal_cut_or_spoiled_anywhere_is_read_to_its_last_whole_block(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path)
    rig.start()
    await rig.play(call(2))
    await rig.close()
    path = journals(rig)[0]
    whole = path.read_bytes()
    everything = [t.packet.payload for t in taken(path)]
    head = whole.index(b"\n") + 1
    chance = random.Random(4)
    torn = tmp_path / "torn.rtp"
    for _ in range(40):
        cut = chance.randrange(head, len(whole))
        torn.write_bytes(whole[:cut])
        got = [t.packet.payload for t in taken(torn)]
        assert got == everything[: len(got)]
        assert whole_journal_length(torn) <= cut
        spoiled = bytearray(whole)
        spoiled[cut] ^= 0xFF
        torn.write_bytes(spoiled)
        got = [t.packet.payload for t in taken(torn)]
        assert got == everything[: len(got)]
    assert whole_journal_length(path) == len(whole)


@pytest.mark.parametrize("length", [0, 1, 30])
async def test_a_journal_without_its_head_is_refused(tmp_path: Path, length: int) -> None:
    torn = tmp_path / "torn.rtp"
    torn.write_bytes(json.dumps({"room": "r1", "source": "li", "peer": "p"}).encode()[:length])
    with pytest.raises(JournalUnreadable):
        list(read_journal(torn))


async def test_reading_from_an_instant_skips_what_lies_before(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.start()
    await rig.play(call(6))
    await rig.close()
    late = taken(journals(rig)[0], since=ORIGIN + 4)
    assert ORIGIN + 3.7 <= late[0].packet.arrival <= ORIGIN + 4
    assert late[-1].packet.arrival > ORIGIN + 5.9


async def test_numbers_that_wrap_are_read_as_they_were_counted(tmp_path: Path) -> None:
    def wrapping(packet: Packet) -> Packet:
        packet.index += 64_480
        packet.sequence = packet.index & 0xFFFF
        return packet

    rig = Rig(tmp_path)
    rig.start()
    packets = moved(video(60), wrapping)
    assert packets[0].packet.sequence > packets[-1].packet.sequence
    await rig.play(packets)
    await rig.close()
    steps = [t.packet.index for t in taken(journals(rig)[0])]
    assert [s - steps[0] for s in steps] == list(range(len(packets)))
