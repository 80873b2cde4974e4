"""A look at a room costs what changed, and is shared by those who look at the same time."""

import asyncio
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fieldsvc.kernel import clock
from signaling import rooms, sharing, view
from signaling.changing import changing
from signaling.database import in_thread
from signaling.models import Member, Presence
from signaling.presence import LEASE, Seat, standing_of
from signaling.protocol.server import StillRequested, StillSettled
from tests.signaling.conftest import Scene, open_scene


@pytest.fixture
def quick_scene(db: None) -> Scene:
    return open_scene()


def seated(member: Member) -> Seat:
    now = clock.now()
    stay = Presence.objects.create(
        member=member, socket="s", first_seen=now, last_seen=now, lease_until=now + LEASE
    )
    return Seat(member, member.room, stay, standing_of(member))


def test_a_room_that_did_not_change_is_not_read_again(quick_scene: Scene) -> None:
    room = quick_scene.room
    before = view.read(room.pk, None)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = view.read(room.pk, before)
    assert len(asked) == 2
    assert again.state is before.state


def test_of_the_chat_only_what_is_new_is_read(quick_scene: Scene) -> None:
    wang, room = seated(quick_scene.wang), quick_scene.room
    rooms.say(wang, "第一")
    rooms.say(wang, "第二")
    before = view.read(room.pk, None)
    rooms.say(wang, "第三")
    after = view.read(room.pk, before)
    assert [line.told.text for line in after.lines] == ["第一", "第二", "第三"]
    assert [line is known for line, known in zip(after.lines, before.lines, strict=False)] == [
        True,
        True,
    ]
    assert after.last_line == after.version
    assert view.read(room.pk, None).lines == after.lines


def test_who_is_late_gets_the_last_lines(quick_scene: Scene) -> None:
    wang, room = seated(quick_scene.wang), quick_scene.room
    rooms.say(wang, "最早")
    before = view.read(room.pk, None)
    for number in range(view.CHAT_LINES):
        rooms.say(wang, str(number))
    after = view.read(room.pk, before)
    assert [line.told.text for line in after.lines] == [str(n) for n in range(view.CHAT_LINES)]


def test_a_photo_that_is_there_is_asked_for_no_more(quick_scene: Scene) -> None:
    wang, li, room = seated(quick_scene.wang), seated(quick_scene.li), quick_scene.room
    rooms.admit(wang, str(li.member.pk))
    request = rooms.request_still(wang, None)
    before = view.read(room.pk, None)
    assert [type(e.message) for e in before.events.values()] == [StillRequested]
    rooms.settle_still(li, str(request.pk), evidence="e-1")
    after = view.read(room.pk, before)
    assert [type(e.message) for e in after.events.values()] == [StillSettled]


async def test_who_looks_at_the_same_time_looks_once(scene: Scene) -> None:
    shared, began = sharing.of(scene.room.pk), time.monotonic()
    assert sharing.of(scene.room.pk) is shared
    one, other = await asyncio.gather(shared.look(after=began), shared.look(after=began))
    assert one is other

    def change() -> None:
        with changing(scene.room.pk):
            pass

    await in_thread(change)
    assert (await shared.look(after=began)) is one
    assert (await shared.look(after=time.monotonic())).version == one.version + 1
