"""Tickets and ICE credentials as they are written."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from pytest_django import Settings

from fieldsvc.kernel import clock
from signaling import ice, tickets
from signaling.errors import TicketInvalid
from signaling.models import SpentTicket
from tests.signaling.conftest import Scene


def test_a_ticket_names_its_member_and_room_and_no_person(scene: Scene) -> None:
    text = tickets.issue(scene.li)
    ticket = tickets.read(text)
    assert (ticket.room, ticket.member) == (scene.room.pk, scene.li.pk)
    assert tickets.issue(scene.li) != text


def test_spent_tickets_are_forgotten_once_they_are_too_old_anyway(scene: Scene) -> None:
    ticket = tickets.read(tickets.issue(scene.li))
    tickets.spend(ticket)
    with pytest.raises(TicketInvalid):
        tickets.spend(ticket)
    assert tickets.forget_expired() == 0
    with clock.using(clock.FixedClock(ticket.expires_at + timedelta(seconds=1))):
        assert tickets.forget_expired() == 1
    assert not SpentTicket.objects.exists()


def test_a_turn_credential_ends_after_ten_minutes(scene: Scene, settings: Settings) -> None:
    settings.RTC_ICE_SERVERS = ["stun:s.example:3478", "turn:t.example:3478?transport=udp"]
    settings.RTC_TURN_SECRET = "shared with coturn"
    with clock.using(clock.FixedClock(clock.now())):
        stun, turn = ice.servers(scene.li.pk)
        until = int((clock.now() + timedelta(minutes=10)).timestamp())
    assert (stun.username, stun.credential) == (None, None)
    assert turn.username == f"{until}:{scene.li.pk.hex}"
    expected = hmac.new(b"shared with coturn", turn.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(turn.credential or "") == expected


def test_without_servers_in_the_settings_none_are_handed_out(
    scene: Scene, settings: Settings
) -> None:
    settings.RTC_ICE_SERVERS = []
    assert ice.servers(scene.li.pk) == []
