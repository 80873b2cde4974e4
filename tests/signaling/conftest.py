"""A room with the cast in it, and a media node that holds a fake engine."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from channels.layers import channel_layers

from fieldsvc.kernel import journal
from signaling import rooms
from signaling.database import in_thread
from signaling.mediaworker import MediaNode
from signaling.models import Member, Room
from signaling.states import Role
from tests.support.fake_engine import FakeEngine
from tests.support.room_client import RoomClient

STREAM = "dossier:0001"
SCOPE = "bureau-zhoucun"


@dataclass
class Scene:
    """The room and its cast: 李申请 the guest, 王勘验 and 陈勘验 the hosts."""

    room: Room
    li: Member
    wang: Member
    chen: Member

    async def ticket(self, member: Member) -> str:
        return await in_thread(rooms.issue_ticket, member)

    async def enter(self, member: Member) -> RoomClient:
        client = RoomClient()
        await client.enter(await self.ticket(member))
        return client

    async def enter_admitted(self) -> tuple[RoomClient, RoomClient]:
        """王勘验 and an admitted 李申请."""
        wang = await self.enter(self.wang)
        li = await self.enter(self.li)
        assert (await wang.ask("member.admit", member=str(self.li.pk)))["type"] == "ack"
        return wang, li

    async def kinds(self) -> list[str]:
        """The kinds journalled so far."""
        return await in_thread(lambda: [e.kind for e in journal.entries(self.room.stream)])


def open_scene(stream: str = STREAM) -> Scene:
    room = rooms.open_room(stream, scope=SCOPE, label="张三小馆")

    def member(subject: str, role: Role, name: str, label: str) -> Member:
        return rooms.add_member(room, subject=subject, role=role, name=name, label=label)

    return Scene(
        room,
        member("case-li", Role.GUEST, "李申请", "申请人"),
        member("staff-wang", Role.HOST, "王勘验", "勘验人员"),
        member("staff-chen", Role.HOST, "陈勘验", "勘验人员"),
    )


@pytest.fixture(autouse=True)
def _fresh_channel_layer() -> Iterator[None]:
    """A test has its own event loop, so it has its own in-memory layer too."""
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return open_scene()


@pytest.fixture
async def node(transactional_db: None, tmp_path: Path) -> AsyncIterator[MediaNode]:
    """A media node with a fake engine, found at `node.engine`."""
    made = MediaNode(lambda events: FakeEngine(events, tmp_path), storage=tmp_path)
    await made.start()
    yield made
    await made.stop()


def fake(node: MediaNode) -> FakeEngine:
    """The fake inside a node."""
    engine = node.engine
    assert isinstance(engine, FakeEngine)
    return engine
