from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from fieldsvc.kernel import ids, journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import SYSTEM
from inspections.people import services
from inspections.people.errors import LinkUsed
from inspections.people.models import ApplicantSession, Link
from inspections.people.services import Addressee
from inspections.people.states import LinkPurpose
from tests.inspections.cast import PHONE, Cast


def addressee() -> Addressee:
    subject = ids.new()
    return Addressee(subject, f"case:{subject}", "KY-2026-000123", PHONE)


def issue(cast: Cast, to: Addressee) -> str:
    return services.issue_link(cast.bureau.pk, to, actor=SYSTEM)


def post(client: Client, path: str, token: str):  # type: ignore[no-untyped-def]
    return client.post(f"/api/join/{path}", {"token": token}, content_type="application/json")


class TestOpeningALink:
    def test_the_first_browser_gets_in_and_learns_whose_link_it_is(
        self, cast: Cast, client: Client
    ) -> None:
        to = addressee()
        answer = post(client, "open", issue(cast, to))
        assert answer.json() == {
            "case_number": "KY-2026-000123",
            "purpose": "INSPECTION",
            "bureau": {"name": "周村区行政审批服务局", "phone": "0533-6190000"},
        }
        cookie = answer.cookies["join"]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
        kinds = [entry.kind for entry in journal.entries(to.stream)]
        assert kinds == ["link.issued", "link.opened"]

    def test_neither_token_nor_phone_nor_secret_is_stored(self, cast: Cast, client: Client) -> None:
        to = addressee()
        token = issue(cast, to)
        secret = post(client, "open", token).cookies["join"].value
        stored = str(list(Link.objects.values())) + str(list(ApplicantSession.objects.values()))
        written = b"".join(bytes(entry.body) for entry in journal.entries(to.stream)).decode()
        for word in (token, secret, PHONE):
            assert word not in stored + written

    def test_the_same_browser_may_open_it_again(self, cast: Cast, client: Client) -> None:
        token = issue(cast, addressee())
        post(client, "open", token)
        again = post(client, "open", token)
        assert again.status_code == 200
        assert "join" not in again.cookies

    def test_another_device_is_told_so(self, cast: Cast, client: Client) -> None:
        token = issue(cast, addressee())
        post(client, "open", token)
        other = post(Client(), "open", token)
        assert (other.status_code, other.json()["code"]) == (409, "link_used")

    def test_an_unknown_link_is_refused(self, cast: Cast, client: Client) -> None:
        answer = post(client, "open", "AAAAAAAAAAAAAAAAAAAAAA")
        assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")

    def test_an_old_link_has_expired(
        self, cast: Cast, client: Client, standing_clock: FixedClock
    ) -> None:
        token = issue(cast, addressee())
        standing_clock.advance(timedelta(days=31))
        assert post(client, "open", token).json()["code"] == "link_expired"

    def test_a_newer_link_takes_the_older_ones_place(self, cast: Cast, client: Client) -> None:
        to = addressee()
        first, second = issue(cast, to), issue(cast, to)
        refused = post(client, "open", first)
        assert (refused.status_code, refused.json()["code"]) == (410, "link_expired")
        assert post(client, "open", second).status_code == 200

    def test_a_newer_link_on_another_device_ends_the_first_ones_session(
        self, cast: Cast, client: Client
    ) -> None:
        to = addressee()
        post(client, "open", issue(cast, to))
        post(Client(), "open", issue(cast, to))
        assert ApplicantSession.objects.filter(ended_at__isnull=True).count() == 1
        assert client.delete("/api/join/session").status_code == 401

    def test_a_browser_busy_with_another_case_is_told_so_and_the_link_stays_good(
        self, cast: Cast, client: Client
    ) -> None:
        post(client, "open", issue(cast, addressee()))
        token = issue(cast, addressee())
        foreign = post(client, "open", token)
        assert (foreign.status_code, foreign.json()["code"]) == (409, "link_foreign")
        assert client.delete("/api/join/session").status_code == 204
        assert post(client, "open", token).status_code == 200

    def test_looking_at_the_address_consumes_nothing(self, cast: Cast, client: Client) -> None:
        token = issue(cast, addressee())
        for _ in range(10):
            client.get("/api/join/open", {"token": token})
        assert post(client, "open", token).status_code == 200


class TestANewLink:
    def test_it_goes_to_the_registered_phone_three_times_an_hour(
        self, cast: Cast, client: Client, standing_clock: FixedClock
    ) -> None:
        to = addressee()
        token = issue(cast, to)
        for _ in range(3):
            assert post(client, "resend", token).json() == {"sent_to": "138****1234"}
        assert post(client, "resend", token).status_code == 429
        asked = [e for e in journal.entries(to.stream) if e.kind == "link.resend_asked"]
        assert len(asked) == 3
        standing_clock.advance(timedelta(minutes=61))
        assert post(client, "resend", token).status_code == 200

    def test_an_unknown_token_gets_none(self, cast: Cast, client: Client) -> None:
        assert post(client, "resend", "A" * 22).status_code == 404


@pytest.mark.django_db(transaction=True)
class TestManyBrowsersAtOnce:
    def test_one_wins(self, cast: Cast) -> None:
        token = issue(cast, addressee())

        def opened(_: int) -> str:
            try:
                return "in" if services.open_link(token, secret=None).secret else "again"
            except LinkUsed as refusal:
                return refusal.code
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(opened, range(16)))
        assert sorted(outcomes) == ["in"] + ["link_used"] * 15
        assert ApplicantSession.objects.count() == 1


class TestThePurposeOfALink:
    def test_is_told_when_it_is_opened(self, cast: Cast, client: Client) -> None:
        to = addressee()
        token = services.issue_link(cast.bureau.pk, to, actor=SYSTEM, purpose=LinkPurpose.VISIT)
        assert post(client, "open", token).json()["purpose"] == "VISIT"

    def test_keeps_links_of_another_purpose_alive(self, cast: Cast, client: Client) -> None:
        to = addressee()
        visit = services.issue_link(cast.bureau.pk, to, actor=SYSTEM, purpose=LinkPurpose.VISIT)
        rating = services.issue_link(cast.bureau.pk, to, actor=SYSTEM, purpose=LinkPurpose.RATING)
        assert post(client, "open", visit).status_code == 200
        assert post(client, "open", rating).json()["purpose"] == "RATING"

    def test_goes_with_the_wish_for_a_new_one(self, cast: Cast, client: Client) -> None:
        to = addressee()
        token = services.issue_link(cast.bureau.pk, to, actor=SYSTEM, purpose=LinkPurpose.VISIT)
        post(client, "resend", token)
        asked = [e for e in journal.entries(to.stream) if e.kind == "link.resend_asked"]
        assert asked[0].data["purpose"] == "VISIT"
        assert asked[0].data["subject"] == str(to.subject)
        assert "case" not in asked[0].data
