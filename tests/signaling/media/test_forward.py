"""One viewer: numbering, repeats, a slow socket, a new beginning."""

from dataclasses import dataclass, field
from itertools import pairwise

from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
)

from signaling.media.events import ViewLevel
from signaling.media.forward import BACKLOG_LIMIT, SendTerms, Viewer
from signaling.media.rtp import Packet, parse
from signaling.media.sink import Kind
from tests.signaling.media.encoded import video_packets
from tests.signaling.media.layered import layered_packets, read_back

TERMS = (SendTerms(Kind.VIDEO, 97, 98, 1111, 2222), SendTerms(Kind.AUDIO, 111, 0, 3333, 4444))


@dataclass
class FakeOutlet:
    """Keeps what was sent; holds back as many bytes as it is told."""

    backlog_bytes: int = 0
    rtp: list[Packet] = field(default_factory=list)
    rtcp: list[bytes] = field(default_factory=list)

    def send_rtp(self, head: bytes, body: bytes) -> None:
        self.rtp.append(parse(head + body, 0))

    def send_rtcp(self, packet: bytes) -> None:
        self.rtcp.append(packet)


@dataclass
class FakeLeg:
    """A source that remembers its packets and counts requests for key frames."""

    peer: str = "p1"
    kinds: frozenset[Kind] = frozenset({Kind.VIDEO})
    packets: dict[int, Packet] = field(default_factory=dict)
    asked: int = 0

    def recent(self, kind: Kind, index: int) -> Packet | None:
        return self.packets.get(index)

    def request_key_frame(self) -> None:
        self.asked += 1


class Clock:
    def __init__(self) -> None:
        self.at = 50.0

    def __call__(self) -> float:
        return self.at


AT = 50.0


def opened() -> tuple[Viewer, FakeLeg, FakeOutlet, Clock]:
    clock = Clock()
    viewer, leg, outlet = Viewer("w-1", TERMS, mono=clock, fitted=True), FakeLeg(), FakeOutlet()
    viewer.on_leg(leg)
    viewer.open(outlet)
    return viewer, leg, outlet, clock


def test_a_viewer_begins_with_a_key_frame_and_asks_for_one() -> None:
    viewer, leg, outlet, _ = opened()
    packets = video_packets(60)
    assert leg.asked == 1
    for packet in packets[5:]:
        viewer.on_packet(Kind.VIDEO, packet)
    assert outlet.rtp[0].payload == next(p.payload for p in packets[5:] if p.starts_key_frame)
    assert {p.ssrc for p in outlet.rtp} == {1111}
    assert {p.payload_type for p in outlet.rtp} == {97}
    steps = {(b.sequence - a.sequence) & 0xFFFF for a, b in pairwise(outlet.rtp)}
    assert steps == {1}


def test_a_slow_viewer_is_held_to_a_bound_and_begins_again_at_a_key_frame() -> None:
    viewer, leg, outlet, _ = opened()
    packets = video_packets(90)
    third = len(packets) // 3
    for packet in packets[:third]:
        viewer.on_packet(Kind.VIDEO, packet)
    sent, asked = len(outlet.rtp), leg.asked
    outlet.backlog_bytes = BACKLOG_LIMIT + 1
    middle = [p for p in packets[third:] if p.timestamp < 45 * 3000]
    for packet in middle:
        viewer.on_packet(Kind.VIDEO, packet)
    assert len(outlet.rtp) == sent
    assert viewer.packets_dropped == len(middle)
    assert leg.asked > asked
    outlet.backlog_bytes = 0
    for packet in packets[third + len(middle) :]:
        viewer.on_packet(Kind.VIDEO, packet)
    again = outlet.rtp[sent]
    assert again.timestamp == 60 * 3000
    assert again.sequence == (outlet.rtp[sent - 1].sequence + 1) & 0xFFFF


def test_a_missed_packet_is_sent_again_by_rtx_under_its_own_number() -> None:
    viewer, leg, outlet, _ = opened()
    packets = video_packets(10)
    for packet in packets:
        leg.packets[packet.index] = packet
        viewer.on_packet(Kind.VIDEO, packet)
    wanted = outlet.rtp[3]
    count = len(outlet.rtp)
    nack = RtcpRtpfbPacket(RTCP_RTPFB_NACK, 9, 1111, lost=[wanted.sequence])
    viewer.on_rtcp(bytes(nack), AT)
    (again,) = outlet.rtp[count:]
    assert (again.ssrc, again.payload_type) == (2222, 98)
    assert again.payload == wanted.sequence.to_bytes(2, "big") + wanted.payload
    assert again.timestamp == wanted.timestamp


def test_a_flood_of_repeat_requests_is_answered_within_a_bound() -> None:
    viewer, leg, outlet, _ = opened()
    for packet in video_packets(10):
        leg.packets[packet.index] = packet
        viewer.on_packet(Kind.VIDEO, packet)
    count = len(outlet.rtp)
    nack = RtcpRtpfbPacket(RTCP_RTPFB_NACK, 9, 1111, lost=[outlet.rtp[3].sequence])
    for _ in range(2000):
        viewer.on_rtcp(bytes(nack), AT)
    assert len(outlet.rtp) - count <= 400


def test_a_picture_loss_at_the_viewer_is_carried_to_the_publisher() -> None:
    viewer, leg, _, _ = opened()
    asked = leg.asked
    viewer.on_rtcp(bytes(RtcpPsfbPacket(RTCP_PSFB_PLI, 9, 1111)), AT)
    assert leg.asked == asked + 1


