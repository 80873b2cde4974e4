"""Who may no longer be here is out within seconds, and does nothing more in between."""

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import SYSTEM
from signaling import rooms
from signaling.database import in_thread
from signaling.mediaworker import MediaNode
from signaling.models import Member, PeerRow
from signaling.socket import Limits
from tests.signaling.conftest import Scene, fake
from tests.signaling.test_node import flowing
from tests.signaling.test_room import member
from tests.support.room_client import QUICK, RoomClient
from tests.support.until import until_async

# As in production: nothing is hurried.
REAL = Limits()


async def test_the_look_comes_round_within_five_seconds() -> None:
    assert REAL.look_every + REAL.settle < 5


async def test_a_revoked_guest_is_out_with_its_media(scene: Scene, node: MediaNode) -> None:
    _, li = await flowing(scene)
    await in_thread(rooms.revoke_member, scene.li.pk, actor=SYSTEM)
    assert await li.closed() == 4403
    await until_async(lambda: fake(node).closed_peers, seconds=60, what="the end of the media")


async def test_a_host_nobody_vouches_for_is_out_although_it_says_nothing(
    scene: Scene, node: MediaNode
) -> None:
    good = True
    chen = RoomClient(QUICK, vouch=lambda _member, _holder: good)
    await chen.enter(await scene.ticket(scene.chen))
    assert (await chen.ask("peer.publish", peer="c1", sdp="offer"))["type"] == "peer.answer"
    good = False
    assert await chen.closed() == 4403
    await until_async(lambda: fake(node).closed_peers, seconds=60, what="the end of the media")
    assert (await in_thread(PeerRow.objects.get)).end == "member_gone"
    left = [e.data for e in await in_thread(entries, scene) if e.kind == "room.left"]
    assert [body["why"] for body in left] == ["revoked"]


async def test_what_a_host_sends_after_its_dismissal_is_not_done(scene: Scene) -> None:
    asleep = Limits(look_every=3600)
    good = True
    wang = RoomClient(asleep, vouch=lambda _member, _holder: good)
    await wang.enter(await scene.ticket(scene.wang))
    await scene.enter(scene.li)
    good = False
    answer = await wang.ask("member.admit", member=str(scene.li.pk))
    assert answer["code"] == "member_revoked"
    assert await wang.closed() == 4403
    assert (await in_thread(Member.objects.get, pk=scene.li.pk)).admitted_at is None


async def test_a_ticket_got_before_the_dismissal_opens_nothing(scene: Scene) -> None:
    late = RoomClient(vouch=lambda _member, _holder: False)
    await late.connect()
    await late.send("hello", v=1, ticket=await scene.ticket(scene.wang))
    assert await late.closed() == 4403
    chen = await scene.enter(scene.chen)
    assert not member(await chen.state_where(bool), "王勘验")["online"]


def entries(scene: Scene) -> list[journal.JournalEntry]:
    return list(journal.entries(scene.room.stream))


async def test_whoever_vouches_is_asked_on_the_proof_of_the_ticket(scene: Scene) -> None:
    living = {"session-1", "session-2"}
    clients = []
    for holder, who in (("session-1", scene.li), ("session-2", scene.chen)):
        client = RoomClient(QUICK, vouch=lambda _member, proof: proof in living)
        await client.enter(await in_thread(rooms.issue_ticket, who, holder=holder))
        clients.append(client)
    living.remove("session-1")
    assert await clients[0].closed() == 4403
    assert (await clients[1].ask("chat.send", text="在"))["type"] == "ack"
