"""A session lives eight hours after the last use, and using it does not cost a write each time."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from fieldsvc.kernel.clock import FixedClock
from fieldsvc.renewal import EVERY
from tests.inspections.cast import Cast


def test_reading_renews_at_most_once_in_five_minutes(
    cast: Cast, standing_clock: FixedClock, client: Client
) -> None:
    client.force_login(cast.wang)
    client.get("/api/session")
    first = Session.objects.get().session_data
    client.get("/api/session")
    assert Session.objects.get().session_data == first
    standing_clock.advance(EVERY + timedelta(seconds=1))
    client.get("/api/session")
    renewed = Session.objects.get()
    assert renewed.session_data != first
    assert renewed.get_decoded()["renewed_at"] == standing_clock.now().timestamp()
    assert settings.SESSION_COOKIE_AGE == 8 * 3600


def test_a_caller_without_a_session_gets_none(db: None, client: Client) -> None:
    client.get("/api/session")
    assert not Session.objects.exists()
