"""A real recorded call whose media node is killed again and again."""

import asyncio
import hashlib
import random
import time
from dataclasses import dataclass, field
from datetime import datetime

from aiortc import RTCPeerConnection

from tests.e2e.approval import ApprovalSystem, wait_for_link
from tests.faults.line import Line, Message
from tests.faults.people import Applicant, Body, Inspector
from tests.signaling.media.peers import NumberedCamera, Voice, Watcher, negotiate, new_pc
from tests.support.product import Cluster, demo_of
from tests.support.until import until_async

BACK_SECONDS = 10.0
# 录制服务意外终止 and 录制服务重启.
NAMES = {"crash", "media_restarted"}


@dataclass
class Kill:
    """What one `kill -9` of the media node cost."""

    at: float
    tail_lost: float
    back_after: float
    closed_changed: int


@dataclass
class Call:
    """An admitted applicant, both inspectors in the room, media through real sockets."""

    product: Cluster
    case: str
    applicant: Applicant
    wang: Inspector
    chen: Inspector
    li_line: Line
    wang_line: Line
    chen_line: Line
    camera: NumberedCamera = field(default_factory=NumberedCamera)
    peers: int = 0
    answer: str = ""
    phone: RTCPeerConnection | None = None
    desk: Watcher | None = None

    async def offer(self) -> Message:
        """Publish camera and voice once; the answer or the refusal."""
        self.peers += 1
        self.camera.resume()
        pc = new_pc()
        for track in (Voice(), self.camera):
            pc.addTransceiver(track, direction="sendonly")
        found: Message = {}

        async def ask(sdp: str) -> str:
            nonlocal found
            found = await self.li_line.ask("peer.publish", peer=f"up{self.peers}", sdp=sdp)
            if found["type"] != "peer.answer":
                raise ConnectionError(found.get("code", found["type"]))
            self.answer = str(found["sdp"])
            return self.answer

        try:
            await negotiate(pc, ask)
        except ConnectionError:
            await pc.close()
            return found
        self.phone = pc
        return found

    async def flow(self) -> None:
        """Offer until a node takes it, and watch until the desk sees pictures."""
        async with asyncio.timeout(120):
            taken = False
            while not taken:
                taken = (await self.offer())["type"] == "peer.answer"
        await self.wang_line.state_where(lambda s: any(m["publishing"] for m in s["members"]))
        source = next(m["id"] for m in self.wang_line.room["members"] if m["role"] == "GUEST")
        self.desk = desk = Watcher(new_pc())
        desk.pc.on(
            "track", lambda track: desk.tasks.append(asyncio.ensure_future(desk._drain(track)))
        )
        for kind in ("audio", "video"):
            desk.pc.addTransceiver(kind, direction="recvonly")

        async def ask(sdp: str) -> str:
            peer = f"down{self.peers}"
            answer = await self.wang_line.ask("peer.subscribe", peer=peer, source=source, sdp=sdp)
            assert answer["type"] == "peer.answer", answer
            return str(answer["sdp"])

        await negotiate(desk.pc, ask)
        await until_async(lambda: len(desk.numbers) > 5, seconds=90, what="pictures at the desk")

    async def hang_up(self) -> None:
        """Both ends close their peer connections without a word to the room."""
        if self.desk is not None:
            await self.desk.close()
        if self.phone is not None:
            await self.phone.close()
        self.desk = self.phone = None

    @property
    def lines(self) -> tuple[Line, Line, Line]:
        return self.li_line, self.wang_line, self.chen_line

    async def mend(self) -> None:
        """Whoever's socket is closed comes in again by the same door."""
        if not self.li_line.alive:
            self.li_line = await self.applicant.again()
        if not self.wang_line.alive:
            self.wang_line = await self.wang.again()
        if not self.chen_line.alive:
            self.chen_line = await self.chen.again()

    async def close(self) -> None:
        await self.hang_up()
        for line in self.lines:
            line.hang_up()
        for person in (self.applicant, self.wang, self.chen):
            await person.close()

    async def gaps_between(self, began: float, ended: float) -> int:
        """Holes of the recording in this stretch, once it has been reckoned to its end."""
        return len(await holes(self.wang, began, ended))


