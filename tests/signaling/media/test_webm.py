"""The WebM writer: what a player needs is there and right, and nothing in it is left to chance."""

from collections.abc import Iterator
from pathlib import Path

import av

from signaling.media.ebml import whole_length
from signaling.media.sink import Kind
from signaling.media.webm import WebmFile
from tests.signaling.media.encoded import pictures, tones

SEGMENT = 0x18538067
CLUSTER = 0x1F43B675
CUES = 0x1C53BB6B

Block = tuple[int, int, bytes]  # track, ms, data


def elements(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Name, place and body of each element on this level."""
    at = 0
    while at < len(data):
        name = 9 - data[at].bit_length()
        size = 9 - data[at + name].bit_length()
        length = int.from_bytes(data[at + name : at + name + size], "big") - (1 << 7 * size)
        body = at + name + size
        assert body + length <= len(data)
        yield int.from_bytes(data[at : at + name], "big"), at, data[body : body + length]
        at = body + length


def inside(data: bytes, *names: int) -> bytes:
    for name in names:
        data = next(body for found, _, body in elements(data) if found == name)
    return data


def clusters(data: bytes) -> list[list[Block]]:
    out = []
    for name, _, body in elements(inside(data, SEGMENT)):
        if name == CLUSTER:
            since = int.from_bytes(inside(body, 0xE7), "big")
            blocks = [block for found, _, block in elements(body) if found == 0xA3]
            out.append(
                [
                    (b[0] & 0x7F, since + int.from_bytes(b[1:3], "big", signed=True), b[4:])
                    for b in blocks
                ]
            )
    return out


def written(path: Path, *, late: int = 0, seconds: int = 4) -> Path:
    """Both tracks, the sound `late` ms behind the picture in coming, not in time."""
    frames = [
        (n * 1000 // 30, Kind.VIDEO, data, not data[0] & 1)
        for n, data in enumerate(pictures(30 * seconds))
    ]
    frames += [(n * 20, Kind.AUDIO, data, True) for n, data in enumerate(tones(50 * seconds))]
    frames.sort(key=lambda f: f[0] + late * (f[1] is Kind.AUDIO))
    file = WebmFile(path, width=320, height=180)
    for at, kind, data, key in frames:
        file.add(kind, at, data, key=key)
    file.close(seconds * 1000)
    return path


def test_a_player_finds_the_exact_length_and_each_key_frame(tmp_path: Path) -> None:
    path = written(tmp_path / "a.webm")
    with av.open(str(path)) as container:
        assert container.duration == 4_000_000
        for second in (3, 1, 2):
            container.seek(second * 1_000_000 + 400_000)
            frame = next(container.decode(video=0))
            assert (frame.pts, frame.key_frame) == (second * 1000, True)


def test_the_index_lies_where_the_head_says_and_points_at_clusters(tmp_path: Path) -> None:
    data = written(tmp_path / "a.webm").read_bytes()
    segment = inside(data, SEGMENT)
    places = {at: name for name, at, _ in elements(segment)}
    sought = {
        int.from_bytes(inside(seek, 0x53AB), "big"): int.from_bytes(inside(seek, 0x53AC), "big")
        for _, _, seek in elements(inside(segment, 0x114D9B74))
    }
    assert all(places[at] == name for name, at in sought.items())
    assert CUES in sought
    cued = [
        (
            int.from_bytes(inside(point, 0xB3), "big"),
            int.from_bytes(inside(point, 0xB7, 0xF1), "big"),
        )
        for _, _, point in elements(inside(segment, CUES))
    ]
    assert [time for time, _ in cued] == [0, 1000, 2000, 3000]
    assert all(places[at] == CLUSTER for _, at in cued)


def test_every_frame_is_there_once_in_order_of_time_though_sound_comes_later(
    tmp_path: Path,
) -> None:
    found = clusters(written(tmp_path / "a.webm", late=150).read_bytes())
    blocks = [block for cluster in found for block in cluster]
    assert [at for _, at, _ in blocks] == sorted(at for _, at, _ in blocks)
    assert [data for track, _, data in blocks if track == 1] == list(pictures(120))
    assert [data for track, _, data in blocks if track == 2] == list(tones(200))
    assert all(cluster[-1][1] - cluster[0][1] < 500 for cluster in found)


def test_the_same_frames_make_the_same_bytes(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a.webm"), written(tmp_path / "b.webm", late=40)
    assert first.read_bytes() == second.read_bytes()


def test_sound_alone_is_a_file_that_can_be_sought_in(tmp_path: Path) -> None:
    file = WebmFile(tmp_path / "a.webm", width=0, height=0)
    for number, data in enumerate(tones(200)):
        file.add(Kind.AUDIO, number * 20, data, key=True)
    file.close(4000)
    with av.open(str(tmp_path / "a.webm")) as container:
        assert [stream.type for stream in container.streams] == ["audio"]
        assert container.duration == 4_000_000
        container.seek(2_000_000)
        assert 1000 <= (next(container.demux()).pts or 0) <= 2000


def test_what_is_not_closed_is_readable_to_its_last_whole_cluster(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    file = WebmFile(path, width=320, height=180)
    for number, data in enumerate(pictures(60)):
        file.add(Kind.VIDEO, number * 1000 // 30, data, key=not data[0] & 1)
    file.drop()
    assert whole_length(path) == path.stat().st_size
    with av.open(str(path)) as container:
        shown = sum(1 for _ in container.decode(video=0))
    assert 60 - 0.7 * 30 <= shown < 60
