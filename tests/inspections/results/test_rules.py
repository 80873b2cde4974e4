from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.results.rules import Answer, Reach, address_problem, judge, next_wait, retry_after

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PUBLIC = Reach(private=False, loopback=False)
INTRANET = Reach(private=True, loopback=False)
EMBEDDED = Reach(private=False, loopback=True)
SCHEDULE = (5.0, 300.0, 1800.0)


class TestWhereAResultMayGo:
    @pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
    def test_public_addresses_are_reached(self, address: str) -> None:
        assert address_problem(address, PUBLIC) is None

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
            "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1",
            "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
            "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
            "2002:7f00:1::", "::7f00:1", "2001:db8::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
            "localhost", "", "1.2.3", "0x7f.1",
        ],
    )  # fmt: skip
    def test_no_other_form_gets_through(self, address: str) -> None:
        assert address_problem(address, PUBLIC) is not None

    @pytest.mark.parametrize("address", ["10.0.0.1", "172.31.255.1", "192.168.1.1", "fc00::1"])
    def test_a_listed_receiver_may_stand_on_the_intranet(self, address: str) -> None:
        assert address_problem(address, INTRANET) is None

    @pytest.mark.parametrize(
        "address", ["127.0.0.1", "169.254.169.254", "::1", "fe80::1", "224.0.0.1", "100.64.0.1"]
    )
    def test_but_never_on_this_machine_or_its_link(self, address: str) -> None:
        assert address_problem(address, INTRANET) is not None

    def test_the_embedded_default_reaches_this_machine_only(self) -> None:
        assert address_problem("127.0.0.1", EMBEDDED) is None
        assert address_problem("::1", EMBEDDED) is None
        assert address_problem("10.0.0.1", EMBEDDED) is not None


class TestWhatAnAnswerMeans:
    def test_a_receipt_delivers(self) -> None:
        judgement = judge(Answer(200, b'{"receipt_id": "R-1", "more": 1}'), NOW)
        assert (judgement.code, judgement.receipt_id) == ("ok", "R-1")

    @pytest.mark.parametrize(
        "body",
        [b"", b"ok", b"[]", b"{}", b'{"receipt_id": ""}', b'{"receipt_id": 7}', b'"R"', b"\xff",
         b'{"receipt_id": "' + b"x" * 201 + b'"}', b"[" * 30000],
    )  # fmt: skip
    def test_a_2xx_without_a_receipt_does_not(self, body: bytes) -> None:
        assert judge(Answer(204 if not body else 200, body), NOW).code == "receipt_missing"

    @pytest.mark.parametrize(
        ("status", "code"),
        [(301, "redirect_refused"), (307, "redirect_refused"), (400, "http_error"),
         (429, "busy"), (500, "http_error"), (410, "gone")],
    )  # fmt: skip
    def test_other_answers_have_their_names(self, status: int, code: str) -> None:
        judgement = judge(Answer(status, b'{"receipt_id": "R-1"}'), NOW)
        assert judgement.code == code
        assert judgement.stop == (status == 410)

    def test_the_time_asked_for_is_read_in_both_forms(self) -> None:
        assert judge(Answer(429, retry_after="120"), NOW).wait == 120
        assert judge(Answer(503, retry_after="Mon, 23 Nov 2026 01:02:00 GMT"), NOW).wait == 120
        assert judge(Answer(500, retry_after="120"), NOW).wait is None

    @given(st.text(max_size=40))
    def test_no_retry_after_makes_it_fall_over(self, header: str) -> None:
        wait = retry_after(header, NOW)
        assert wait is None or 0 <= wait <= 86400

    @given(st.binary(max_size=200), st.integers(100, 599))
    def test_only_a_2xx_can_deliver(self, body: bytes, status: int) -> None:
        judgement = judge(Answer(status, body), NOW)
        assert judgement.code != "ok" or 200 <= status < 300


class TestWhenToTryAgain:
    def test_each_try_has_its_wait_and_the_last_has_none(self) -> None:
        waits = [next_wait(SCHEDULE, n, asked=None, spread=0) for n in range(1, 5)]
        assert waits == [5.0, 300.0, 1800.0, None]

    @given(st.integers(1, 3), st.floats(0, 86400), st.floats(0, 0.999))
    def test_it_never_comes_back_before_it_was_asked_to(
        self, attempt: int, asked: float, spread: float
    ) -> None:
        wait = next_wait(SCHEDULE, attempt, asked=asked, spread=spread)
        assert wait is not None
        assert wait >= asked
        assert wait >= SCHEDULE[attempt - 1]

    def test_the_whole_schedule_spans_three_days(self) -> None:
        from inspections.results.subscribers import SCHEDULE as REAL

        assert len(REAL) == 9
        assert sum(REAL) > 72 * 3600
