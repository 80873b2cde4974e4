"""Who may sit in a room, and stay."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from fieldsvc.kernel import clock, ids
from fieldsvc.kernel.journal import SYSTEM
from inspections.people import services
from inspections.people.models import ApplicantSession, Bureau, Link, Staff
from inspections.people.selectors import may_stay
from inspections.people.states import Role
from signaling import rooms
from signaling.models import Member, Room
from signaling.states import Role as Seat

CASE = UUID(int=7)


@pytest.fixture
def bureau(db: None) -> Bureau:
    return Bureau.objects.create(
        code="370306", name="周村", phone="0533-6190000", created_at=clock.now()
    )


@pytest.fixture
def room(bureau: Bureau) -> Room:
    return rooms.open_room("inspection:1", scope=str(bureau.pk), label="张三小馆")


@pytest.fixture
def guest(room: Room) -> Member:
    return rooms.add_member(room, subject=str(CASE), role=Seat.GUEST, name="李申请", label="")


def session(bureau: Bureau, subject: UUID = CASE) -> ApplicantSession:
    """A browser that opened its link."""
    to = services.Addressee(subject, f"case:{subject}", "张三小馆", "13905330001")
    token = services.issue_link(bureau.pk, to, actor=SYSTEM)
    return services.open_link(token, secret=None).session


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({}, True),
        ({"is_active": False}, False),
        ({"roles": [Role.AUDITOR.value]}, False),
        ({"roles": []}, False),
    ],
)
def test_a_host_stays_as_long_as_it_works_here(
    bureau: Bureau, room: Room, change: dict[str, object], *, stays: bool
) -> None:
    wang = Staff.objects.create(
        bureau=bureau,
        username="wang",
        name="王勘验",
        roles=[Role.INSPECTOR.value],
        created_at=clock.now(),
    )
    host = rooms.add_member(
        room, subject=str(wang.pk), role=Seat.HOST, name=wang.name, label="勘验人员"
    )
    Staff.objects.filter(pk=wang.pk).update(**change)
    assert may_stay(host, "") is stays
    Room.objects.filter(pk=room.pk).update(scope="another bureau")
    assert not may_stay(Member.objects.get(pk=host.pk), "")


def test_a_guest_stays_as_long_as_the_session_of_its_ticket(bureau: Bureau, guest: Member) -> None:
    own = session(bureau)
    assert may_stay(guest, str(own.pk))
    assert not may_stay(guest, "")
    assert not may_stay(guest, str(ids.new()))
    assert not may_stay(guest, str(session(bureau, UUID(int=8)).pk))


def test_a_session_that_ended_ran_out_or_lost_its_link_keeps_no_seat(
    bureau: Bureau, guest: Member
) -> None:
    now = clock.now()
    own = session(bureau)
    rows, links = ApplicantSession.objects.filter(pk=own.pk), Link.objects.filter(pk=own.link_id)
    for ends, lives in (
        (partial(rows.update, ended_at=now), partial(rows.update, ended_at=None)),
        (partial(rows.update, expires_at=now), partial(rows.update, expires_at=own.expires_at)),
        (partial(links.update, revoked_at=now), partial(links.update, revoked_at=None)),
    ):
        ends()
        assert not may_stay(guest, str(own.pk))
        lives()
        assert may_stay(guest, str(own.pk))


def test_the_newer_browser_takes_the_seat_over(bureau: Bureau, guest: Member) -> None:
    older = session(bureau)
    newer = session(bureau)
    assert not may_stay(guest, str(older.pk))
    assert may_stay(guest, str(newer.pk))
    assert newer.expires_at > clock.now() + timedelta(hours=1)


def test_the_recorder_has_no_socket(room: Room) -> None:
    assert not may_stay(room.members.get(role=Seat.RECORDER.value), "")
