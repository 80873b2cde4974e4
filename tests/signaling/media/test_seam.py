"""What the engine takes from inside aiortc and aioice; a new version that moves it fails here."""

import threading
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import cast

import pytest
from aioice import Candidate, ice, stun
from aiortc import RTCPeerConnection

from signaling.media import negotiate, seam
from signaling.media.config import EngineConfig
from signaling.media.datagrams import address_of
from signaling.media.events import PeerConnected, PeerLost, PeerWeak, Role
from signaling.media.wire import Wire
from tests.signaling.media.peers import (
    NumberedCamera,
    Stage,
    Stranger,
    Voice,
    false_check,
    hello,
    new_pc,
    ports_of,
    srtp_junk,
    until,
)
from tests.signaling.media.peers import negotiate as settle


def config(folder: Path, **more: object) -> EngineConfig:
    return EngineConfig(folder, host_addresses=("127.0.0.1",), **more)  # type: ignore[arg-type]


class Deaf:
    """A tap that takes nothing."""

    def on_rtp(self, data: bytes, arrival: float) -> None: ...
    def on_rtcp(self, data: bytes, arrival: float) -> None: ...
    def on_alive(self) -> None: ...


async def offer_of(pc: RTCPeerConnection) -> str:
    pc.addTransceiver("audio", direction="sendonly")
    pc.addTransceiver("video", direction="sendonly")
    await pc.setLocalDescription(await pc.createOffer())
    return pc.localDescription.sdp


def test_the_versions_are_those_the_seam_was_written_for() -> None:
    assert version("aiortc").startswith("1.16.")
    assert version("aioice").startswith("0.13.")


def test_nothing_else_in_the_engine_reaches_inside_a_library() -> None:
    folder = Path(seam.__file__).parent
    reaching = [
        path.name
        for path in folder.glob("*.py")
        if "SLF001" in (text := path.read_text()) or "._binding" in text
    ]
    assert reaching == ["seam.py"]


async def test_every_internal_name_the_seam_uses_is_there(tmp_path: Path) -> None:
    browser = new_pc()
    prepared = await negotiate.prepare(config(tmp_path), await offer_of(browser), Role.PUBLISH)
    transport = seam.transport_of(prepared.pc)
    connection = transport.transport.iceGatherer._connection
    for name in ("_nominated", "_check_list", "_protocols", "_local_candidates"):
        assert hasattr(connection, name), name
    for name in ("_rx_srtp", "_tx_srtp"):
        assert hasattr(transport, name), name
    for owner, name in seam.INTERNALS:
        assert hasattr(owner, name), name
    theirs = [t.receiver for t in browser.getTransceivers() if t.kind == "video"]
    assert all(getattr(one, seam.ESTIMATOR) is not None for one in theirs)
    ours = [t.receiver for t in prepared.pc.getTransceivers()]
    assert [getattr(one, seam.ESTIMATOR) for one in ours] == [None, None]
    inside = seam.Inside(transport)
    assert inside.nominated is connection._nominated
    assert (inside.receiving(), inside.sending()) == (0, 0)
    assert ice.CandidatePair.State.SUCCEEDED
    assert ice.CandidatePair.State.FAILED
    browser.createDataChannel("pointer")
    assert seam.held_bytes(browser) == 0
    for protocol in connection._protocols:
        assert seam.own_socket(protocol.transport) is not None
        assert protocol.transactions == {}
    await prepared.pc.close()
    await browser.close()


async def test_no_ice_server_is_asked_unless_one_is_configured(tmp_path: Path) -> None:
    browser = new_pc()
    prepared = await negotiate.prepare(config(tmp_path), await offer_of(browser), Role.PUBLISH)
    connection = seam.transport_of(prepared.pc).transport.iceGatherer._connection
    assert connection.stun_server is None
    assert connection.turn_server is None
    await prepared.pc.close()
    await browser.close()