def test_a_new_leg_goes_on_with_the_next_number_and_a_running_clock() -> None:
    viewer, _, outlet, _ = opened()
    for packet in video_packets(30):
        viewer.on_packet(Kind.VIDEO, packet)
    last = outlet.rtp[-1]
    count = len(outlet.rtp)
    viewer.on_leg(FakeLeg("p2"))
    for packet in video_packets(30, first=40_000):
        packet.timestamp = (packet.timestamp + 3_000_000_000) & 0xFFFFFFFF
        packet.arrival += 4.0
        viewer.on_packet(Kind.VIDEO, packet)
    first = outlet.rtp[count]
    assert first.sequence == (last.sequence + 1) & 0xFFFF
    elapsed = (first.timestamp - last.timestamp) & 0xFFFFFFFF
    assert abs(elapsed - (4.0 - 29 / 30) * 90_000) < 9000


def report(viewer: Viewer, outlet: FakeOutlet, lost: int) -> None:
    """The viewer's receiver report after what was sent so far, `lost` of it in all."""
    block = RtcpReceiverInfo(1111, 0, lost, outlet.rtp[-1].sequence, 0, 0, 0)
    viewer.on_rtcp(bytes(RtcpRrPacket(9, [block])), AT)


@dataclass
class Show:
    """A source in layers, played to one viewer in real time of the test's own clock."""

    viewer: Viewer
    leg: FakeLeg
    outlet: FakeOutlet
    clock: Clock
    frame: int = 0
    lost: int = 0
    levels: list[tuple[ViewLevel, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.packets = layered_packets(6000)
        self.viewer.on_level = lambda level, recovered: self.levels.append((level, recovered))

    def play(self, seconds: int, *, loses: float = 0.0) -> None:
        for _ in range(seconds * 10):
            before = len(self.outlet.rtp)
            for packet in self.packets[self.frame * 3 : (self.frame + 3) * 3]:
                self.viewer.on_packet(Kind.VIDEO, packet)
            self.frame += 3
            self.clock.at += 0.1
            self.lost += int(loses * (len(self.outlet.rtp) - before))
            report(self.viewer, self.outlet, self.lost)
            self.viewer.tick(self.clock.at)


def test_a_weak_line_gets_fewer_pictures_then_voice_and_everything_back() -> None:
    show = Show(*opened())
    show.play(5)
    show.play(12, loses=0.5)
    down = [ViewLevel.HALF, ViewLevel.QUARTER, ViewLevel.VOICE]
    assert show.levels == [(level, False) for level in down]
    asked, sent, dropped = show.leg.asked, len(show.outlet.rtp), show.viewer.packets_dropped
    show.play(3)
    assert (show.leg.asked, len(show.outlet.rtp)) == (asked, sent)
    assert show.viewer.packets_dropped == dropped + 3 * 90
    show.packets = layered_packets(6000, gop=30)  # the key frames it asks for
    show.play(90)
    back = [ViewLevel.QUARTER, ViewLevel.HALF, ViewLevel.FULL]
    assert show.levels[3:] == [(level, True) for level in back]
    steps = {(b.sequence - a.sequence) & 0xFFFF for a, b in pairwise(show.outlet.rtp)}
    assert steps == {1}


def test_fewer_pictures_ask_for_no_key_frame_and_leave_the_voice_alone() -> None:
    show = Show(*opened())
    show.play(5)
    asked = show.leg.asked
    show.play(3, loses=0.5)
    assert show.levels
    assert show.leg.asked == asked
    voice = Packet(111, 1, 5, 960, 3, bytes(80), 92)
    voice.index = 5
    show.viewer.on_packet(Kind.AUDIO, voice)
    assert show.outlet.rtp[-1].ssrc == 3333


def test_a_repeat_carries_the_numbers_the_viewer_knows() -> None:
    show = Show(*opened())
    show.play(5)
    show.play(4, loses=0.5)
    show.play(1)
    show.leg.packets = {p.index: p for p in show.packets}
    wanted, count = show.outlet.rtp[-2], len(show.outlet.rtp)
    show.viewer.on_rtcp(
        bytes(RtcpRtpfbPacket(RTCP_RTPFB_NACK, 9, 1111, lost=[wanted.sequence])), AT
    )
    (again,) = show.outlet.rtp[count:]
    assert again.payload == wanted.sequence.to_bytes(2, "big") + wanted.payload
    source = next(p for p in show.packets if p.timestamp == wanted.timestamp)
    assert read_back(wanted.payload).picture != source.picture


def test_the_senders_clock_is_passed_on_and_the_round_trip_known() -> None:
    viewer, _, outlet, clock = opened()
    for packet in video_packets(3):
        viewer.on_packet(Kind.VIDEO, packet)
    ntp = (3_900_000_000 << 32) | 0x80000000
    viewer.on_sender_report(Kind.VIDEO, ntp, 6000)
    (report,) = RtcpPacket.parse(outlet.rtcp[-1])
    assert isinstance(report, RtcpSrPacket)
    assert (report.ssrc, report.sender_info.rtp_timestamp) == (1111, 6000)
    clock.at += 0.080
    block = RtcpReceiverInfo(1111, 0, 3, 0, 0, (ntp >> 16) & 0xFFFFFFFF, int(0.030 * 65536))
    viewer.on_rtcp(bytes(RtcpRrPacket(9, [block])), clock.at)
    assert viewer.rtt is not None
    assert abs(viewer.rtt - 0.050) < 0.001
    assert viewer.packets_lost == 3
