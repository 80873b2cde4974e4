"""The same request twice has one effect and one answer."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from ninja import File, NinjaAPI, Router, Schema, UploadedFile

from fieldsvc.kernel import idempotency, journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import Conflict, Refusal, problem_response
from fieldsvc.kernel.idempotency import (
    IdempotentCall,
    InProgress,
    KeyReused,
    StoredResponse,
    idempotent,
)
from fieldsvc.kernel.journal import SYSTEM

Call = Callable[[], StoredResponse]


def effect() -> StoredResponse:
    with transaction.atomic():
        entry = journal.append("effects", "thing.done", actor=SYSTEM, data={})
    return StoredResponse(201, str(entry.number).encode())


def effects() -> int:
    return journal.head("effects").length


@pytest.mark.django_db
def test_a_repeated_key_gives_the_stored_answer_and_no_second_effect():
    first = idempotency.run("wang", "k", "d", effect)
    again = idempotency.run("wang", "k", "d", effect)
    assert (first.status, first.body, first.replayed) == (201, b"1", False)
    assert (again.status, again.body, again.replayed) == (201, b"1", True)
    assert effects() == 1


@pytest.mark.django_db
def test_keys_of_two_callers_do_not_meet():
    idempotency.run("wang", "k", "d", effect)
    idempotency.run("chen", "k", "d", effect)
    assert effects() == 2


@pytest.mark.django_db
def test_a_key_with_another_request_is_refused():
    idempotency.run("wang", "k", "d", effect)
    with pytest.raises(KeyReused) as error:
        idempotency.run("wang", "k", "other", effect)
    assert error.value.status == 422


@pytest.mark.django_db(transaction=True)
def test_a_refusal_undoes_the_effect_and_frees_the_key():
    def refuse() -> StoredResponse:
        effect()
        raise Conflict

    with pytest.raises(Conflict):
        idempotency.run("wang", "k", "d", refuse)
    assert effects() == 0
    assert idempotency.run("wang", "k", "d", effect).status == 201


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_not_a_success_has_no_effect_and_is_not_stored():
    def fail() -> StoredResponse:
        effect()
        return StoredResponse(400, b"no")

    assert idempotency.run("wang", "k", "d", fail).status == 400
    assert effects() == 0
    assert not IdempotentCall.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_the_second_is_told_to_wait():
    inside, go_on = Event(), Event()

    def slow() -> StoredResponse:
        inside.set()
        assert go_on.wait(60)
        return StoredResponse(201, b"done")

    def first() -> StoredResponse:
        try:
            return idempotency.run("wang", "k", "d", slow)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        assert inside.wait(60)
        try:
            if connection.vendor == "postgresql":
                # SQLite has one writer: there the second would wait for the first's transaction.
                with pytest.raises(InProgress):
                    idempotency.run("wang", "k", "d", effect)
        finally:
            go_on.set()
        assert running.result(10).status == 201
    assert idempotency.run("wang", "k", "d", effect).body == b"done"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect_and_no_other_answer():
    together = Barrier(20, timeout=60)

    def ask(_: int) -> bytes:
        try:
            together.wait()
            return idempotency.run("wang", "k", "d", effect).body
        except InProgress:
            return b"wait"
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(ask, range(20)))
    assert effects() == 1
    assert b"1" in answers
    assert answers <= {b"1", b"wait"}


@pytest.mark.django_db(transaction=True)
def test_a_claim_of_a_process_that_died_is_taken_over_after_a_minute(standing_clock: FixedClock):
    class Killed(BaseException): ...

    def die() -> StoredResponse:
        raise Killed

    with pytest.raises(Killed):
        idempotency.run("wang", "k", "d", die)
    # What a SIGKILL leaves behind: a claim and nothing else.
    IdempotentCall.objects.create(
        scope="wang",
        key="k",
        request_digest="d",
        claim="01900000-0000-7000-8000-000000000000",
        claimed_at=standing_clock.now(),
        created_at=standing_clock.now(),
    )
    with pytest.raises(InProgress):
        idempotency.run("wang", "k", "d", effect)
    standing_clock.advance(idempotency.CLAIM)
    assert idempotency.run("wang", "k", "d", effect).status == 201


@pytest.mark.django_db
def test_old_answers_can_be_forgotten(standing_clock: FixedClock):
    idempotency.run("wang", "k", "d", effect)
    standing_clock.advance(timedelta(days=2))
    assert idempotency.forget_older_than(timedelta(days=1)) == 1


class Wish(Schema):
    colour: str


class Door(Schema):
    number: int
    colour: str


router = Router()


@router.post("/doors", response={201: Door})
@idempotent
def build(request: HttpRequest, body: Wish):
    if body.colour == "black":
        raise Conflict
    return 201, {"number": int(effect().body), "colour": body.colour, "secret": "not shown"}


@router.post("/pictures", response=Door)
@idempotent
def picture(request: HttpRequest, file: File[UploadedFile]):
    return {"number": int(effect().body), "colour": file.read().decode()}


api = NinjaAPI(urls_namespace="idempotency-test", auth=lambda request: request.headers.get("Who"))
api.add_router("/", router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem_response(refusal)


urlpatterns = [path("api/", api.urls)]


@pytest.fixture
def post(client: Client):
    idempotency.scope_by(lambda request: str(request.auth))  # type: ignore[attr-defined]

    def send(body: dict[str, str], key: str | None = "k", who: str = "wang"):
        headers = {"Who": who, **({"Idempotency-Key": key} if key is not None else {})}
        return client.post(
            "/api/doors", json.dumps(body), content_type="application/json", headers=headers
        )

    before = idempotency._scope_of
    with override_settings(ROOT_URLCONF=__name__):
        yield send
    idempotency._scope_of = before


@pytest.mark.django_db
def test_an_endpoint_answers_the_same_bytes_again(post):
    first, again = post({"colour": "red"}), post({"colour": "red"})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.json() == {"number": 1, "colour": "red"}
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert effects() == 1


@pytest.mark.django_db
def test_an_endpoint_refuses_a_missing_or_unusable_key(post):
    for key in (None, "", "x" * 65, "with blank"):
        answer = post({"colour": "red"}, key=key)
        assert answer.status_code == 400
        assert answer.json()["code"] == "idempotency_key_missing"


@pytest.mark.django_db
def test_an_endpoint_refuses_a_key_with_another_body(post):
    post({"colour": "red"})
    answer = post({"colour": "blue"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.django_db
def test_a_refused_or_invalid_or_unsigned_request_leaves_the_key_free(post):
    assert post({"colour": "black"}).status_code == 409
    assert post({}).status_code == 422
    assert post({"colour": "red"}, who="").status_code == 401
    assert post({"colour": "red"}).status_code == 201


@pytest.mark.django_db
def test_two_callers_with_one_key_both_have_their_effect(post):
    post({"colour": "red"}, who="wang")
    assert post({"colour": "red"}, who="chen").json()["number"] == 2


@pytest.mark.django_db
def test_an_upload_is_the_same_when_its_bytes_are_the_same(client: Client, post):
    def upload(data: bytes):
        file = SimpleUploadedFile("a.txt", data)
        return client.post(
            "/api/pictures", {"file": file}, headers={"Who": "wang", "Idempotency-Key": "u"}
        )

    assert upload(b"red").json() == upload(b"red").json() == {"number": 1, "colour": "red"}
    assert upload(b"blue").json()["code"] == "idempotency_key_reused"


def test_an_asynchronous_endpoint_cannot_be_idempotent():
    async def later(request: HttpRequest) -> None: ...

    with pytest.raises(TypeError):
        idempotent(later)


def test_the_digest_of_a_form_does_not_depend_on_its_boundary():
    from django.test.client import encode_multipart

    def digest(boundary: str) -> str:
        request = RequestFactory().generic(
            "POST",
            "/x",
            encode_multipart(boundary, {"a": "1"}),
            content_type=f"multipart/form-data; boundary={boundary}",
        )
        return idempotency.request_digest(request)

    assert digest("one") == digest("two")
