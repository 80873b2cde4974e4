"""Offer in, answer out: VP8 and Opus only, one bundled transport, full candidates."""

from dataclasses import dataclass

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.rtcrtpparameters import RTCRtpCodecCapability
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtcrtptransceiver import RTCRtpTransceiver
from aiortc.sdp import MediaDescription, SessionDescription

from signaling.media import seam
from signaling.media.config import EngineConfig
from signaling.media.errors import CodecUnsupported, OfferInvalid
from signaling.media.events import Role
from signaling.media.forward import SendTerms
from signaling.media.ingress import TrackTerms
from signaling.media.sink import Kind

MAX_OFFER_BYTES = 64 * 1024
MIN_KBPS = 300
LEAST_KBPS = 40  # of a publisher that is led: more would flood a line that bears 64
DATA = "application"
_CODEC = {Kind.VIDEO: "vp8", Kind.AUDIO: "opus"}
_UNREADABLE = (
    ValueError,
    AssertionError,
    IndexError,
    KeyError,
    AttributeError,
    TypeError,
    StopIteration,
    RuntimeError,  # a StopIteration that left a coroutine
    InternalError,
    InvalidAccessError,
    InvalidStateError,
    OperationError,
)


def read_offer(offer_sdp: str, role: Role) -> list[MediaDescription]:
    """The offer's media sections; refuses offer_invalid and codec_unsupported.

    A section for data channels may stand behind them.
    """
    if len(offer_sdp) > MAX_OFFER_BYTES:
        raise OfferInvalid("too long")
    try:
        offer = SessionDescription.parse(offer_sdp)
        sections = offer.media
        mids = [section.rtp.muxId for section in sections]
        if sections and sections[-1].kind == DATA:
            sections = sections[:-1]
        kinds = [Kind(section.kind) for section in sections]
    except _UNREADABLE as error:
        raise OfferInvalid(type(error).__name__) from error
    if not kinds or len(set(kinds)) != len(kinds):
        raise OfferInvalid("one audio and at most one video section")
    bundles = [group.items for group in offer.group if group.semantic == "BUNDLE"]
    if not all(mids) or len(set(mids)) != len(mids) or bundles != [mids]:
        raise OfferInvalid("all sections in one bundle")
    wanted = ("sendonly", "sendrecv") if role is Role.PUBLISH else ("recvonly", "sendrecv")
    for kind, section in zip(kinds, sections, strict=True):
        if section.direction not in wanted:
            raise OfferInvalid(f"{kind} is {section.direction}")
        if not any(codec.name.lower() == _CODEC[kind] for codec in section.rtp.codecs):
            raise CodecUnsupported(kind)
    return sections


def _preferences(kind: Kind) -> list[RTCRtpCodecCapability]:
    wanted = ("video/vp8", "video/rtx") if kind is Kind.VIDEO else ("audio/opus",)
    capabilities = RTCRtpReceiver.getCapabilities(kind.value)
    codecs = capabilities.codecs if capabilities is not None else []
    return [c for c in codecs if c.mimeType.lower() in wanted]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A peer connection that has read its offer and has not answered yet."""

    pc: RTCPeerConnection
    sections: list[MediaDescription]
    transceivers: list[RTCRtpTransceiver]
    led: bool = False

    def publish_terms(self) -> list[TrackTerms]:
        terms = []
        for section, transceiver in zip(self.sections, self.transceivers, strict=True):
            media, rtx = seam.payload_types(transceiver)
            ssrc, rtx_ssrc = _announced(section)
            own, _ = seam.send_ssrcs(transceiver)
            terms.append(TrackTerms(Kind(section.kind), media, rtx, ssrc, rtx_ssrc, own))
        return terms

    def send_terms(self) -> list[SendTerms]:
        terms = []
        for section, transceiver in zip(self.sections, self.transceivers, strict=True):
            media, rtx = seam.payload_types(transceiver)
            ssrc, rtx_ssrc = seam.send_ssrcs(transceiver)
            terms.append(SendTerms(Kind(section.kind), media, rtx, ssrc, rtx_ssrc))
        return terms

    def abs_send_time_id(self) -> int:
        ids = [seam.extension_id(t, seam.ABS_SEND_TIME) for t in self.transceivers]
        return max(ids, default=0)

    def transport_cc(self) -> dict[str, dict[str, int]]:
        """Extension ids by section, where the transport's numbers and feedback are offered."""
        if not self.led:
            return {}
        return {section.rtp.muxId: _line_ids(section) for section in self.sections}

    def transport_cc_id(self) -> int:
        ids = [ids[seam.TRANSPORT_CC] for ids in self.transport_cc().values() if ids]
        return max(ids, default=0)


