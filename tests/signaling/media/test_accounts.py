"""Every packet of a journal is in a segment or in a named gap, and a lie about it is found."""

import asyncio
import json
import random
import sys
from pathlib import Path

import pytest

from signaling.media.accounts import Account, Named, account
from signaling.media.events import GapCause
from tests.signaling.media.rawlegs import FakeLeg, Rig, Sent, call, sound


def books(rig: Rig) -> Account:
    gaps = [Named(gap.started_at, gap.ended_at, gap.kind) for gap in rig.gaps]
    return account(sorted(rig.source.glob("leg-*.rtp")), [s.path for s in rig.segments], gaps)


async def recorded(folder: Path, packets: list[Sent]) -> Rig:
    rig = Rig(folder)
    rig.start()
    await rig.play(packets)
    await rig.close()
    return rig


async def test_a_call_without_loss_is_in_its_segments_to_the_last_packet(tmp_path: Path) -> None:
    packets = call(5)
    found = books(await recorded(tmp_path, packets))
    assert (found.packets, found.recorded) == (len(packets), len(packets))
    assert found.balanced


@pytest.mark.parametrize("seed", range(4))
async def test_what_loss_and_disorder_keep_out_of_the_segments_is_named(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    packets = [sent for sent in call(6) if chance.random() > 0.03]
    order = sorted(range(len(packets)), key=lambda n: n + chance.random() * 4)
    arrivals = [sent.packet.arrival for sent in packets]
    shuffled = [packets[n] for n in order]
    for sent, arrival in zip(shuffled, arrivals, strict=True):
        sent.packet.arrival = arrival
    found = books(await recorded(tmp_path, shuffled))
    assert found.balanced, found
    assert found.named > 0
    assert found.recorded + found.named == found.packets


async def test_what_is_not_in_any_segment_and_not_named_is_found(tmp_path: Path) -> None:
    rig = await recorded(tmp_path, call(5))
    del rig.events[rig.events.index(rig.segments[1])]
    found = books(rig)
    assert not found.balanced
    assert found.missing > 100
    assert found.first_missing


async def test_a_reconnect_has_two_journals_and_one_account(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.start()
    packets = call(2)
    await rig.play(packets)
    rig.recorder.leave(rig.mono, GapCause.PEER_LOST)
    await rig.pass_time(3)
    rig.start(FakeLeg("p2"))
    again = call(2)
    for sent in again:
        sent.packet.arrival += 5
    await rig.play(again)
    await rig.close()
    assert [gap.cause for gap in rig.gaps] == [GapCause.PEER_LOST]
    found = books(rig)
    assert found.packets == 2 * len(packets)
    assert found.recorded == found.packets


async def test_the_check_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    rig = await recorded(tmp_path, sound(100))
    job = {
        "journals": [str(path) for path in rig.source.glob("leg-*.rtp")],
        "segments": [str(s.path) for s in rig.segments],
        "gaps": [],
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signaling.media.accounts"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await child.communicate(json.dumps(job).encode())
    assert child.returncode == 0
    assert Account(**json.loads(said)) == Account(packets=100, recorded=100)
