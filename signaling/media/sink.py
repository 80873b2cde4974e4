"""The one interface of everybody who receives a source: a viewer and the recorder alike."""

from enum import StrEnum
from typing import Protocol

from signaling.media.rtp import Packet


class Kind(StrEnum):
    """The two kinds of media in a room."""

    AUDIO = "audio"
    VIDEO = "video"


class Leg(Protocol):
    """One publishing peer connection of a source, as its receivers see it."""

    peer: str

    @property
    def kinds(self) -> frozenset[Kind]: ...
    def recent(self, kind: Kind, index: int) -> Packet | None: ...
    def request_key_frame(self) -> None: ...


class Sink(Protocol):
    """Takes a source's packets in order of arrival, on the event loop; never blocks.

    A packet may be kept: nobody changes it any more. The recorder keeps its raw journal from
    `on_packet` and `on_sender_report`, and needs every packet exactly once, RTX and repeats
    already resolved.
    """

    def on_leg(self, leg: Leg) -> None:
        """A new peer connection (or a new SSRC) carries the source from here on."""

    def on_packet(self, kind: Kind, packet: Packet) -> None: ...

    def on_sender_report(self, kind: Kind, ntp: int, timestamp: int) -> None: ...
