from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inspections.notices.rules import Facts, text, when
from inspections.notices.states import NoticeKind

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
FACTS = Facts(
    bureau="周村区行政审批服务局",
    bureau_phone="0533-6190000",
    case_number="KY-2026-000123",
    service_item="食品经营许可·餐饮服务",
    link="https://kanyan.example/j/#token",
    at=MONDAY,
    items=2,
    outcome="符合",
    until=MONDAY + timedelta(minutes=90),
    staff="欧阳建国",
)
VISIT = replace(FACTS, case_number="DB-2026-000123")


class TestWhatAMessageSays:
    @pytest.mark.parametrize("kind", NoticeKind)
    def test_it_is_signed_complete_and_short_enough(self, kind: NoticeKind) -> None:
        message = text(kind, FACTS)
        assert message.startswith("【周村区行政审批服务局】")
        assert message.endswith("电话0533-6190000。")
        assert "{" not in message
        assert len(message) <= 200
        assert (FACTS.link in message) == kind.has_link

    def test_it_gives_the_exact_date_because_it_is_read_later(self) -> None:
        assert when(MONDAY) == "11月23日（周一）15:30"
        assert "11月23日（周一）15:30" in text(NoticeKind.APPOINTMENT, FACTS)

    def test_a_site_visit_costs_the_applicant_nothing(self) -> None:
        message = text(NoticeKind.ON_SITE, FACTS)
        assert "不收费" in message
        assert "不延长法定办理时限" in message


class TestWhatAMessageOfADelegationSays:
    @pytest.mark.parametrize(
        "kind",
        [
            NoticeKind.REGISTERED,
            NoticeKind.SUSPENDED,
            NoticeKind.TERMINATED,
            NoticeKind.REVOKED,
            NoticeKind.SITE_DEPARTED,
            NoticeKind.SITE_PROMISED,
        ],
    )
    def test_without_a_link_it_is_one_sms(self, kind: NoticeKind) -> None:
        assert len(text(kind, VISIT)) <= 70, text(kind, VISIT)

    @pytest.mark.parametrize(
        "kind",
        [NoticeKind.PROMISED, NoticeKind.DEPARTED, NoticeKind.DELIVERED, NoticeKind.VISIT_LINK],
    )
    def test_with_a_link_the_words_alone_are_one_sms(self, kind: NoticeKind) -> None:
        assert len(text(kind, VISIT)) - len(VISIT.link) <= 70, text(kind, VISIT)

    def test_a_registration_promises_the_call_or_says_that_the_time_will_be_told(self) -> None:
        assert "11月23日（周一）15:30前回电" in text(NoticeKind.REGISTERED, VISIT)
        none = replace(VISIT, at=None, until=None)
        assert "上门时间短信告知" in text(NoticeKind.REGISTERED, none)

    def test_a_window_names_its_day_once(self) -> None:
        assert "11月23日（周一）15:30-17:00上门" in text(NoticeKind.PROMISED, VISIT)
        late = replace(VISIT, until=MONDAY + timedelta(hours=20))
        assert "15:30-11月24日（周二）11:30" in text(NoticeKind.PROMISED, late)

    def test_who_comes_is_the_only_name(self) -> None:
        assert "代办专员欧阳建国已出发，约15:30到" in text(NoticeKind.DEPARTED, VISIT)
        for kind in set(NoticeKind) - {NoticeKind.DEPARTED, NoticeKind.SITE_DEPARTED}:
            assert "欧阳建国" not in text(kind, VISIT)