async def holes(wang: Inspector, began: float, ended: float) -> list[Body]:
    """The spans of the coverage map that are not recorded and lie in this stretch of time."""
    path = f"/api/inspections/{wang.inspection}/recording"
    recording = await wang.read_until(
        path, lambda found: any(seconds(one["to"]) >= ended for one in found["coverage"]["spans"])
    )
    return [
        span
        for span in recording["coverage"]["spans"]
        if span["state"] == "GAP"
        and seconds(span["to"]) > began + 0.01
        and seconds(span["from"]) < ended - 0.01
    ]


async def arrange(product: Cluster, case: str) -> Call:
    """Steps 1–4 by API: everybody is in the room, the applicant admitted, nothing flows yet."""
    demo = demo_of(product.folder)
    answer = ApprovalSystem(product.url, demo.api_key).hand_in(case, product.receiver.url)
    assert answer.status_code == 201, answer.text
    link = await asyncio.to_thread(wait_for_link, product.folder, case)
    li, wang, chen = Applicant(product.url), Inspector(product.url), Inspector(product.url)
    li_line = await li.arrive(link)
    inspection = await asyncio.to_thread(inspection_of, product, case)
    wang_line = await wang.arrive("wang", demo.staff["wang"], inspection)
    chen_line = await chen.arrive("chen", demo.staff["chen"], inspection)
    state = await wang_line.state_where(
        lambda s: any(m["role"] == "GUEST" and m["online"] for m in s["members"])
    )
    guest = next(m["id"] for m in state["members"] if m["role"] == "GUEST")
    admitted = await wang_line.ask("member.admit", member=guest)
    assert admitted["type"] == "ack", admitted
    return Call(product, case, li, wang, chen, li_line, wang_line, chen_line)


def inspection_of(product: Cluster, case: str) -> str:
    return product.manage("shell", "-v0", "-c", INSPECTION.format(case=case)).strip()


INSPECTION = (
    "from inspections.inspection.models import Inspection;"
    "print(Inspection.objects.get(case__number='{case}').pk)"
)


async def kill_once(call: Call, chance: random.Random) -> Kill:
    """Kill the node in the middle of the recording, start it again, come back."""
    await asyncio.sleep(4 + chance.random() * 8)
    before = _digests(await call.wang.recording())
    call.product.kill_media()
    killed_at = time.time()
    await call.hang_up()
    await asyncio.to_thread(call.product.revive_media)
    revived = time.monotonic()
    await call.flow()
    back_after = time.monotonic() - revived
    # The node enters what its predecessor left before it takes commands, so it is there by now.
    recording = await call.wang.recording()
    after = _digests(recording)
    changed = sum(after.get(number) != digest for number, digest in before.items())
    ends = [seconds(one["ended_at"]) for one in recording["segments"]]
    tail = killed_at - max(end for end in ends if end <= killed_at + 0.5)
    return Kill(killed_at, tail, back_after, changed)


async def move_once(call: Call) -> float:
    """Kill the node that holds the call while another lives; seconds until pictures flow there."""
    product = call.product
    holder = product.manage("shell", "-v0", "-c", HOLDER).strip()
    name = next((n for n in product.processes if holder.endswith(f"/{n}")), "media")
    product.kill(name)
    killed = time.monotonic()
    await call.li_line.state_where(lambda state: state["recording"]["state"] == "OFF")
    await call.hang_up()
    await call.flow()
    back_after = time.monotonic() - killed
    await asyncio.to_thread(product.revive, name)
    return back_after


HOLDER = (
    "from signaling.models import MediaNode;print(MediaNode.objects.get(rooms__state='OPEN').label)"
)


async def unnamed(call: Call, kills: list[Kill]) -> int:
    """How many kills left no gap that says so; a gap is reckoned once a segment follows it."""
    last = kills[-1].at
    path = f"/api/inspections/{call.wang.inspection}/recording"
    recording = await call.wang.read_until(
        path, lambda found: any(seconds(one["started_at"]) > last for one in found["segments"])
    )
    gaps = [
        (seconds(span["from"]), seconds(span["to"]))
        for span in recording["coverage"]["spans"]
        if span["cause"] in NAMES
    ]
    return sum(not any(start <= kill.at <= end for start, end in gaps) for kill in kills)


async def rehashed(call: Call) -> int:
    """Download every segment as the desk does; how many are not what the books say."""
    wrong = 0
    for segment in (await call.wang.recording())["segments"]:
        content = await call.wang.bytes_of(segment["url"])
        wrong += hashlib.sha256(content).hexdigest() != segment["sha256"]
    return wrong


def _digests(recording: Body) -> dict[int, str]:
    return {one["number"]: one["sha256"] for one in recording["segments"]}


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
