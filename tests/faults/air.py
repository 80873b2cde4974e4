"""A phone-sized Chromium on a bad line: loss, darkness, another address, a sudden end (R4–R7)."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import av

from tests.e2e.approval import ApprovalSystem, wait_for_link
from tests.faults.eye import Eye
from tests.faults.hall import Site
from tests.faults.line import Line
from tests.faults.media import holes, inspection_of, seconds
from tests.faults.people import Inspector
from tests.faults.phone import Phone
from tests.faults.plan import SEED, Wish, part, share
from tests.faults.radio import Radio
from tests.support.product import Cluster, demo_of
from tests.support.rows import Row, at_least, at_most, exactly
from tests.support.until import NotYet, until_async

LOSSES = (0.02, 0.05, 0.10)
BLACKOUTS = (3.0, 8.0, 20.0)
LONG_BLACKOUT = 60.0
DELAY_MS, JITTER_MS = 150, 50
EXACT = 0.5
STEADY = 6.0
GAP_NAMED = "recording.gap_named"
GAPS = (
    "import json; from signaling.models import Member; from fieldsvc.kernel import journal;"
    "room = Member.objects.get(pk='{guest}').room;"
    "print(json.dumps([dict(e.data) for e in journal.entries(room.stream)"
    f" if e.kind == '{GAP_NAMED}']))"
)


@dataclass
class AirCall:
    """A recorded call between the phone in its namespace and a desk in this one."""

    product: Cluster
    radio: Radio
    phone: Phone
    wang: Inspector
    line: Line
    guest: str
    eye: Eye

    async def steady(self, span: float = STEADY) -> None:
        """Pictures without a freeze of a second for a while, so that a fault begins from calm.

        A machine too busy for that is not waited for long: the figures will show it.
        """
        with suppress(NotYet):
            await until_async(
                lambda: self.eye.longest_freeze(time.time() - span, time.time()) < 1.0,
                seconds=4 * span,
                what="a steady picture",
            )

    async def journalled(self) -> list[dict[str, str]]:
        """Every hole of this call that the journal names."""
        words = ("shell", "-v0", "-c", GAPS.format(guest=self.guest))
        found: list[dict[str, str]] = json.loads(
            await asyncio.to_thread(self.product.manage, *words)
        )
        return found

    def member(self) -> dict[str, object]:
        return next(m for m in self.line.room["members"] if m["id"] == self.guest)

    async def recorded(self, began: float, ended: float) -> list[float]:
        """When the pictures were taken that the stored segments hold of this stretch of time."""
        await holes(self.wang, began, ended)
        found: list[float] = []
        for segment in (await self.wang.recording())["segments"]:
            if seconds(segment["ended_at"]) < began or seconds(segment["started_at"]) > ended:
                continue
            if not segment["video_frames"]:
                continue
            content = await self.wang.bytes_of(segment["url"])
            start = seconds(segment["started_at"])
            found += (start + at for at in _shown_at(content) if began <= start + at < ended)
        return sorted(found)


def _shown_at(webm: bytes) -> list[float]:
    with av.open(io.BytesIO(webm), "r") as container:
        return [
            float((packet.pts or 0) * (packet.time_base or Fraction(1)))
            for packet in container.demux(video=0)
            if packet.size
        ]


@asynccontextmanager
async def air_call(site: Site) -> AsyncIterator[AirCall]:
    """From the case to a steady picture; whatever is still there at the end is closed."""
    radio, product = site.line(), site.product
    radio.clear()
    demo, case = demo_of(product.folder), f"KY-AIR-{time.time_ns() // 1000}"
    answer = ApprovalSystem(product.url, demo.api_key).hand_in(case, product.receiver.url)
    assert answer.status_code == 201, answer.text
    link = await asyncio.to_thread(wait_for_link, product.folder, case)
    phone, wang, stack = Phone(radio, product.url), Inspector(product.url), ExitStack()
    try:
        await phone.arrive(link)
        inspection = await asyncio.to_thread(inspection_of, product, case)
        line = await wang.arrive("wang", demo.staff["wang"], inspection)
        state = await line.state_where(
            lambda s: any(m["role"] == "GUEST" and m["online"] for m in s["members"])
        )
        guest = next(m["id"] for m in state["members"] if m["role"] == "GUEST")
        await line.ask("member.admit", member=guest)
        eye = Eye(line, guest)
        stack.callback(eye.close)
        eye.open()
        call = AirCall(product, radio, phone, wang, line, guest, eye)
        await eye.first_after(0.0, seconds=120)
        await call.steady()
        yield call
        line.hang_up()
    finally:
        radio.clear()
        radio.let_go()
        stack.close()
        await phone.close()
        await wang.close()


async def bad_air(site: Site, wish: Wish) -> list[Row]:
    """R4–R7 on one call after the other; R7 comes last, for it ends the phone."""
    rows: list[Row] = []
    async with air_call(site) as call:
        if wish.wants("R4"):
            for lost in LOSSES:
                name = f"R4.at_{round(100 * lost)}"
                rows += await part(name, _loss(call, name, lost, wish.seconds))
            rows += await part("R4.held_back", _held_back(call, wish.seconds))
        if wish.wants("R5"):
            for length in BLACKOUTS:
                name = f"R5.dark_{length:g}s"
                rows += await part(name, _blackout(call, name, length, 5.0))
        if wish.wants("R6"):
            name = f"R6.dark_{LONG_BLACKOUT:g}s"
            rows += await part(name, _blackout(call, name, LONG_BLACKOUT, 8.0))
            rows += await part("R6.moved", _moves(call, max(1, wish.kills)))
        if wish.wants("R7"):
            rows += await part("R7", _ghost(call))
    return rows


async def _loss(call: AirCall, name: str, lost: float, span: float) -> list[Row]:
    """Random loss both ways: the longest freeze at the desk, and what of the sent is recorded."""
    await call.steady()
    call.radio.lose(lost)
    began, sent = time.time(), await call.phone.frames_sent()
    await asyncio.sleep(span)
    ended, sent = time.time(), await call.phone.frames_sent() - sent
    dropped = call.radio.dropped()
    call.radio.clear()
    await call.steady()
    kept = 100 * len(await call.recorded(began, ended)) / max(1, sent)
    frozen = call.eye.longest_freeze(began, ended)
    note = f"Chromium, {span:g} s, {dropped} packets dropped; the kernel's chance has no seed"
    freeze = at_most(f"{name}_freeze_max", frozen, "s", 1.0, note=note)
    recorded = at_least(f"{name}_recorded", kept, "% frames", 95, note=f"of {sent} sent")
    return [replace(freeze, baseline=0.62), recorded]


async def _held_back(call: AirCall, span: float) -> list[Row]:
    """Every packet late by a time of its own, and out of order: nothing is lost, nothing is said
    to be."""
    call.radio.hold_back(DELAY_MS, JITTER_MS, SEED)
    await call.steady()
    began, sent = time.time(), await call.phone.frames_sent()
    await asyncio.sleep(span)
    ended, sent = time.time(), await call.phone.frames_sent() - sent
    frozen = call.eye.longest_freeze(began, ended)
    named = [
        one
        for one in await holes(call.wang, began, ended)
        if seconds(one["to"]) - seconds(one["from"]) > 0.2
    ]
    kept = 100 * len(await call.recorded(began, ended)) / max(1, sent)
    call.radio.let_go()
    await call.steady()
    note = f"Chromium, {span:g} s, {DELAY_MS} ± {JITTER_MS} ms each way, out of order"
    return [
        at_most("R4.held_back_freeze_max", frozen, "s", 1.0, note=note),
        at_least("R4.held_back_recorded", kept, "% frames", 95, note=f"of {sent} sent"),
        exactly("R4.held_back_gaps", len(named), "gaps", 0),
    ]


async def _blackout(call: AirCall, name: str, length: float, within: float) -> list[Row]:
    """Nothing passes for a while; when the picture is back, and what the recording calls it."""
    peers = await call.phone.peers()
    call.radio.go_dark()
    dark = time.time()
    await asyncio.sleep(length)
    call.radio.clear()
    light = time.time()
    await call.eye.first_after(light + 1.0, seconds=90)
    await call.steady()
    back = call.eye.end_of_longest_freeze(dark - 0.5, time.time())
    made = await call.phone.peers() - peers
    note = f"Chromium, {length:g} s dark, {made} new peer connections"
    row = at_most(f"{name}_media_back_after", back - light, "s", within, note=note)
    return [row, *await _named(call, name, dark, back)]


async def _named(call: AirCall, name: str, dark: float, back: float) -> list[Row]:
    """The coverage map and the journal name the hole that the recording really has.

    It is where the stored pictures are furthest apart; it began with the dark, and it ended before
    the desk, which decodes from a key frame on, saw pictures again.
    """
    shown = await call.recorded(dark - 2.0, back + 2.0)
    last, first = max(pairwise(shown), key=lambda two: two[1] - two[0])
    assert dark - EXACT < last < first < back + EXACT, (last - dark, first - back)
    found = [
        span
        for span in await holes(call.wang, dark - 1.0, back + 1.0)
        if seconds(span["to"]) - seconds(span["from"]) > 0.2
    ]
    if not found:
        note = f"no hole in the coverage map; {first - last:.2f} s without a picture"
        return [exactly(f"{name}_gap_named", 0, "gaps", 1, note=note)]
    start, end = seconds(found[0]["from"]), seconds(found[-1]["to"])
    causes = ", ".join(str(span["cause"]) for span in found)
    told = [
        (seconds(one["started_at"]), seconds(one["ended_at"]))
        for one in await call.journalled()
        if one["media_kind"] != "audio"
        and seconds(one["ended_at"]) > dark + 0.2
        and seconds(one["started_at"]) < back - 0.2
    ]
    apart = _apart(told, last, first)
    note = f"{len(found)} holes: {causes}"
    return [
        at_most(f"{name}_gap_off_by", _apart([(start, end)], last, first), "s", EXACT, note=note),
        at_most(f"{name}_journal_off_by", apart, "s", EXACT, note=GAP_NAMED),
    ]


def _apart(spans: list[tuple[float, float]], start: float, end: float) -> float:
    """How far the first begins and the last ends from these, whichever is more."""
    began = min((a for a, _ in spans), default=0.0)
    ended = max((b for _, b in spans), default=0.0)
    return max(abs(began - start), abs(ended - end))


async def _moves(call: AirCall, times: int) -> list[Row]:
    """The phone gets another address; its old one is gone."""
    took, new = [], 0
    for _ in range(times):
        before = await call.phone.peers()
        call.radio.move()
        moved = time.time()
        await call.eye.first_after(moved + 2.0, seconds=90)
        await call.steady()
        took.append(call.eye.end_of_longest_freeze(moved - 0.5, time.time()) - moved)
        new += (await call.phone.peers()) > before
    rooms = {segment["source"] for segment in (await call.wang.recording())["segments"]}
    note = f"Chromium, {times} moves, {new} with a new peer connection"
    return [
        at_most("R6.moved_media_back_p95", share(took, 0.95), "s", 8.0, note=note),
        exactly("R6.evidence_ids", len(rooms), "sources", 1),
    ]


async def _ghost(call: AirCall) -> list[Row]:
    """The phone is dead and its line dark: no FIN, no BYE, no message."""
    call.radio.go_dark()
    call.phone.kill()
    killed = time.time()
    await call.line.state_where(lambda _: call.member()["link"] in ("WEAK", "LOST"), seconds=60)
    weak = time.time() - killed
    await call.line.state_where(
        lambda _: call.member()["link"] == "LOST" or call.member()["publishing"] is None,
        seconds=60,
    )
    lost = time.time() - killed
    await asyncio.sleep(max(0.0, killed + 60 - time.time()))
    member = call.member()
    left = int(bool(member["online"])) + int(member["publishing"] is not None)
    return [
        at_most("R7.weak_after", weak, "s", 3.0, note="Chromium killed, its line dark"),
        at_most("R7.lost_after", lost, "s", 8.0),
        exactly("R7.rows_left_after_60s", left, "rows", 0),
    ]