def _announced(section: MediaDescription) -> tuple[int, int]:
    for group in section.ssrc_group:
        if group.semantic == "FID" and len(group.items) == 2:
            return int(group.items[0]), int(group.items[1])
    return (section.ssrc[0].ssrc if section.ssrc else 0), 0


def _line_ids(section: MediaDescription) -> dict[str, int]:
    """Ids of transport-wide numbers and send times; none where no feedback is offered."""
    wanted = (seam.TRANSPORT_CC, seam.ABS_SEND_TIME)
    ids = {e.uri: e.id for e in section.rtp.headerExtensions if e.uri in wanted}
    return ids if seam.TRANSPORT_CC in ids and _feeds_back(section) else {}


def _feeds_back(section: MediaDescription) -> bool:
    return any(f.type == "transport-cc" for codec in section.rtp.codecs for f in codec.rtcpFeedback)


async def prepare(config: EngineConfig, offer_sdp: str, role: Role) -> Prepared:
    """Read the offer into a fresh peer connection; refuses offer_invalid, codec_unsupported."""
    sections = read_offer(offer_sdp, role)
    pc = seam.new_peer_connection(config)
    try:
        for section in sections:
            direction = "recvonly" if role is Role.PUBLISH else "sendonly"
            transceiver = pc.addTransceiver(section.kind, direction=direction)
            transceiver.setCodecPreferences(_preferences(Kind(section.kind)))
            seam.silence(transceiver)
        await pc.setRemoteDescription(RTCSessionDescription(offer_sdp, "offer"))
        await seam.gather(seam.transport_of(pc), config)
    except _UNREADABLE as error:
        await seam.discard(pc)
        raise OfferInvalid(type(error).__name__) from error
    return Prepared(pc, sections, pc.getTransceivers(), config.fit_lines)


async def answer(prepared: Prepared, *, start_kbps: int = 0, max_kbps: int = 0) -> str:
    """The answer with all candidates; with a rate to start at, and its feedback, to a publisher."""
    pc = prepared.pc
    try:
        await pc.setLocalDescription(await pc.createAnswer())
    except _UNREADABLE as error:
        raise OfferInvalid(type(error).__name__) from error
    sdp = pc.localDescription.sdp
    if not start_kbps:
        return sdp
    least_kbps = LEAST_KBPS if prepared.led else MIN_KBPS
    sdp = with_transport_cc(sdp, prepared.transport_cc())
    return hint_bitrate(sdp, start_kbps, max_kbps, least_kbps)


def with_transport_cc(sdp: str, extensions: dict[str, dict[str, int]]) -> str:
    """Have the browser number its packets and hear when each came; its own estimate rules then.

    Send times stay, and come with the voice as well: they tell the line from a busy phone.
    """
    if not any(extensions.values()):
        return sdp
    lines: list[str] = []
    ids: dict[str, int] = {}
    for line in sdp.split("\r\n"):
        if line.startswith("a=extmap:") and line.endswith(seam.ABS_SEND_TIME):
            continue
        if line.startswith("a=rtcp-fb:") and line.endswith(" goog-remb"):
            continue
        lines.append(line)
        if line.startswith("a=mid:"):
            ids = extensions.get(line.removeprefix("a=mid:"), {})
            lines += [f"a=extmap:{number} {uri}" for uri, number in ids.items()]
        elif ids and line.startswith("a=rtpmap:") and " rtx/" not in line:
            payload_type = line.removeprefix("a=rtpmap:").split(" ")[0]
            lines.append(f"a=rtcp-fb:{payload_type} transport-cc")
    return "\r\n".join(lines)


def hint_bitrate(sdp: str, start_kbps: int, max_kbps: int, least_kbps: int = MIN_KBPS) -> str:
    """Add Chromium's start-bitrate hint to VP8; without it 720p comes after some 15 s."""
    lines: list[str] = []
    for line in sdp.split("\r\n"):
        lines.append(line)
        if line.startswith("a=rtpmap:") and "VP8/90000" in line:
            payload_type = line.removeprefix("a=rtpmap:").split(" ")[0]
            lines.append(
                f"a=fmtp:{payload_type} x-google-start-bitrate={start_kbps};"
                f"x-google-min-bitrate={least_kbps};x-google-max-bitrate={max_kbps}"
            )
    return "\r\n".join(lines)
