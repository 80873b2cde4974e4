"""Debian's coturn with the composed words: who may relay, to where, and calls that only relay."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from aioice import stun
from aioice.turn import TurnClientUdpProtocol, create_turn_endpoint
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection
from aiortc.rtcconfiguration import RTCIceTransportPolicy
from pytest_django import Settings

from fieldsvc.kernel import clock, ids
from fieldsvc.kernel.clock import FixedClock
from signaling import ice
from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.events import MediaEvent, PeerConnected
from signaling.protocol.server import IceServer
from tests.bench.bare_server import BareServer
from tests.bench.browser import chromium, open_page
from tests.signaling.media.peers import NumberedCamera, Stage, Voice, negotiate, utc_now
from tests.support import coturn
from tests.support.coturn import Turn
from tests.support.until import until_async

MEMBER = UUID(int=7)
# One of every range that is not the media node: this host, private, shared, link-local, multicast,
# documentation, benchmarking, reserved, public; the same as IPv6, mapped, translated, 6to4.
FORBIDDEN = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254"),
    *("127.0.0.2", "127.1.2.3", "127.255.255.254", "169.254.169.254", "169.254.0.1"),
    *("172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1"),
    *("192.168.0.1", "192.168.1.254", "198.18.0.1", "198.19.255.254", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "8.8.8.8"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:127.0.0.2", "::ffff:10.0.0.1", "::127.0.0.1"),
    *(
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1",
        "fc00::1",
        "fd00::1",
        "ff02::1",
        "2001:db8::1",
    ),
)


@pytest.fixture(scope="module")
def turn() -> Iterator[Turn]:
    with coturn.running() as found:
        yield found


@pytest.fixture(autouse=True)
def _told(turn: Turn, settings: Settings) -> None:
    settings.RTC_ICE_SERVERS = [turn.url("udp"), turn.url("tcp")]
    settings.RTC_TURN_SECRET = coturn.SECRET


def own_server(transport: str) -> IceServer:
    """What a member is given for this way to the relay."""
    return next(s for s in ice.servers(MEMBER) if s.urls[0].endswith(transport))


async def allocated(turn: Turn, server: IceServer) -> TurnClientUdpProtocol:
    """An allocation; TransactionFailed when the credential is refused."""
    transport, client = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: TurnClientUdpProtocol(
            ("127.0.0.1", turn.port),
            username=server.username,
            password=server.credential,
            lifetime=600,
            channel_refresh_time=500,
        ),
        remote_addr=("127.0.0.1", turn.port),
    )
    try:
        await client.connect()
    except stun.TransactionFailed:
        transport.close()
        raise
    return client


async def test_nothing_but_the_media_node_is_reached_through_the_relay(turn: Turn) -> None:
    assert len(FORBIDDEN) >= 40
    client = await allocated(turn, own_server("udp"))
    relayed = []
    for number, address in enumerate(FORBIDDEN):
        try:
            await client.channel_bind(0x4000 + number, (address, 9))
        except stun.TransactionFailed as failed:
            assert failed.response.error_code in {400, 403, 443}, address
        else:
            relayed.append(address)
    assert relayed == []
    await client.channel_bind(0x4F00, (coturn.MEDIA_ADDRESS, 9))
    await client.delete()


async def test_what_is_sent_to_a_forbidden_neighbour_never_arrives(turn: Turn) -> None:
    server = own_server("udp")
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as neighbour,
    ):
        for found, host in ((node, "127.0.0.1"), (neighbour, "127.0.0.2")):
            found.bind((host, 0))
            found.setblocking(False)
        transport, _ = await create_turn_endpoint(
            asyncio.DatagramProtocol,
            ("127.0.0.1", turn.port),
            server.username,
            server.credential,
        )
        transport.sendto(b"to the neighbour", neighbour.getsockname())
        transport.sendto(b"to the node", node.getsockname())
        arrived = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(node, 100), 60)
        assert arrived == b"to the node"
        with pytest.raises(BlockingIOError):
            neighbour.recv(100)
        transport.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda server: replace(server, credential="guessed"),
        lambda server: replace(server, username=f"{10**10}:{MEMBER.hex}"),
        lambda server: replace(server, username=MEMBER.hex),
        lambda server: replace(server, username=None, credential=None),
    ],
    ids=["another word", "a later end", "no end", "none at all"],
)
async def test_a_credential_that_is_not_ours_relays_nothing(turn: Turn, spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(stun.TransactionFailed) as refused:
        await allocated(turn, spoil(own_server("udp")))
    assert refused.value.response.error_code == 401


async def test_a_credential_ends_by_itself(turn: Turn) -> None:
    with clock.using(FixedClock(clock.now() - timedelta(minutes=11))):
        old = own_server("udp")
    with pytest.raises(stun.TransactionFailed) as refused:
        await allocated(turn, old)
    assert refused.value.response.error_code == 401


@pytest.fixture
async def relayed_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """An engine at the one address that the relay may reach."""
    events: list[MediaEvent] = []
    config = EngineConfig(
        storage=tmp_path / "recordings",
        segment_seconds=2.0,
        host_addresses=(coturn.MEDIA_ADDRESS,),
        free_space_floor_bytes=1 << 20,
    )
    engine = MediaEngine(config, events.append, now=utc_now)
    await engine.open_room("r1")
    made = Stage(engine, events)
    yield made
    await made.close()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_call_that_may_only_relay_is_recorded(
    relayed_stage: Stage, turn: Turn, transport: str
) -> None:
    server = own_server(transport)
    given = RTCIceServer(server.urls, username=server.username, credential=server.credential)
    phone = RTCPeerConnection(
        RTCConfiguration(iceServers=[given], iceTransportPolicy=RTCIceTransportPolicy.RELAY)
    )
    relayed_stage.peers.append(phone)
    for track in (NumberedCamera(), Voice()):
        phone.addTransceiver(track, direction="sendonly")
    engine = relayed_stage.engine
    await negotiate(phone, lambda sdp: engine.publish("r1", "li", "li-1", sdp))
    offered = [
        line for line in phone.localDescription.sdp.splitlines() if line.startswith("a=candidate")
    ]
    assert offered and all(" typ relay" in line for line in offered)
    await until_async(
        lambda: (
            relayed_stage.of(PeerConnected)
            and engine._rooms["r1"].source("li").frames_received > 30
        ),
        seconds=40,
        what="pictures through the relay",
    )


async def test_a_browser_whose_udp_is_blocked_comes_in_by_tcp(
    relayed_stage: Stage, turn: Turn
) -> None:
    server = own_server("tcp")
    bare = BareServer(relayed_stage.engine)
    port = await bare.start()
    async with chromium() as browser:
        page = await open_page(browser, port)
        await page.evaluate(
            """([urls, username, credential]) => {
              const Direct = RTCPeerConnection
              window.RTCPeerConnection = class extends Direct {
                constructor() {
                  const iceServers = [{ urls, username, credential }]
                  super({ iceServers, iceTransportPolicy: 'relay' })
                }
              }
            }""",
            [server.urls, server.username, server.credential],
        )
        await page.evaluate("publish('li', 'li-1', 640, 480, 15)")
        await until_async(
            lambda: relayed_stage.engine._rooms["r1"].source("li").frames_received > 30,
            seconds=40,
            what="pictures through the relay",
        )
        ways = await page.evaluate(
            """async () => [...(await pc.getStats()).values()]
              .filter((one) => one.type === 'local-candidate')
              .map((one) => [one.candidateType, one.relayProtocol])"""
        )
    await bare.stop()
    assert ways and all(way == ["relay", "tcp"] for way in ways)


def test_a_member_gets_a_credential_of_its_own() -> None:
    one, other = ice.servers(ids.new()), ice.servers(ids.new())
    assert one[0].username != other[0].username
