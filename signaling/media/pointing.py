"""Pointers by data channel: from a member's publishing peer to everybody else's, at once.

A point of light is of use while the hand is still there: it goes out in the turn it came in, in no
order and never again when it is lost. Nothing of it is kept.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from aiortc import RTCDataChannel

from signaling.bucket import Bucket
from signaling.media import seam
from signaling.media.peer import Peer

logger = logging.getLogger(__name__)

LABEL: Final = "pointer"
PER_SECOND: Final = 25.0
"""What goes beyond is dropped, as on the socket."""
FLOOD_PER_SECOND: Final = 200.0
"""Who sends more than this is no page of ours: its peer is closed."""
LONGEST: Final = 512
BACKLOG: Final = 8 * 1024
"""A member whose line holds back more gets nothing until it has drained."""
HELD_BYTES: Final = 256 * 1024
"""Parts of messages that never become whole; beyond this the peer is closed."""


class Relay(Protocol):
    """What pointers need of those who know the protocol and the sockets."""

    def told(self, member: str, text: str) -> str | None:
        """What the others are told of a member's message; None: it is no pointer."""
        ...

    def by_socket(self, room: str, member: str, text: str, reached: frozenset[str]) -> None:
        """Tell by socket those in the room who have no open channel."""
        ...


@dataclass(slots=True)
class _Lane:
    peer: Peer
    pointing: Bucket
    bearable: Bucket
    channel: RTCDataChannel | None = None

    @property
    def open(self) -> bool:
        channel = self.channel
        return self.peer.gone is None and channel is not None and channel.readyState == "open"


@dataclass(slots=True)
class Pointing:
    """The channels of one node's members, by room; used from the event loop only."""

    relay: Relay
    close_peer: Callable[[Peer], None]
    members: Callable[[str], set[str]]
    """Who has a peer in a room."""
    mono: Callable[[], float]
    _lanes: dict[str, list[_Lane]] = field(default_factory=dict)

    def watch(self, peer: Peer) -> None:
        """Take the pointers of a publishing peer, should its page open a channel for them."""
        lane = _Lane(
            peer,
            Bucket(PER_SECOND, PER_SECOND, mono=self.mono),
            Bucket(FLOOD_PER_SECOND, FLOOD_PER_SECOND, mono=self.mono),
        )
        peer.pc.on("datachannel", partial(self._opened, lane))

    def tick(self) -> None:
        """Forget who is gone; close who stuffs the node."""
        for room, lanes in list(self._lanes.items()):
            for lane in lanes:
                if lane.peer.gone is None and seam.held_bytes(lane.peer.pc) > HELD_BYTES:
                    self._shut_out(lane)
            here = [lane for lane in lanes if lane.peer.gone is None]
            if here:
                self._lanes[room] = here
            else:
                del self._lanes[room]

    def _opened(self, lane: _Lane, channel: RTCDataChannel) -> None:
        if lane.channel is not None or channel.label != LABEL or lane.peer.gone is not None:
            return
        lane.channel = channel
        self._lanes.setdefault(lane.peer.room, []).append(lane)
        channel.on("message", partial(self._take, lane))

    def _take(self, lane: _Lane, message: str | bytes) -> None:
        if lane.peer.gone is not None:
            return
        if not lane.bearable.take():
            self._shut_out(lane)
            return
        if not isinstance(message, str) or len(message) > LONGEST or not lane.pointing.take():
            return
        text = self.relay.told(lane.peer.member, message)
        if text is not None:
            self._hand_on(lane.peer, text)

    def _hand_on(self, sender: Peer, text: str) -> None:
        reached = {sender.member}
        for lane in self._lanes.get(sender.room, []):
            channel = lane.channel
            if lane.peer.member in reached or not lane.open or channel is None:
                continue
            reached.add(lane.peer.member)
            if channel.bufferedAmount < BACKLOG:
                channel.send(text)
        if self.members(sender.room) - reached:
            self.relay.by_socket(sender.room, sender.member, text, frozenset(reached))

    def _shut_out(self, lane: _Lane) -> None:
        logger.warning("pointer channel flooded, peer closed")
        self.close_peer(lane.peer)