class LateAnswers:
    """A path whose far end answers after so many seconds, to whoever still waits then."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked = 0
        self.local_candidate = Candidate.from_sdp("1 1 udp 2130706431 127.0.0.1 40000 typ host")

    async def request(
        self,
        request: stun.Message,
        addr: tuple[str, int],
        integrity_key: bytes | None = None,
        retransmissions: int = stun.RETRY_MAX,
    ) -> tuple[stun.Message, tuple[str, int]]:
        self.asked += 1
        if self.seconds > sum(stun.RETRY_RTO * 2**nth for nth in range(retransmissions + 1)):
            raise stun.TransactionTimeout
        return request, addr


@pytest.mark.parametrize(("seconds", "kept"), [(0.05, True), (1.3, True), (60.0, False)])
async def test_a_line_that_answers_late_keeps_its_peer_and_a_dead_one_does_not(
    tmp_path: Path,
    seconds: float,
    kept: bool,
) -> None:
    browser = new_pc()
    prepared = await negotiate.prepare(config(tmp_path), await offer_of(browser), Role.PUBLISH)
    connection = seam.transport_of(prepared.pc).transport.iceGatherer._connection
    path, rests = LateAnswers(seconds), 0
    candidate = Candidate.from_sdp("1 1 udp 2130706431 127.0.0.1 40001 typ host")
    # The pair asks nothing of its protocol but an answer, and the path gives that when it likes.
    connection._nominated[1] = ice.CandidatePair(path, candidate)  # type: ignore[arg-type]

    async def rest(seconds: float) -> None:
        nonlocal rests
        rests += 1
        if rests > 20:
            raise TimeoutError

    ask = cast("Callable[..., Awaitable[None]]", connection.query_consent)
    if kept:
        with pytest.raises(TimeoutError):
            await ask(rest=rest)
    else:
        await ask(rest=rest)
    assert bool(connection._nominated) is kept
    assert path.asked == (20 if kept else seam.CONSENT_FAILURES)
    await prepared.pc.close()
    await browser.close()


async def test_the_answer_holds_vp8_and_opus_only_and_the_candidates_of_the_settings(
    tmp_path: Path,
) -> None:
    browser = new_pc()
    ports = (47_100, 47_140)
    settings = config(tmp_path, port_range=ports)
    prepared = await negotiate.prepare(settings, await offer_of(browser), Role.PUBLISH)
    answer = await negotiate.answer(prepared, start_kbps=2000, max_kbps=4000)
    codecs = {line.split(" ")[1] for line in answer.splitlines() if line.startswith("a=rtpmap:")}
    assert codecs == {"opus/48000/2", "VP8/90000", "rtx/90000"}
    assert "x-google-start-bitrate=2000" in answer
    candidates = [line.split(" ") for line in answer.splitlines() if "a=candidate:" in line]
    assert {c[4] for c in candidates} == {"127.0.0.1"}
    assert all(ports[0] <= int(c[5]) <= ports[1] for c in candidates)
    await prepared.pc.close()
    await browser.close()


async def test_a_peer_may_send_from_any_of_its_addresses_and_a_stranger_from_none(
    tmp_path: Path,
) -> None:
    """The node's check of that address may still be under way when the handshake begins."""
    browser = new_pc()
    prepared = await negotiate.prepare(config(tmp_path), await offer_of(browser), Role.PUBLISH)
    transport = seam.transport_of(prepared.pc)
    connection = transport.transport.iceGatherer._connection
    wire = Wire(transport, Deaf())
    (protocol,) = connection._protocols
    candidate = Candidate.from_sdp("1 1 udp 2130706431 10.7.7.1 40001 typ host")
    pair = ice.CandidatePair(protocol, candidate)
    pair.state = ice.CandidatePair.State.IN_PROGRESS
    connection._check_list.append(pair)
    protocol.datagram_received(hello(), ("10.7.7.1", 40_001))
    assert wire.refused_datagrams == 0
    protocol.datagram_received(hello(), ("10.7.7.1", 40_002))
    assert wire.refused_datagrams == 1
    wire.close()
    await prepared.pc.close()
    await browser.close()


async def test_no_decoder_thread_and_no_sender_of_aiortc_ever_starts(stage: Stage) -> None:
    await stage.publish("li", NumberedCamera(), Voice())
    await until(lambda: bool(stage.of(PeerConnected)))
    room = stage.engine._rooms["r1"]
    await until(lambda: room.source("li").frames_received > 20)
    assert not [t for t in threading.enumerate() if t.name.endswith("-decoder")]


