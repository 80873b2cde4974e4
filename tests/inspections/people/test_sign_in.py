from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from fieldsvc.kernel import journal
from fieldsvc.kernel.clock import FixedClock
from inspections.people import services
from inspections.people.errors import SignInThrottled, WrongPassword
from tests.inspections.cast import PASSWORD, Cast


def kinds(cast: Cast) -> list[str]:
    return [entry.kind for entry in journal.entries(f"bureau:{cast.bureau.pk}")]


def sign_in(client: Client, username: str, password: str, **headers: str):  # type: ignore[no-untyped-def]
    return client.post(
        "/api/session",
        {"username": username, "password": password},
        content_type="application/json",
        headers=headers,
    )


class TestSigningIn:
    def test_the_right_password_opens_a_session(self, cast: Cast, client: Client) -> None:
        answer = sign_in(client, "wang", PASSWORD)
        assert answer.status_code == 200
        me = client.get("/api/session").json()
        assert (me["name"], me["roles"]) == ("王勘验", ["INSPECTOR"])
        assert me["bureau"]["phone"] == "0533-6190000"
        assert kinds(cast) == ["staff.signed_in"]

    def test_the_session_key_is_a_new_one(self, cast: Cast, client: Client) -> None:
        session = client.session
        session["planted"] = True
        session.save()
        client.cookies["sessionid"] = session.session_key
        sign_in(client, "wang", PASSWORD)
        assert client.cookies["sessionid"].value != session.session_key

    def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
        self, cast: Cast, client: Client
    ) -> None:
        wrong, unknown = sign_in(client, "wang", "x"), sign_in(client, "nobody", "x")
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json() == unknown.json()
        assert wrong["Content-Type"] == "application/problem+json"
        assert kinds(cast) == ["staff.sign_in_refused"]

    def test_a_disabled_member_of_staff_is_out_at_once(self, cast: Cast, client: Client) -> None:
        sign_in(client, "wang", PASSWORD)
        cast.wang.is_active = False
        cast.wang.save()
        assert client.get("/api/session").status_code == 401
        assert sign_in(Client(), "wang", PASSWORD).status_code == 401

    def test_signing_out_ends_the_session(self, cast: Cast, client: Client) -> None:
        sign_in(client, "wang", PASSWORD)
        assert client.delete("/api/session").status_code == 204
        assert client.get("/api/session").status_code == 401
        assert kinds(cast)[-1] == "staff.signed_out"

    def test_without_the_token_of_our_page_nobody_signs_in(self, cast: Cast) -> None:
        strict = Client(enforce_csrf_checks=True)
        refused = sign_in(strict, "wang", PASSWORD)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
        token = strict.get("/api/csrf").json()["csrf_token"]
        assert sign_in(strict, "wang", PASSWORD, **{"X-CSRFToken": token}).status_code == 200


class TestGuessing:
    def test_the_sixth_wrong_try_is_refused_even_with_the_right_password(
        self, cast: Cast, client: Client, standing_clock: FixedClock
    ) -> None:
        for _ in range(5):
            assert sign_in(client, "wang", "x").status_code == 401
        answer = sign_in(client, "wang", PASSWORD)
        assert answer.status_code == 429
        assert answer["Retry-After"] == "900"
        standing_clock.advance(timedelta(minutes=16))
        assert sign_in(client, "wang", PASSWORD).status_code == 200

    def test_another_name_is_not_locked_with_it(self, cast: Cast, client: Client) -> None:
        for _ in range(6):
            sign_in(client, "wang", "x")
        assert sign_in(client, "chen", PASSWORD).status_code == 200

    def test_one_address_cannot_try_name_after_name(self, cast: Cast) -> None:
        for number in range(20):
            with pytest.raises(WrongPassword):
                services.sign_in(f"name{number}", "x", address="203.0.113.9")
        with pytest.raises(SignInThrottled):
            services.sign_in("wang", PASSWORD, address="203.0.113.9")
        assert services.sign_in("wang", PASSWORD, address="203.0.113.10") == cast.wang

    def test_a_good_sign_in_clears_the_name(self, cast: Cast) -> None:
        for _ in range(2):
            for _ in range(4):
                with pytest.raises(WrongPassword):
                    services.sign_in("wang", "x", address="203.0.113.9")
            services.sign_in("wang", PASSWORD, address="203.0.113.9")


@pytest.mark.django_db(transaction=True)
class TestGuessingInParallel:
    def test_no_more_than_five_guesses_are_judged(self, cast: Cast) -> None:
        def guess(_: int) -> str:
            try:
                services.sign_in("wang", "x", address="203.0.113.9")
            except (WrongPassword, SignInThrottled) as refusal:
                return refusal.code
            finally:
                connection.close()
            return "in"

        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(guess, range(24)))
        assert codes.count("wrong_password") <= 5
        assert set(codes) <= {"wrong_password", "sign_in_throttled"}
