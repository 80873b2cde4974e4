from datetime import UTC, datetime

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
)


class TestWhatAMessageSays:
    @pytest.mark.parametrize("kind", NoticeKind)
    def test_it_is_signed_complete_and_short_enough(self, kind: NoticeKind) -> None:
        message = text(kind, FACTS)
        assert message.startswith("【周村区行政审批服务局】")
        assert message.endswith("咨询电话0533-6190000。")
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