@pytest.mark.parametrize("setup", ["actpass", "active"])
@pytest.mark.parametrize(
    ("rate", "make"),
    [(10, hello), (300, hello), (300, srtp_junk), (300, false_check)],
    ids=["hello-10", "hello-300", "srtp", "stun"],
)
async def test_a_strangers_flood_does_not_stop_a_call_from_connecting(
    stage: Stage, rate: int, make: Callable[[], bytes], setup: str
) -> None:
    """With `active` the browser begins the handshake, otherwise the node does."""
    stranger = Stranger(rate, make)
    pc = new_pc()
    stage.peers.append(pc)
    pc.addTransceiver(NumberedCamera(), direction="sendonly")

    async def ask(sdp: str) -> str:
        sdp = sdp.replace("a=setup:actpass", f"a=setup:{setup}")
        answer = await stage.engine.publish("r1", "li", "li-1", sdp)
        assert f"a=setup:{'passive' if setup == 'active' else 'active'}" in answer
        stranger.flood(ports_of(answer))
        await until(lambda: stranger.rounds > 2, what="the flood")
        return answer

    await settle(pc, ask)
    await until(lambda: bool(stage.of(PeerConnected)), 40, "connection")
    room = stage.engine._rooms["r1"]
    await until(lambda: room.source("li").frames_received > 5, 40)
    assert room.peers["li-1"].wire.refused_datagrams > 0
    await stranger.stop()


async def test_a_stranger_does_not_keep_a_silent_peer_alive(stage: Stage) -> None:
    pc = new_pc()
    pc.addTransceiver(NumberedCamera(), direction="sendonly")
    answer = await settle(pc, lambda sdp: stage.engine.publish("r1", "li", "li-1", sdp))
    room = stage.engine._rooms["r1"]
    await until(lambda: room.source("li").frames_received > 5, 40, "frames")
    strangers = [Stranger(100, make) for make in (false_check, srtp_junk, hello)]
    for stranger in strangers:
        stranger.flood(ports_of(answer))
    peer = room.peers["li-1"]
    gone = pc.getTransceivers()[0].sender.transport.transport._connection
    for protocol in gone._protocols:
        protocol.transport.close()  # as if the phone had been switched off
    await until(lambda: bool(stage.of(PeerWeak) or stage.of(PeerLost)), 40, "the warning")
    assert peer.wire.refused_datagrams > 30
    for stranger in strangers:
        await stranger.stop()
    await pc.close()


async def test_srtp_that_cannot_be_opened_is_counted_and_hurts_nobody(stage: Stage) -> None:
    await stage.publish("li", NumberedCamera())
    room = stage.engine._rooms["r1"]
    await until(lambda: room.source("li").frames_received > 5, 40, "frames")
    wire = room.peers["li-up"].wire
    refused, known = wire.refused_datagrams, address_of(next(iter(wire._known)))
    protocol = wire._inside.protocols[0]
    for _ in range(500):
        protocol.datagram_received(srtp_junk(), known)
    assert wire.refused_datagrams == refused + 500
    before = room.source("li").frames_received
    await until(lambda: room.source("li").frames_received > before + 10, 40, "more frames")


async def test_a_handshake_with_another_certificate_ends_the_peer(stage: Stage) -> None:
    pc = new_pc()
    stage.peers.append(pc)
    pc.addTransceiver(NumberedCamera(), direction="sendonly")

    async def ask(sdp: str) -> str:
        lines = sdp.split("\r\n")
        false = [
            "a=fingerprint:sha-256 " + ":".join(["AB"] * 32) if "a=fingerprint:sha-256" in x else x
            for x in lines
            if "a=fingerprint:" not in x or "sha-256" in x
        ]
        return await stage.engine.publish("r1", "li", "li-1", "\r\n".join(false))

    await settle(pc, ask)
    await until(lambda: bool(stage.of(PeerLost)), 40, "the end")
    assert not stage.of(PeerConnected)
    assert stage.engine._rooms["r1"].source("li").frames_received == 0
