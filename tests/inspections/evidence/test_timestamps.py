"""Timestamps are believed only when nonce, imprint, signer, root and time are what they must be."""

import hashlib
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import SYSTEM
from inspections.evidence import gateways, services
from inspections.evidence.gateways import (
    AtOnce,
    HttpAuthority,
    LocalAuthority,
    Pin,
    TimestampFailed,
)
from inspections.evidence.gateways.timestamps import Question, checked
from inspections.evidence.models import TimestampToken
from inspections.evidence.services import Stamp
from inspections.evidence.states import TokenState

BODY = b'{"number":1}'
Answer = Callable[[bytes], bytes | None]


class FakeAuthority:
    """A timestamp authority over HTTP whose answers a test may bend; None: never answers."""

    def __init__(self, own: LocalAuthority) -> None:
        self.own = own
        self.answer: Answer = own.reply
        self.status = 200
        self._over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                answer = outer.answer(question)
                if answer is None:
                    outer._over.wait(60)
                    return
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def stop(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture
def fake(own: LocalAuthority) -> Iterator[FakeAuthority]:
    one = FakeAuthority(own)
    yield one
    one.stop()


def over_http(fake: FakeAuthority, *, deadline: float = 60) -> HttpAuthority:
    return HttpAuthority("fake", fake.url, fake.own.pin(), deadline=deadline)


def refusal(authority: HttpAuthority) -> str:
    with pytest.raises(TimestampFailed) as failed:
        authority.stamp(BODY)
    return failed.value.code


def test_an_answer_over_http_is_kept_whole_and_openssl_believes_it(
    fake: FakeAuthority, tmp_path: Path
) -> None:
    stamp = over_http(fake).stamp(BODY)
    assert abs(stamp.at - clock.now()) < timedelta(minutes=2)
    (tmp_path / "answer.tsr").write_bytes(stamp.answer)
    (tmp_path / "body").write_bytes(BODY)
    check = ["openssl", "ts", "-verify", "-in", "answer.tsr", "-data", "body"]
    said = subprocess.run(
        [*check, "-CAfile", str(fake.own.root_file())],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Verification: OK" in said.stdout, said.stderr


def test_the_answer_to_an_earlier_question_has_another_nonce(fake: FakeAuthority) -> None:
    first = over_http(fake).stamp(BODY).answer
    fake.answer = lambda _: first
    assert refusal(over_http(fake)) == "not_believed"


def test_an_authority_that_is_not_the_pinned_one_is_not_believed(
    fake: FakeAuthority, tmp_path: Path
) -> None:
    fake.answer = LocalAuthority(tmp_path / "other").reply
    assert refusal(over_http(fake)) == "not_believed"


@pytest.mark.parametrize("place", [0.3, 0.6, 0.95])
def test_a_changed_byte_is_not_believed(fake: FakeAuthority, place: float) -> None:
    def bent(question: bytes) -> bytes:
        answer = bytearray(fake.own.reply(question))
        answer[int(len(answer) * place)] ^= 1
        return bytes(answer)

    fake.answer = bent
    assert refusal(over_http(fake)) == "not_believed"


def test_no_changed_byte_of_an_answer_breaks_the_reading_of_it(fake: FakeAuthority) -> None:
    wanted = Question.over(hashlib.sha256(BODY).digest())
    answer, failures = fake.own.reply(wanted.der), set[str]()
    for place in range(0, len(answer), 4):
        bent = bytearray(answer)
        bent[place] ^= 1
        try:
            checked(bytes(bent), wanted, fake.own.pin())
        except TimestampFailed as failed:
            failures.add(failed.code)
    assert failures == {"not_believed"}


def test_a_clock_that_is_far_from_ours_is_refused(fake: FakeAuthority) -> None:
    with clock.using(FixedClock(clock.now() + timedelta(minutes=10))):
        assert refusal(over_http(fake)) == "time_differs"


def test_silence_refusal_noise_and_floods_have_each_a_name(fake: FakeAuthority) -> None:
    fake.answer = lambda _: None
    assert refusal(over_http(fake, deadline=0.3)) == "timeout"
    fake.answer = lambda _: b"sorry"
    assert refusal(over_http(fake)) == "not_believed"
    fake.answer = lambda _: b"x" * 200_000
    assert refusal(over_http(fake)) == "endless"
    fake.answer, fake.status = fake.own.reply, 503
    assert refusal(over_http(fake)) == "refused"
    nowhere = HttpAuthority("fake", "http://127.0.0.1:9/", fake.own.pin())
    assert refusal(nowhere) == "unreachable"


def test_the_machines_own_stamp_says_what_it_is(own: LocalAuthority) -> None:
    stamp = own.stamp(BODY)
    assert isinstance(stamp, Stamp)
    assert "本机时间戳（测试）" in own.pin().certificate.subject.rfc4514_string()


class Away:
    """An authority that is down until it is not."""

    name = "away"

    def __init__(self, own: LocalAuthority) -> None:
        self._own = own
        self.down = True
        self.asked = 0

    def stamp(self, body: bytes) -> Stamp:
        self.asked += 1
        if self.down:
            raise TimestampFailed("unreachable")
        return self._own.stamp(body)

    def stamp_digest(self, digest: bytes) -> Stamp:
        if self.down:
            raise TimestampFailed("unreachable")
        return self._own.stamp_digest(digest)

    def pin(self) -> Pin:
        return self._own.pin()


@pytest.mark.django_db
def test_while_an_authority_is_away_the_gap_stays_open_and_is_filled_later(
    own: LocalAuthority,
    settings,
    standing_clock: FixedClock,  # type: ignore[no-untyped-def]
) -> None:
    settings.TSA_URLS = {"away": "https://tsa.example"}
    away = Away(own)
    for number in range(2):
        with transaction.atomic():
            journal.append("a", "test.told", actor=SYSTEM, data={"number": number})
        services.anchor("beat")
    assert gateways.stamp_due({"away": away}) == 0
    assert away.asked == 1, "the second question of the turn is not asked of a silent authority"
    states = TimestampToken.objects.values_list("state", "error", "attempts")
    assert set(states) == {(TokenState.PENDING.value, "unreachable", 1)}
    assert gateways.stamp_due({"away": away}) == 0
    assert away.asked == 1, "not due yet"
    away.down = False
    standing_clock.advance(seconds=31)
    assert gateways.stamp_due({"away": away}) == 2
    assert set(TimestampToken.objects.values_list("state", flat=True)) == {"STAMPED"}
    assert gateways.stamp_due({"away": away}) == 0


def test_whoever_answers_first_stamps_at_once_and_nobody_is_said(own: LocalAuthority) -> None:
    digest, away = hashlib.sha256(BODY).digest(), Away(own)
    assert AtOnce({"away": away}).stamp(digest) is None
    assert AtOnce({"away": away, "own": own}).stamp(digest) is not None
    assert AtOnce({"own": own}).roots() == list(own.pin().roots)


@pytest.mark.django_db
def test_after_a_week_a_timestamp_is_given_up_and_says_so(
    own: LocalAuthority,
    settings,
    standing_clock: FixedClock,  # type: ignore[no-untyped-def]
) -> None:
    settings.TSA_URLS = {"away": "https://tsa.example"}
    with transaction.atomic():
        journal.append("a", "test.told", actor=SYSTEM, data={})
    services.anchor("beat")
    standing_clock.advance(timedelta(days=8))
    gateways.stamp_due({"away": Away(own)})
    assert TimestampToken.objects.get().state == TokenState.FAILED.value
