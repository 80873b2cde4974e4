"""Two clocks of a sender on one wall clock."""

from signaling.media.sink import Kind
from signaling.media.timeline import Timeline

NTP = 3_900_000_000


def ntp(seconds: float) -> int:
    return int((NTP + seconds) * (1 << 32))


def skew(timeline: Timeline) -> float:
    return timeline.current(Kind.VIDEO) - timeline.current(Kind.AUDIO)


def test_sender_reports_put_sound_and_picture_together_whatever_their_delays() -> None:
    timeline = Timeline()
    for n in range(100):
        captured = n * 0.02
        timeline.place(Kind.AUDIO, 777 + n * 960, 100 + captured + 0.020)
        timeline.place(Kind.VIDEO, 99 + n * 1800, 100 + captured + 0.220)
    assert abs(skew(timeline) - 0.2) < 0.001
    timeline.note_report(Kind.AUDIO, ntp(1.0), 777 + 50 * 960)
    timeline.note_report(Kind.VIDEO, ntp(1.0), 99 + 50 * 1800)
    timeline.align()
    assert abs(skew(timeline)) < 0.001


def test_reports_that_disagree_with_arrival_by_more_than_half_a_second_are_not_believed() -> None:
    timeline = Timeline()
    for n in range(50):
        timeline.place(Kind.AUDIO, n * 960, 100 + n * 0.02)
        timeline.place(Kind.VIDEO, n * 1800, 100 + n * 0.02)
    timeline.note_report(Kind.AUDIO, ntp(0.0), 0)
    timeline.note_report(Kind.VIDEO, ntp(30.0), 0)
    timeline.align()
    assert abs(skew(timeline)) < 0.05


def test_without_reports_the_least_delayed_packet_counts() -> None:
    timeline = Timeline()
    delays = [0.150, 0.090, 0.010, 0.060]
    for n, delay in enumerate(delays):
        timeline.place(Kind.VIDEO, n * 3000, 100 + n / 30 + delay)
    timeline.align()
    assert abs(timeline.current(Kind.VIDEO) - (100 + 3 / 30 + 0.010)) < 0.001
