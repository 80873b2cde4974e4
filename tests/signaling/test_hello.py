"""Who gets in, and with what."""

import json
from datetime import timedelta

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import SYSTEM
from signaling import presence, rooms
from signaling.database import in_thread
from signaling.models import Presence
from signaling.states import Role
from tests.signaling.conftest import Scene, open_scene
from tests.support.room_client import RoomClient


async def refused(ticket: str) -> int:
    client = await RoomClient().connect()
    await client.send("hello", v=1, ticket=ticket)
    assert (await client.expect("error"))["code"] == "ticket_invalid"
    return await client.closed()


async def test_a_ticket_opens_the_room_and_shows_all_of_it(scene: Scene) -> None:
    client = RoomClient()
    welcome = await client.enter(await scene.ticket(scene.wang))
    assert welcome["v"] == 1
    assert welcome["member"] == str(scene.wang.pk)
    names = [(m["name"], m["role"], m["online"]) for m in welcome["state"]["members"]]
    assert names == [
        ("录像", "RECORDER", False),
        ("李申请", "GUEST", False),
        ("王勘验", "HOST", True),
        ("陈勘验", "HOST", False),
    ]
    assert welcome["state"]["recording"] == {"state": "OFF", "since": None, "segments": 0}


async def test_a_ticket_works_once(scene: Scene) -> None:
    ticket = await scene.ticket(scene.wang)
    await RoomClient().enter(ticket)
    assert await refused(ticket) == 4401


async def test_a_ticket_is_good_for_sixty_seconds(scene: Scene) -> None:
    with clock.using(clock.FixedClock(clock.now() - timedelta(seconds=61))):
        old = await scene.ticket(scene.wang)
    assert await refused(old) == 4401


async def test_a_forged_or_torn_ticket_opens_nothing(scene: Scene) -> None:
    ticket = await scene.ticket(scene.wang)
    for wrong in (ticket[:-2], "x", ticket.replace(":", ".", 1), "a" * 600, '{"m":"1"}'):
        assert await refused(wrong) == 4401


async def test_a_member_of_another_room_is_a_stranger_here(scene: Scene) -> None:
    other = await in_thread(open_scene, "dossier:0002")
    foreign = other.wang
    foreign.room_id = scene.room.pk
    assert await refused(await scene.ticket(foreign)) == 4401


async def test_nobody_speaks_for_the_recorder(scene: Scene) -> None:
    recorder = await in_thread(lambda: scene.room.members.get(role=Role.RECORDER.value))
    assert await refused(await scene.ticket(recorder)) == 4401


async def test_a_socket_that_says_nothing_is_closed(scene: Scene) -> None:
    client = await RoomClient().connect()
    assert await client.closed() == 4408
    assert client.seen[-1] == {"type": "bye", "code": 4408, "reason": "hello_timeout"}


async def test_a_revoked_member_is_closed_and_stays_out(scene: Scene) -> None:
    li = await scene.enter(scene.li)
    wang = await scene.enter(scene.wang)
    here = await in_thread(rooms.presence, scene.room)
    assert [p.online for p in here] == [True, True, False]
    await in_thread(rooms.revoke_member, scene.li.pk, actor=SYSTEM)
    assert await li.closed() == 4403
    assert (await wang.ask("chat.send", text="还在"))["type"] == "ack"
    again = await RoomClient().connect()
    await again.send("hello", v=1, ticket=await scene.ticket(scene.li))
    assert await again.closed() == 4403


async def test_the_newest_socket_of_a_member_wins(scene: Scene) -> None:
    first = await scene.enter(scene.wang)
    second = await scene.enter(scene.wang)
    assert await first.closed() == 4409
    assert (await second.ask("chat.send", text="新窗口"))["type"] == "ack"
    assert (await scene.kinds()).count("room.joined") == 1


async def test_a_closed_room_closes_its_sockets_and_opens_no_more(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)
    await in_thread(rooms.close_room, scene.room.pk, actor=SYSTEM, reason="concluded")
    state = await wang.state_where(lambda s: s["closed"] is True)
    assert state["closed"] is True
    assert await wang.closed() == 4410
    late = await RoomClient().connect()
    await late.send("hello", v=1, ticket=await scene.ticket(scene.chen))
    assert (await late.expect("error"))["code"] == "room_closed"
    assert await late.closed() == 4410
    assert (await scene.kinds())[-2:] == ["room.closing", "room.closed"]


async def test_a_stay_outlives_a_broken_socket_until_its_lease_ends(scene: Scene) -> None:
    first = await scene.enter(scene.wang)
    await first.leave()
    back = await scene.enter(scene.wang)
    assert (await scene.kinds()).count("room.joined") == 1
    await back.leave()
    with clock.using(clock.FixedClock(clock.now() + timedelta(seconds=21))):
        assert await in_thread(presence.sweep) == 1
        assert await in_thread(presence.sweep) == 0
    assert (await scene.kinds())[-1] == "room.left"
    assert await in_thread(Presence.objects.filter(left_at=None).count) == 0


async def test_leaving_is_seen_at_once(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    assert (await li.ask("leave"))["type"] == "ack"
    assert await li.closed() == 1000
    await wang.state_where(lambda s: not online(s, "李申请"))
    assert (await scene.kinds())[-1] == "room.left"


def online(state: dict[str, object], name: str) -> bool:
    members = json.loads(json.dumps(state["members"]))
    return next(bool(m["online"]) for m in members if m["name"] == name)
