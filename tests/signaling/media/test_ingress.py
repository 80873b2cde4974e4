"""What a publisher is told, and what of a publisher is believed."""

from dataclasses import dataclass, field
from itertools import pairwise

from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
)

from signaling.media.events import UplinkLevel
from signaling.media.ingress import Publisher, TrackTerms
from signaling.media.rtp import Packet, header
from signaling.media.sink import Kind, Leg
from tests.signaling.media.layered import layered_packets

VIDEO, RTX, AUDIO = 96, 97, 111
TERMS = (TrackTerms(Kind.VIDEO, VIDEO, RTX, 7, 8, 1), TrackTerms(Kind.AUDIO, AUDIO, 0, 9, 0, 2))


@dataclass
class Listener:
    """Keeps what came through."""

    packets: list[Packet] = field(default_factory=list)
    legs: int = 0
    reports: list[tuple[int, int]] = field(default_factory=list)

    def on_leg(self, leg: Leg) -> None:
        self.legs += 1

    def on_packet(self, kind: Kind, packet: Packet) -> None:
        self.packets.append(packet)

    def on_sender_report(self, kind: Kind, ntp: int, timestamp: int) -> None:
        self.reports.append((ntp, timestamp))


@dataclass
class Mouth:
    """Keeps the control messages that would have been sent."""

    said: list[bytes] = field(default_factory=list)
    overflowed: int = 0

    def send_rtcp(self, packet: bytes) -> None:
        self.said.append(packet)

    def of(self, kind: type) -> list[object]:
        parsed = [
            m for data in self.said if data[1] != 205 or data[0] & 31 != 15 for m in _read(data)
        ]
        return [m for m in parsed if isinstance(m, kind)]


def _read(data: bytes) -> list[object]:
    return list(RtcpPacket.parse(data))


class Desk:
    """A publisher with a clock, a listener and a mouth."""

    def __init__(self, terms: tuple[TrackTerms, ...] = TERMS) -> None:
        self.at = 50.0
        self.publisher = Publisher("p", terms, mono=lambda: self.at, led=True)
        self.heard, self.mouth = Listener(), Mouth()
        self.publisher.wire = self.mouth  # type: ignore[assignment]
        self.publisher.attach([self.heard])

    def take(self, packet: Packet, *, ssrc: int = 7, payload_type: int = VIDEO) -> None:
        head = header(payload_type, packet.marker, packet.index, packet.timestamp, ssrc)
        self.publisher.on_rtp(head + packet.payload, self.at)

    def again(self, packet: Packet, *, ssrc: int = 8) -> None:
        """The packet as a retransmission (RFC 4588)."""
        head = header(RTX, packet.marker, 500, packet.timestamp, ssrc)
        self.publisher.on_rtp(head + packet.sequence.to_bytes(2, "big") + packet.payload, self.at)

    def tick(self, seconds: float) -> None:
        end = self.at + seconds
        while self.at < end:
            self.at += 0.05
            self.publisher.tick(self.at)


def test_a_missing_packet_is_asked_for_at_once_and_comes_back_by_rtx() -> None:
    desk, packets = Desk(), layered_packets(4)
    for packet in packets[:3] + packets[4:6]:
        desk.take(packet)
    (nack,) = desk.mouth.of(RtcpRtpfbPacket)
    assert isinstance(nack, RtcpRtpfbPacket)
    assert (nack.lost, nack.media_ssrc) == ([packets[3].sequence], 7)
    desk.again(packets[3])
    assert desk.heard.packets[-1].index == packets[3].index + (1 << 16)
    assert desk.heard.packets[-1].payload == packets[3].payload
    desk.tick(1.0)
    assert len(desk.mouth.of(RtcpRtpfbPacket)) == 1


def test_what_never_comes_is_asked_for_a_few_times_and_given_up() -> None:
    desk, packets = Desk(), layered_packets(4)
    desk.take(packets[0])
    desk.take(packets[2])
    desk.tick(3.0)
    assert 10 <= len(desk.mouth.of(RtcpRtpfbPacket)) <= 14


def test_a_packet_that_comes_twice_is_handed_on_once() -> None:
    desk, packets = Desk(), layered_packets(4)
    for packet in packets:
        desk.take(packet)
        desk.take(packet)
    desk.again(packets[2])
    assert len(desk.heard.packets) == len(packets)


def test_rtx_that_comes_before_any_media_is_probing_and_changes_nothing() -> None:
    unknown = (TrackTerms(Kind.VIDEO, VIDEO, RTX, 0, 0, 1),)
    desk, packets = Desk(unknown), layered_packets(4)
    for _ in range(5):
        desk.publisher.on_rtp(header(RTX, 0, 1, 0, 8) + bytes(200), desk.at)
    desk.publisher.request_key_frame()
    assert not desk.heard.packets
    assert not desk.mouth.said
    desk.take(packets[0])
    desk.publisher.request_key_frame()
    desk.tick(0.5)
    asked = desk.mouth.of(RtcpPsfbPacket)
    assert {m.media_ssrc for m in asked if isinstance(m, RtcpPsfbPacket)} == {7}


