"""aiortc as it comes, MediaRelay and MediaRecorder: what the engine is measured against."""

from dataclasses import dataclass, field
from pathlib import Path

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRecorder, MediaRelay


@dataclass
class StockStats:
    """The stock classes count nothing."""

    room: str


@dataclass
class StockEngine:
    """The same door, as far as the bench needs it."""

    storage: Path
    _relay: MediaRelay = field(default_factory=MediaRelay)
    _tracks: dict[str, list[MediaStreamTrack]] = field(default_factory=dict)
    _recorders: list[MediaRecorder] = field(default_factory=list)
    _peers: list[RTCPeerConnection] = field(default_factory=list)

    async def open_room(self, room_id: str) -> None:
        self.storage.mkdir(parents=True, exist_ok=True)

    async def publish(self, room_id: str, member_id: str, peer_id: str, offer_sdp: str) -> str:
        pc = self._new_peer()
        recorder = MediaRecorder(str(self.storage / f"{peer_id}.mp4"))
        tracks = self._tracks.setdefault(member_id, [])

        def take(track: MediaStreamTrack) -> None:
            tracks.append(track)
            recorder.addTrack(self._relay.subscribe(track))

        pc.on("track", take)
        await pc.setRemoteDescription(RTCSessionDescription(offer_sdp, "offer"))
        await pc.setLocalDescription(await pc.createAnswer())
        await recorder.start()
        self._recorders.append(recorder)
        return _hint(pc.localDescription.sdp)

    async def subscribe(
        self, room_id: str, member_id: str, source_member_id: str, peer_id: str, offer_sdp: str
    ) -> str:
        pc = self._new_peer()
        await pc.setRemoteDescription(RTCSessionDescription(offer_sdp, "offer"))
        for track in self._tracks[source_member_id]:
            pc.addTrack(self._relay.subscribe(track))
        await pc.setLocalDescription(await pc.createAnswer())
        return pc.localDescription.sdp

    async def stats(self, room_id: str) -> StockStats:
        return StockStats(room_id)

    async def close_room(self, room_id: str) -> StockStats:
        for recorder in self._recorders:
            await recorder.stop()
        for pc in self._peers:
            await pc.close()
        return StockStats(room_id)

    def _new_peer(self) -> RTCPeerConnection:
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peers.append(pc)
        return pc


def _hint(sdp: str) -> str:
    """The same start-bitrate hint as ours, so that both carry the same pictures."""
    lines: list[str] = []
    for line in sdp.split("\r\n"):
        lines.append(line)
        if line.startswith("a=rtpmap:") and "VP8/90000" in line:
            payload_type = line.removeprefix("a=rtpmap:").split(" ")[0]
            lines.append(f"a=fmtp:{payload_type} x-google-start-bitrate=2000")
    return "\r\n".join(lines)
