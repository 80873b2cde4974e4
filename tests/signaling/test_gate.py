"""The gate before both sockets: origin, session, path."""

from importlib import import_module

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction

from fieldsvc.asgi import application, bureau_of
from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import Actor
from inspections.people.models import Bureau, Staff
from signaling.database import in_thread

GOOD = b"http://localhost:8000"
BAD_ORIGINS = [
    b"http://evil.example",
    b"http://localhost.evil.example",
    b"http://evil-localhost",
    b"https://localhost@evil.example",
    b"null",
    b"file://",
    b"http://127.0.0.1.evil.example",
    b"javascript:alert(1)",
    b"http://[::1",
    b"http://localhost:port",
    b"http://localhost:99999",
    b"\xff\xfe",
    b"",
]


async def handshake(path: str, *headers: tuple[bytes, bytes]) -> bool:
    socket = WebsocketCommunicator(application, path, headers=list(headers))
    accepted, _ = await socket.connect(timeout=60)
    if accepted:
        await socket.disconnect(timeout=60)
    return bool(accepted)


@pytest.fixture
def session(transactional_db: None) -> str:
    """王勘验's session key."""
    bureau = Bureau.objects.create(
        code="370306", name="周村", phone="0533-6190000", created_at=clock.now()
    )
    wang = Staff(bureau=bureau, username="wang", name="王勘验", created_at=clock.now())
    wang.set_password("correct horse")
    wang.save()
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(wang.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = wang.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def cookie(key: str) -> tuple[bytes, bytes]:
    return (b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode())


async def test_a_page_of_another_site_gets_no_socket(session: str) -> None:
    for path in ("/ws/room", "/ws/feed"):
        for origin in BAD_ORIGINS:
            assert not await handshake(path, (b"origin", origin), cookie(session)), origin


async def test_without_an_origin_there_is_no_socket(session: str) -> None:
    for path in ("/ws/room", "/ws/feed"):
        assert not await handshake(path, cookie(session))


async def test_the_room_is_open_to_this_site(session: str) -> None:
    assert await handshake("/ws/room", (b"origin", GOOD))


async def test_the_feed_is_for_staff_only(session: str) -> None:
    assert await handshake("/ws/feed", (b"origin", GOOD), cookie(session))
    assert not await handshake("/ws/feed", (b"origin", GOOD))
    assert not await handshake("/ws/feed", (b"origin", GOOD), cookie("x" * 32))


async def test_the_feed_tells_of_the_own_bureau_only(session: str) -> None:
    socket = WebsocketCommunicator(
        application, "/ws/feed", headers=[(b"origin", GOOD), cookie(session)]
    )
    await socket.connect(timeout=60)
    own = str((await in_thread(Bureau.objects.get)).pk)

    def append(scope: str) -> None:
        with transaction.atomic():
            journal.append("case:1", "case.received", actor=Actor("client", "c", scope), data={})

    await in_thread(append, "another bureau")
    assert await socket.receive_nothing(timeout=0.3)
    await in_thread(append, own)
    assert await socket.receive_json_from(timeout=60) == {"type": "changed"}
    await socket.disconnect(timeout=60)


def test_a_session_ends_with_the_person_the_password_or_the_sign_out(session: str) -> None:
    wang = Staff.objects.get()
    assert bureau_of(session) == str(wang.bureau_id)
    Staff.objects.update(is_active=False)
    assert bureau_of(session) is None
    Staff.objects.update(is_active=True)
    wang.set_password("another")
    wang.save()
    assert bureau_of(session) is None
    import_module(settings.SESSION_ENGINE).SessionStore(session).delete()
    assert bureau_of(session) is None
    assert bureau_of(None) is None
