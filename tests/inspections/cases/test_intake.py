from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldsvc.kernel import chain, ids, journal
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.cases import services
from inspections.cases.api import CaseIn
from inspections.cases.models import Case
from tests.inspections.cases.bodies import body, credit_code
from tests.inspections.cast import PASSWORD, PHONE, Cast


def send(cast: Cast, what: Any, *, key: str = "", as_key: str = ""):  # type: ignore[no-untyped-def]
    return Client().post(
        "/api/cases",
        what,
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {as_key or cast.key}",
            "Idempotency-Key": key or str(ids.new()),
        },
    )


def signed_in(username: str) -> Client:
    client = Client()
    client.post(
        "/api/session",
        {"username": username, "password": PASSWORD},
        content_type="application/json",
    )
    return client


class TestTakingACaseIn:
    def test_a_good_case_is_stored_and_journalled(self, cast: Cast) -> None:
        answer = send(cast, body())
        assert answer.status_code == 201
        out = answer.json()
        assert (out["number"], out["state"], out["state_label"]) == (
            "KY-2026-000123",
            "RECEIVED",
            "已受理，待预约",
        )
        case = Case.objects.get()
        (entry,) = journal.entries(case.stream)
        assert (entry.kind, entry.actor.kind) == ("case.received", "client")
        assert chain.verify(case.stream).ok
        assert out["timeline"][0]["label"] == "收到办件"

    def test_no_personal_value_stands_in_the_chain(self, cast: Cast) -> None:
        send(cast, body())
        written = b"".join(bytes(entry.body) for entry in JournalEntry.objects.all()).decode()
        for word in ("李申请", PHONE, "张三小馆", "丝绸路", credit_code()):
            assert word not in written

    def test_the_same_number_and_content_is_the_same_case(self, cast: Cast) -> None:
        first, again = send(cast, body()), send(cast, body())
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["id"] == again.json()["id"]
        assert JournalEntry.objects.filter(kind="case.received").count() == 1

    def test_the_same_number_with_other_content_is_refused(self, cast: Cast) -> None:
        send(cast, body())
        other = send(cast, body(contact={"name": "王某人", "phone": PHONE}))
        assert (other.status_code, other.json()["code"]) == (409, "case_number_taken")
        assert Case.objects.get().contact_name == "李申请"

    def test_the_same_key_gives_the_same_answer(self, cast: Cast) -> None:
        first, again = send(cast, body(), key="k1"), send(cast, body(), key="k1")
        assert first.content == again.content
        assert again["Idempotency-Replayed"] == "true"
        reused = send(cast, body("KY-2"), key="k1")
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")

    def test_without_a_key_it_is_refused(self, cast: Cast) -> None:
        answer = Client().post(
            "/api/cases",
            body(),
            content_type="application/json",
            headers={"Authorization": f"Bearer {cast.key}"},
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")

    def test_another_bureau_may_use_the_same_number(self, cast: Cast) -> None:
        assert send(cast, body()).status_code == 201
        assert send(cast, body(), as_key=cast.other_key).status_code == 201


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"number": ""}, "number"),
            ({"number": "../x"}, "number"),
            ({"service_item": "QQ"}, "service_item"),
            (
                {"applicant": {"name": "张三小馆", "credit_code": "92370306MA3C0TE1X0"}},
                "applicant.credit_code",
            ),
            ({"applicant": {"name": "", "credit_code": credit_code()}}, "applicant.name"),
            ({"premises": {"name": "张三小馆", "address": "x"}}, "premises.address"),
            ({"premises": {"name": "张三小馆", "address": "路" * 201}}, "premises.address"),
            (
                {"premises": {"name": "馆", "address": "丝绸路 88 号", "longitude": 117.8}},
                "premises.longitude",
            ),
            ({"contact": {"name": "李申请", "phone": "0533-6190000"}}, "contact.phone"),
            ({"callback_url": "ftp://x/y"}, "callback_url"),
            ({"callback_url": "https://sp.example.gov.cn/"}, "callback_url"),
        ],
    )
    def test_it_is_refused_by_field_and_nothing_is_stored(
        self, cast: Cast, changes: dict[str, Any], field: str
    ) -> None:
        answer = send(cast, body(**changes))
        assert (answer.status_code, answer.json()["code"]) == (422, "case_invalid")
        assert list(answer.json()["fields"]["errors"]) == [field]
        assert not Case.objects.exists()
        assert not JournalEntry.objects.filter(kind="case.received").exists()

    def test_a_name_no_font_can_print_is_refused_by_character_and_nothing_is_stored(
        self, cast: Cast
    ) -> None:
        answer = send(cast, body(contact={"name": "李𱍐", "phone": PHONE}))
        assert (answer.status_code, answer.json()["code"]) == (422, "glyph_missing")
        assert list(answer.json()["fields"]["errors"]) == ["contact.name"]
        assert "「𱍐」（U+31350）" in answer.json()["detail"]
        assert not Case.objects.exists()

    def test_wrong_types_are_named_in_chinese(self, cast: Cast) -> None:
        bad = body(contact={"name": "李申请"}, accepted_at="2026-11-23T09:00:00", extra=1)
        answer = send(cast, bad)
        assert answer.status_code == 422
        assert answer.json()["fields"]["errors"] == {
            "contact.phone": "必填",
            "accepted_at": "日期时间要带时区，例如 2026-11-23T09:00:00Z",
            "extra": "没有这个字段",
        }

    def test_a_body_that_is_no_json_is_refused(self, cast: Cast) -> None:
        answer = send(cast, "{")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False)
            | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(list(body())), inner, max_size=4)
            ),
            max_leaves=8,
        )
    )
    def test_nothing_makes_it_fall_over(self, cast: Cast, what: Any) -> None:
        merged = {**body(), **what} if isinstance(what, dict) else what
        if merged == body():
            return
        assert send(cast, merged).status_code in {200, 201, 400, 409, 422}


