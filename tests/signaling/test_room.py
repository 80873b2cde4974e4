"""What happens in a room is stored, journalled, and seen by everybody."""

from typing import Any

from django.db import transaction

from fieldsvc.kernel import journal
from signaling import rooms
from signaling.changing import changing
from signaling.database import in_thread
from signaling.models import ChatMessage, Room, StillRequest
from signaling.states import Lobby
from tests.signaling.conftest import Scene
from tests.support.room_client import RoomClient


def member(state: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in state["members"] if m["name"] == name)
    return found


async def test_a_guest_knocks_waits_and_is_let_in(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)
    li = await scene.enter(scene.li)
    await wang.state_where(lambda s: member(s, "李申请")["online"])
    lobby = await in_thread(rooms.lobby, [scene.room.pk])
    assert lobby[scene.room.pk].state == Lobby.WAITING
    assert lobby[scene.room.pk].waiting_since is not None
    assert (await li.ask("peer.publish", peer="p", sdp="v=0"))["code"] == "not_admitted"
    await wang.ask("member.admit", member=str(scene.li.pk))
    await li.state_where(lambda s: member(s, "李申请")["admitted"])
    lobby = await in_thread(rooms.lobby, [scene.room.pk])
    assert lobby[scene.room.pk] == rooms.LobbyState(Lobby.IN_CALL, None)
    assert await scene.kinds() == [
        "room.opened",
        "room.joined",
        "room.knocked",
        "room.admitted",
        "room.joined",
    ]


async def test_only_those_who_met_the_guest_took_part(scene: Scene) -> None:
    wang, _ = await scene.enter_admitted()
    await wang.ask("chat.send", text="开始")
    took_part = {p.subject: p.took_part for p in await in_thread(rooms.presence, scene.room)}
    assert took_part == {"case-li": True, "staff-wang": True, "staff-chen": False}
    await scene.enter(scene.chen)
    took_part = {p.subject: p.took_part for p in await in_thread(rooms.presence, scene.room)}
    assert took_part["staff-chen"]


async def test_a_line_of_chat_is_seen_kept_and_journalled_without_its_words(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    assert (await li.ask("chat.send", text=" 请稍等,我开灯 "))["type"] == "ack"
    line = (await wang.expect("chat.message"))["message"]
    assert (line["name"], line["text"]) == ("李申请", "请稍等,我开灯")
    assert (await in_thread(ChatMessage.objects.get)).text == "请稍等,我开灯"
    entry = (await in_thread(lambda: list(journal.entries(scene.room.stream))))[-1]
    assert entry.kind == "chat.sent"
    assert "开灯" not in bytes(entry.body).decode()
    assert await in_thread(journal.reveal, entry, "text") == "请稍等,我开灯"
    chen = await scene.enter(scene.chen)
    assert [c["text"] for c in chen.seen[0]["state"]["chat"]] == ["请稍等,我开灯"]
    assert await chen.is_quiet("chat.message")


async def test_who_wants_each_line_once_gets_it_once(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    await wang.ask("chat.send", text="您好")
    chen = RoomClient()
    welcome = await chen.enter(await scene.ticket(scene.chen), chat_once=True)
    assert [line["text"] for line in welcome["state"]["chat"]] == ["您好"]
    await li.ask("chat.send", text="听得到")
    assert (await chen.expect("chat.message"))["message"]["text"] == "听得到"
    await wang.ask("focus.set", item="CY-03")
    assert (await chen.state_where(lambda s: s["focus"] == "CY-03"))["chat"] == []
    await li.state_where(lambda s: s["focus"] == "CY-03")
    assert [line["text"] for line in li.state["chat"]] == ["您好", "听得到"]
    assert sum(m["type"] == "chat.message" for m in chen.seen) == 1


async def test_the_focus_is_shown_to_all(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    await wang.ask("focus.set", item="CY-03")
    await li.state_where(lambda s: s["focus"] == "CY-03")
    await wang.ask("focus.set", item=None)
    await li.state_where(lambda s: s["focus"] is None)


async def test_a_still_is_asked_for_and_settled(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    request = (await wang.ask("still.request", item="CY-03"))["request"]
    asked = await li.expect("still.requested")
    assert asked == {"type": "still.requested", "request": request, "item": "CY-03"}
    assert (await li.ask("still.done", request=request, evidence="e-1"))["type"] == "ack"
    settled = await wang.expect("still.settled")
    assert (settled["request"], settled["evidence"], settled["code"]) == (request, "e-1", None)
    assert (await li.ask("still.failed", request=request, code="x"))["code"] == "request_unknown"


async def test_a_request_for_a_still_reaches_a_page_that_was_away(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    await li.leave()
    request = (await wang.ask("still.request", item=None))["request"]
    back = await scene.enter(scene.li)
    assert (await back.expect("still.requested"))["request"] == request
    await back.ask("still.failed", request=request, code="camera_busy")
    assert (await wang.expect("still.settled"))["code"] == "camera_busy"


async def test_without_a_guest_there_is_nobody_to_ask(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)
    await scene.enter(scene.li)
    assert (await wang.ask("still.request", item=None))["code"] == "guest_absent"
    assert (await wang.ask("camera.ask", facing="other"))["code"] == "guest_absent"
    assert await in_thread(StillRequest.objects.count) == 0


async def test_the_guest_only_is_asked_for_its_camera(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    chen = await scene.enter(scene.chen)
    await wang.ask("camera.ask", torch=True)
    asked = await li.expect("camera.ask")
    assert (asked["facing"], asked["torch"]) == (None, True)
    assert await chen.is_quiet("camera.ask")


async def test_what_a_phone_says_of_itself_is_shown(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    update: dict[str, Any] = {"audio": True, "video": False, "visible": False, "facing": "user"}
    await li.ask("member.update", **update, battery=0.12, network="4g", reason="phone_call")
    state = await wang.state_where(lambda s: member(s, "李申请")["phone"] is not None)
    assert member(state, "李申请")["phone"] == {
        "visible": False,
        "network": "4g",
        "battery": 0.12,
        "reason": "phone_call",
        "facing": "user",
        "torch": None,
    }
    before = (await in_thread(Room.objects.get)).version
    await li.ask("member.update", **update, battery=0.12, network="4g", reason="phone_call")
    assert (await in_thread(Room.objects.get)).version == before


async def test_a_journal_entry_of_the_stream_makes_clients_read_again(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)

    def somebody_above() -> int:
        with transaction.atomic():
            entry = journal.append(
                scene.room.stream, "finding.recorded", actor=journal.SYSTEM, data={}
            )
        return entry.number

    number = await in_thread(somebody_above)
    await wang.expect("stream.changed", head=number)


async def test_a_burst_of_changes_ends_with_everybody_at_the_last_version(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)
    chen = await scene.enter(scene.chen)

    def burst() -> int:
        for number in range(200):
            with changing(scene.room.pk) as room:
                Room.objects.filter(pk=room.pk).update(focus=f"i{number}")
        return Room.objects.get().version

    last = await in_thread(burst)
    for client in (wang, chen):
        state = await client.state_where(lambda s: s["version"] >= last)
        assert state["focus"] == "i199"
        versions = [m["state"]["version"] for m in client.seen if m["type"] == "room.state"]
        assert versions == sorted(versions)


async def test_a_hint_that_is_lost_is_made_up_for(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)
    await in_thread(Room.objects.update, focus="silent", version=10_000)
    assert (await wang.state_where(lambda s: s["version"] == 10_000))["focus"] == "silent"
