"""What the applicant of a delegation is told, once for each fact."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from fieldsvc.kernel import clock, journal, outbox
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import JournalEntry
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.notices import services
from inspections.notices.models import Notice
from inspections.notices.states import NoticeKind
from inspections.people.models import Link
from tests.inspections.cast import PHONE, Cast
from tests.inspections.notices.test_sending import Phone, token_of
from tests.inspections.reports.scene_papers import Papers


@pytest.fixture
def scene(cast: Cast, standing_clock: FixedClock) -> Papers:
    found = Papers(cast)
    found.register()
    return found


def departed(scene: Papers, *, late: timedelta = timedelta()) -> JournalEntry:
    """An order that set out; the rows of dispatch are written by hand."""
    now = clock.now()
    visit = Visit.objects.create(
        bureau=scene.cast.bureau,
        stream=scene.delegation.stream,
        subject=scene.delegation.pk,
        kind="DELEGATION",
        title="个体工商户登记",
        longitude=117.8,
        latitude=36.8,
        minutes=30,
        window_from=now,
        window_until=now + timedelta(hours=2),
        requested_at=now,
    )
    order = DispatchOrder.objects.create(
        visit=visit,
        staff=scene.delegate,
        starts_at=now + timedelta(minutes=20) - late,
        ends_at=now + timedelta(minutes=60),
        travel_seconds=900,
        offered_at=now,
    )
    return scene.tell(
        "order.departed",
        visit=str(visit.pk),
        kind="DELEGATION",
        subject=str(scene.delegation.pk),
        order=str(order.pk),
        staff=str(scene.delegate.pk),
        starts_at=clock.iso(order.starts_at),
    )


def notices(scene: Papers) -> list[str]:
    """The kinds of all messages, after everything due has run."""
    outbox.drain()
    return list(Notice.objects.order_by("entry").values_list("kind", flat=True))


class TestTheMessages:
    def test_a_registration_is_told_once_however_often_it_is_replayed(self, scene: Papers) -> None:
        phone = Phone()
        entry = journal.entries(scene.delegation.stream).get(kind="delegation.registered")
        for _ in range(3):
            services.send(NoticeKind.REGISTERED, entry, phone)
        ((number, text, _),) = phone.got
        assert number == PHONE
        assert "代办DB-2026-000001已登记，11月23日（周一）9:30前回电" in text
        kinds = [one.kind for one in journal.entries(scene.delegation.stream)]
        assert kinds.count("notice.sent") == 1

    def test_a_departure_names_who_comes_and_its_link_opens_the_visit(
        self, scene: Papers, client: Client
    ) -> None:
        phone = Phone()
        services.send(NoticeKind.DEPARTED, departed(scene), phone)
        text = phone.got[0][1]
        assert "代办专员周代办已出发，约9:20到" in text
        for private in ("李申请", "大街 12 号", PHONE):
            assert private not in text
        answer = client.post(
            "/api/join/open", {"token": token_of(text)}, content_type="application/json"
        )
        assert answer.status_code == 200 and answer.json()["purpose"] == "VISIT"

    def test_who_starts_late_is_announced_for_when_they_can_be_there(self, scene: Papers) -> None:
        phone = Phone()
        services.send(NoticeKind.DEPARTED, departed(scene, late=timedelta(hours=1)), phone)
        assert "约9:15到" in phone.got[0][1]

    def test_a_promise_tells_the_window_and_a_delivery_asks_for_a_rating(
        self, scene: Papers
    ) -> None:
        phone, now = Phone(), clock.now()
        promised = scene.tell(
            "visit.promised",
            kind="DELEGATION",
            **{"from": clock.iso(now), "until": clock.iso(now + timedelta(minutes=90))},
        )
        services.send(NoticeKind.PROMISED, promised, phone)
        services.send(NoticeKind.DELIVERED, scene.tell("delegation.delivered"), phone)
        assert "11月23日（周一）9:00-10:30上门" in phone.got[0][1]
        assert "请您评价" in phone.got[1][1]
        assert list(Link.objects.order_by("issued_at", "pk").values_list("purpose", flat=True)) == [
            "VISIT",
            "RATING",
        ]

    def test_neither_chain_nor_table_knows_phone_text_or_token(self, scene: Papers) -> None:
        phone = Phone()
        services.send(NoticeKind.DEPARTED, departed(scene), phone)
        written = b"".join(
            bytes(entry.body) for entry in journal.entries(scene.delegation.stream)
        ).decode()
        kept = written + str(list(Notice.objects.values())) + str(list(Link.objects.values()))
        assert PHONE not in kept and token_of(phone.got[0][1]) not in kept
        assert Notice.objects.get().sent_to == "138****1234"


class TestWhichFactCallsForOne:
    def test_each_fact_of_the_course_has_its_message(self, scene: Papers) -> None:
        departed(scene)
        scene.tell("delegation.suspended", reason="等材料", cause="REQUESTED")
        scene.tell("delegation.terminated", reason="不办了")
        assert notices(scene) == ["REGISTERED", "DEPARTED", "SUSPENDED", "TERMINATED"]

    def test_a_revocation_is_one_message_though_it_suspends(self, scene: Papers) -> None:
        mandate = scene.draft()
        scene.tell("mandate.revoked", mandate=str(mandate.pk), cause="REVOKED")
        scene.tell("delegation.suspended", cause="MANDATE_REVOKED")
        assert notices(scene) == ["REGISTERED", "REVOKED"]

    @pytest.mark.parametrize("cause", ["REPLACED", "TERMINATED"])
    def test_a_mandate_that_ended_with_something_else_has_none_of_its_own(
        self, scene: Papers, cause: str
    ) -> None:
        mandate = scene.draft()
        scene.tell("mandate.revoked", mandate=str(mandate.pk), cause=cause)
        assert notices(scene) == ["REGISTERED"]

    def test_a_wish_for_a_new_link_is_met_for_its_purpose(
        self, scene: Papers, client: Client
    ) -> None:
        phone = Phone()
        services.send(NoticeKind.DEPARTED, departed(scene), phone)
        client.post(
            "/api/join/resend",
            {"token": token_of(phone.got[0][1])},
            content_type="application/json",
        )
        assert "VISIT_LINK" in notices(scene)
        assert Link.objects.latest("issued_at").purpose == "VISIT"
        assert re.fullmatch(r"[0-9a-f]{64}", Link.objects.latest("issued_at").token_digest)