class TestWhoSeesACase:
    def test_its_client_and_the_staff_of_its_bureau_do(self, cast: Cast) -> None:
        send(cast, body())
        for client, headers in (
            (Client(), {"Authorization": f"Bearer {cast.key}"}),
            (signed_in("wang"), {}),
            (signed_in("sun"), {}),
        ):
            answer = client.get("/api/cases/KY-2026-000123", headers=headers)
            assert answer.json()["number"] == "KY-2026-000123"

    def test_others_do_not_learn_that_it_exists(self, cast: Cast) -> None:
        send(cast, body())
        other = {"Authorization": f"Bearer {cast.other_key}"}
        assert Client().get("/api/cases/KY-2026-000123", headers=other).status_code == 404
        assert signed_in("zhao").get("/api/cases/KY-2026-000123").status_code == 404
        assert Client().get("/api/cases/KY-2026-000123").status_code == 401
        assert signed_in("qian").get("/api/cases/KY-2026-000123").status_code == 403

    def test_the_list_is_masked_and_ends_at_the_bureau(self, cast: Cast) -> None:
        send(cast, body())
        (row,) = signed_in("wang").get("/api/cases", {"q": "000123"}).json()["items"]
        assert row["applicant_name"] == "张***"
        assert "丝绸路" not in row["address"]
        assert signed_in("zhao").get("/api/cases").json() == {"items": []}
        assert signed_in("wang").get("/api/cases", {"q": "nothing"}).json() == {"items": []}


@pytest.mark.django_db(transaction=True)
class TestTheSameCaseManyTimesAtOnce:
    def test_one_is_stored(self, cast: Cast) -> None:
        actor = Actor("client", str(cast.client.pk), str(cast.bureau.pk))
        new = CaseIn.model_validate(body()).to_new()

        def receive(_: int) -> bool:
            try:
                return services.receive(new, actor=actor)[1]
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(receive, range(24))) == [False] * 23 + [True]
        assert Case.objects.count() == 1