def test_many_requests_for_a_key_frame_become_few_and_end_when_it_comes() -> None:
    desk, packets = Desk(), layered_packets(8, gop=4)
    for packet in packets[3:9]:
        desk.take(packet)
    for _ in range(100):
        desk.publisher.request_key_frame()
    assert len(desk.mouth.of(RtcpPsfbPacket)) == 1
    desk.tick(1.0)
    asked = desk.mouth.of(RtcpPsfbPacket)
    assert 2 <= len(asked) <= 4
    assert all(isinstance(m, RtcpPsfbPacket) and m.fmt == RTCP_PSFB_PLI for m in asked)
    desk.take(packets[12])
    desk.tick(2.0)
    assert len(desk.mouth.of(RtcpPsfbPacket)) == len(asked)


def test_a_changed_ssrc_is_followed_once_the_old_one_is_silent() -> None:
    desk, packets = Desk(), layered_packets(8)
    for packet in packets[:6]:
        desk.take(packet)
    desk.take(packets[6], ssrc=70)
    assert desk.heard.legs == 1
    assert len(desk.heard.packets) == 6
    desk.tick(2.0)
    for packet in packets[6:]:
        desk.take(packet, ssrc=70)
    assert desk.heard.legs == 2
    assert len(desk.heard.packets) == len(packets)


def test_reports_say_what_was_lost_and_answer_the_senders_clock() -> None:
    desk, packets = Desk(), layered_packets(40)
    info = RtcpSenderInfo(
        ntp_timestamp=0x1234_5678_9ABC_DEF0, rtp_timestamp=5, packet_count=1, octet_count=1
    )
    desk.publisher.on_rtcp(bytes(RtcpSrPacket(7, info)), desk.at)
    for packet in packets:
        if packet.index % 10:
            desk.take(packet)
    desk.tick(1.2)
    block = next(
        r
        for m in desk.mouth.of(RtcpRrPacket)
        if isinstance(m, RtcpRrPacket)
        for r in m.reports
        if r.ssrc == 7
    )
    assert block.packets_lost in (11, 12)
    assert block.lsr == 0x5678_9ABC
    assert 0 < block.dlsr < 2 * 65536
    assert desk.heard.reports == [(0x1234_5678_9ABC_DEF0, 5)]


def test_a_senders_report_from_just_ahead_of_the_clock_is_answered_with_no_delay() -> None:
    desk = Desk()
    info = RtcpSenderInfo(ntp_timestamp=1 << 33, rtp_timestamp=5, packet_count=1, octet_count=1)
    desk.take(layered_packets(1)[0])
    desk.publisher.on_rtcp(bytes(RtcpSrPacket(7, info)), desk.at + 9.0)
    desk.tick(1.2)
    reports = [m for m in desk.mouth.of(RtcpRrPacket) if isinstance(m, RtcpRrPacket)]
    assert {r.dlsr for m in reports for r in m.reports if r.ssrc == 7} == {0}


def test_a_line_that_narrows_brings_the_level_down_and_says_so() -> None:
    desk, said = Desk(), []
    desk.publisher.on_level = lambda level, recovered: said.append((level, recovered))
    packets = iter(layered_packets(3000))
    for second in range(20):
        for number, packet in zip(range(30), packets, strict=False):
            if second < 8 or number % 3:
                desk.take(packet)
        desk.tick(1.0)
    assert said[0] == (UplinkLevel.SD, False)
    assert desk.publisher.level is not UplinkLevel.HD


def test_what_this_node_had_no_room_for_is_not_the_lines_loss() -> None:
    desk, packets = Desk(), iter(layered_packets(3000))
    for second in range(20):
        for number, packet in zip(range(30), packets, strict=False):
            if second < 8 or number % 3:
                desk.take(packet)
            else:
                desk.mouth.overflowed += 1
        desk.tick(1.0)
    assert desk.publisher.level is UplinkLevel.HD


def test_packets_bear_the_time_they_arrived_not_the_time_they_were_read() -> None:
    desk = Desk()
    arrivals = [40.0, 40.1, 40.25]
    for packet, arrival in zip(layered_packets(1), arrivals, strict=True):
        head = header(VIDEO, packet.marker, packet.index, packet.timestamp, 7)
        desk.publisher.on_rtp(head + packet.payload, arrival)
    assert [p.arrival for p in desk.heard.packets] == arrivals


def test_the_numbers_of_what_was_handed_on_only_rise() -> None:
    desk = Desk()
    for packet in layered_packets(40, first=65_500):
        desk.take(packet)
    assert {b.index - a.index for a, b in pairwise(desk.heard.packets)} == {1}
