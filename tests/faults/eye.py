"""王勘验's desk as far as the picture goes: subscribes, subscribes anew, and notes when it sees."""

import asyncio
import contextlib
import itertools
import time
from itertools import pairwise

import av
from aiortc import RTCPeerConnection
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from tests.faults.line import Line
from tests.signaling.media.peers import negotiate, new_pc
from tests.support.until import until_async

AGAIN = (0.3, 1.0, 2.0, 4.0, 8.0)
DAY = 86_400.0
STILL = 20.0


class Eye:
    """Keeps one subscription to the guest up, as the desk's page does, from `open` to `close`."""

    def __init__(self, line: Line, source: str) -> None:
        self.seen: list[float] = []
        self._line, self._source = line, source
        self._tasks: list[asyncio.Task[None]] = []
        self._subscribed = self._not_due = 0.0

    def open(self) -> None:
        self._tasks.append(asyncio.ensure_future(self._keep_up()))

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _keep_up(self) -> None:
        attempt = 0
        for number in itertools.count():
            pc, peer = new_pc(), f"eye{number}"
            pc.on("track", self._watch)
            try:
                await self._subscribe(pc, peer)
                attempt = 0
                await until_async(lambda: self._over(pc, peer), seconds=DAY, what="its end")  # noqa: B023
            except (ConnectionError, TimeoutError):
                attempt += 1
            finally:
                with contextlib.suppress(ConnectionError):
                    await pc.close()
            await asyncio.sleep(AGAIN[min(attempt, len(AGAIN) - 1)])

    def _over(self, pc: RTCPeerConnection, peer: str) -> bool:
        if peer in self._line.peers_closed or pc.connectionState in ("closed", "failed"):
            return True
        if not self._due():
            self._not_due = time.time()
        shown = max(self._subscribed, self._not_due, self.seen[-1] if self.seen else 0.0)
        return time.time() - shown > STILL

    def _due(self) -> bool:
        """Whether there is a picture to show; one that stands still is subscribed to anew."""
        members = self._line.room["members"]
        sending = next((m["publishing"] for m in members if m["id"] == self._source), None)
        return bool(sending and sending["video"])

    async def _subscribe(self, pc: RTCPeerConnection, peer: str) -> None:
        for kind in ("audio", "video"):
            pc.addTransceiver(kind, direction="recvonly")

        async def ask(sdp: str) -> str:
            reply = await self._line.ask("peer.subscribe", peer=peer, source=self._source, sdp=sdp)
            if reply["type"] != "peer.answer":
                raise ConnectionError(reply.get("code", reply["type"]))
            return str(reply["sdp"])

        await negotiate(pc, ask)
        self._subscribed = time.time()

    def _watch(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.ensure_future(self._drain(track)))

    async def _drain(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, av.VideoFrame):
                self.seen.append(time.time())

    def _marks(self, began: float, ended: float) -> list[float]:
        return [began, *(at for at in self.seen if began <= at <= ended), ended]

    def longest_freeze(self, began: float, ended: float) -> float:
        return max(b - a for a, b in pairwise(self._marks(began, ended)))

    def end_of_longest_freeze(self, began: float, ended: float) -> float:
        """When the picture moved again after it had stood longest.

        What was under way is decoded a little after the line went dark: the last picture before
        the freeze may be later than the cut, the first one after it is a new one.
        """
        return max(pairwise(self._marks(began, ended)), key=lambda pair: pair[1] - pair[0])[1]

    async def first_after(self, at: float, *, seconds: float) -> None:
        """Wait for a picture later than that."""
        await until_async(
            lambda: bool(self.seen) and self.seen[-1] > at,
            seconds=seconds,
            what="a picture at the desk",
        )
