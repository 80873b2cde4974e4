from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from fieldsvc.kernel import clock, ids, journal, outbox
from fieldsvc.kernel.journal import Committed
from inspections.dispatch import services
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.services.common import board_stream
from inspections.dispatch.states import VisitKind
from inspections.people.models import Staff
from inspections.people.selectors import actor_of_staff
from inspections.people.states import Role
from tests.inspections.cast import PASSWORD, Cast
from tests.inspections.dispatch.scene import (
    Crew,
    at,
    fresh,
    fresh_order,
    report,
    sent,
    visit,
)


class Browser:
    def __init__(self, staff: Staff) -> None:
        self.client = Client()
        answer = self.client.post(
            "/api/session",
            {"username": staff.username, "password": PASSWORD},
            content_type="application/json",
        )
        assert answer.status_code == 200

    def get(self, path: str) -> Any:
        return self.client.get(f"/api{path}")

    def send(self, path: str, body: object = None, *, method: str = "post", key: str = "") -> Any:
        headers = {"Idempotency-Key": key or str(ids.new())}
        call = getattr(self.client, method)
        return call(f"/api{path}", body or {}, content_type="application/json", headers=headers)


@pytest.fixture
def desk(crew: Crew) -> Browser:
    return Browser(crew.du)


@pytest.fixture
def phone(crew: Crew) -> Browser:
    return Browser(crew.chen)


class TestTheBoard:
    def test_it_shows_people_orders_visits_and_what_can_be_done(
        self, crew: Crew, desk: Browser
    ) -> None:
        waiting = visit(crew, skills=frozenset({"SIGN_LANGUAGE"}))
        order = sent(crew, visit(crew), crew.chen, at(10))
        shown = desk.get("/board?day=2026-11-23").json()
        assert shown["day"] == "2026-11-23"
        assert [one["name"] for one in shown["delegates"]] == ["陈代办", "刘代办"]
        chen = shown["delegates"][0]
        assert chen["shift"] == {"from": "2026-11-23T00:30:00Z", "until": "2026-11-23T09:30:00Z"}
        assert chen["break"]["minutes"] == 45
        assert {"code": "SIGN_LANGUAGE", "label": "手语"} in chen["skills"]
        assert chen["home"] == [117.85, 36.8]
        (shown_order,) = shown["orders"]
        assert (shown_order["visit"], shown_order["staff"]) == (
            str(order.visit_id),
            str(crew.chen.pk),
        )
        assert (shown_order["state_label"], shown_order["promised"]) == ("待接单", False)
        by_id = {one["id"]: one for one in shown["visits"]}
        assert by_id[str(waiting.pk)]["state_label"] == "待派单"
        assert by_id[str(waiting.pk)]["abilities"] == ["visit.move"]
        assert by_id[str(order.visit_id)]["abilities"] == ["visit.move", "visit.unassign"]
        assert shown["figures"]["placed"] == 1
        assert "13805331234" not in str(shown)

    def test_a_drag_is_checked_made_and_undone(self, crew: Crew, desk: Browser) -> None:
        wanted = visit(crew)
        to = {"visit": str(wanted.pk), "staff": str(crew.chen.pk), "starts_at": clock.iso(at(10))}
        checked = desk.send("/board/check", to).json()
        assert checked["ok"] is True
        assert {one["code"] for one in checked["findings"]} >= {"SKILL", "PROMISE", "REACH_NEXT"}
        moved = desk.send("/board/move", {**to, "version": wanted.version}).json()
        assert moved["version"] == fresh(wanted).version
        assert moved["board_version"] == 1
        stale = desk.send("/board/move", {**to, "version": wanted.version})
        assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
        undone = desk.send("/board/undo", {"day": "2026-11-23", "version": 1}).json()
        assert undone["order"] is None
        again = desk.send("/board/undo")
        assert (again.status_code, again.json()["code"]) == (409, "nothing_to_undo")

    def test_a_refused_drag_names_findings_and_places(self, crew: Crew, desk: Browser) -> None:
        signed = visit(crew, skills=frozenset({"SIGN_LANGUAGE"}))
        refused = desk.send(
            "/board/move",
            {
                "visit": str(signed.pk),
                "staff": str(crew.liu.pk),
                "starts_at": clock.iso(at(10)),
                "version": signed.version,
            },
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")
        assert len(refused.json()["fields"]["alternatives"]) == 3

    def test_a_plan_is_asked_for_read_compared_and_published(
        self, crew: Crew, desk: Browser
    ) -> None:
        wanted = visit(crew)
        asked = desk.send("/board/plans", {"day": "2026-11-23"}).json()
        assert asked["state"] == "WORKING"
        early = desk.send(f"/board/plans/{asked['id']}/publish", {"version": 0})
        assert (early.status_code, early.json()["code"]) == (409, "plan_not_ready")
        outbox.drain()
        made = desk.get(f"/board/plans/{asked['id']}").json()
        assert made["state"] == "DRAFT"
        assert made["assignments"][0]["visit"] == str(wanted.pk)
        same = desk.get(f"/board/plans/{asked['id']}/compare/{asked['id']}").json()
        assert same["moved"] == []
        row = desk.get("/board?day=2026-11-23").json()["plans"][0]
        assert row["figures"] == made["figures"]
        done = desk.send(f"/board/plans/{asked['id']}/publish", {"version": 0}).json()
        assert (done["state"], done["board_version"]) == ("PUBLISHED", 1)
        other = desk.send("/board/plans", {"day": "2026-11-24"}).json()
        outbox.drain()
        assert desk.send(f"/board/plans/{other['id']}/discard").json()["state"] == "DISCARDED"

    def test_the_learned_ways_can_be_read(self, desk: Browser) -> None:
        assert desk.get("/board/travel").json() == {
            "cell_degrees": 0.02,
            "samples": 0,
            "error_seconds": None,
            "default_error_seconds": None,
            "rows": [],
        }

    def test_a_screen_of_the_bureau_hears_of_board_and_visits(
        self, crew: Crew, django_capture_on_commit_callbacks: Any
    ) -> None:
        heard: list[Committed] = []
        # What the desk's feed hangs on: it tells everybody whose scope an entry has.
        listener = heard.extend
        journal.listen(listener)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                wanted = visit(crew)
                services.request_plan(crew.bureau.pk, at(9).date(), actor=crew.desk)
                services.note_absence(crew.bureau.pk, crew.chen.pk, at(9), at(10))
        finally:
            journal.unlisten(listener)
        assert {one.stream for one in heard} == {wanted.stream, board_stream(crew.bureau.pk)}
        assert {one.scope for one in heard} == {str(crew.bureau.pk)}


class TestTheDelegatesPhone:
    def test_the_day_names_the_door_and_the_people(self, crew: Crew, phone: Browser) -> None:
        order = sent(crew, visit(crew), crew.chen, at(10))
        sent(crew, visit(crew), crew.liu, at(10))
        day = phone.get("/field/day").json()
        assert day["me"]["name"] == "陈代办"
        (shown,) = day["orders"]
        assert shown["id"] == str(order.pk)
        assert shown["visit"]["contact_phone"] == "13805331234"
        assert shown["visit"]["door_note"] == "门铃坏了，请打电话"
        assert shown["delegation"] == str(order.visit.subject)
        assert shown["abilities"] == ["order.accept", "order.decline"]
        site = sent(crew, visit(crew, kind=VisitKind.INSPECTION), crew.chen, at(14))
        later = {one["id"]: one for one in phone.get("/field/day").json()["orders"]}
        assert later[str(site.pk)]["delegation"] is None

    def test_a_whole_visit_by_http(self, crew: Crew, phone: Browser) -> None:
        order = sent(crew, visit(crew), crew.chen, at(10))
        path = f"/field/orders/{order.pk}"
        said = {"version": order.version, "occurred_at": "2026-11-23T01:00:00Z"}
        said["version"] = phone.send(f"{path}/accept", said).json()["version"]
        departed = phone.send(f"{path}/depart", said).json()
        code = fresh_order(order).code
        assert departed["code_head"] == code[:3] and departed["code"] == ""
        said["version"] = departed["version"]
        wrong = phone.send(f"{path}/arrive", {**said, "code": "x", "place_denied": True})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "code_wrong")
        arrived = phone.send(f"{path}/arrive", {**said, "code": code, "place_denied": True}).json()
        assert (arrived["state"], arrived["code"]) == ("ARRIVED", code)
        said["version"] = arrived["version"]
        done = phone.send(f"{path}/finish", {**said, "summary": "办好了"}).json()
        assert done["state_label"] == "已办结"

    def test_the_same_step_sent_twice_is_taken_once(self, crew: Crew, phone: Browser) -> None:
        order = sent(crew, visit(crew), crew.chen, at(10))
        said = {"version": order.version, "occurred_at": "2026-11-23T01:00:00Z"}
        path = f"/field/orders/{order.pk}/accept"
        first = phone.send(path, said, key="one")
        second = phone.send(path, said, key="one")
        assert first.json() == second.json()
        other = phone.send(path, said, key="two")
        assert (other.status_code, other.json()["code"]) == (409, "order_changed")
        assert other.json()["fields"]["order"]["state"] == "ACCEPTED"

    def test_withdrawn_meanwhile_the_phone_is_told_what_it_is_now(
        self, crew: Crew, phone: Browser
    ) -> None:
        order = sent(crew, visit(crew), crew.chen, at(10))
        services.cancel_visit(order.visit_id, reason="WITHDRAWN", actor=crew.desk)
        said = {"version": order.version, "occurred_at": "2026-11-23T01:00:00Z"}
        answer = phone.send(f"/field/orders/{order.pk}/accept", said)
        assert answer.json()["fields"]["order"]["state_label"] == "已撤回"


class TestTheCalendar:
    def test_it_says_where_and_when_and_never_who(self, crew: Crew, phone: Browser) -> None:
        order = sent(crew, visit(crew), crew.chen, at(10))
        sent(crew, visit(crew), crew.liu, at(10))
        path = phone.send("/field/calendar-token").json()["path"]
        anybody = Client()
        answer = anybody.get(path)
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        calendar = Calendar.from_ical(answer.content)
        (event,) = calendar.walk("VEVENT")
        assert event.decoded("dtstart") == order.starts_at
        assert str(event["summary"]) == "帮办代办 · 社保卡补办"
        assert "青年路" in str(event["location"])
        assert str(event["status"]) == "TENTATIVE"
        text = answer.content.decode().replace("\r\n ", "")
        for private in ("李申请", "13805331234", "门铃"):
            assert private not in text
        me = actor_of_staff(crew.chen)
        services.accept(order.pk, report(order), actor=me)
        (changed,) = Calendar.from_ical(anybody.get(path).content).walk("VEVENT")
        assert (str(changed["uid"]), str(changed["status"])) == (str(event["uid"]), "CONFIRMED")
        assert changed.decoded("sequence") > event.decoded("sequence")

    def test_a_new_address_ends_the_old_one_and_it_can_be_revoked(
        self, crew: Crew, phone: Browser
    ) -> None:
        first = phone.send("/field/calendar-token").json()["path"]
        second = phone.send("/field/calendar-token").json()["path"]
        assert phone.get("/field/day").json()["calendar"] == {"issued": True}
        assert Client().get(first).status_code == 404
        assert Client().get(second).status_code == 200
        assert phone.send("/field/calendar-token", method="delete").status_code == 204
        assert Client().get(second).json()["code"] == "calendar_unknown"


class TestWhoMay:
    def test_only_dispatchers_and_heads_use_the_board(self, crew: Crew, cast: Cast) -> None:
        for staff, status in (
            (crew.du, 200),
            (cast.head, 200),
            (crew.chen, 403),
            (cast.wang, 403),
            (cast.auditor, 403),
        ):
            assert Browser(staff).get("/board").status_code == status

    def test_another_bureaus_visits_and_plans_do_not_exist(self, crew: Crew, cast: Cast) -> None:
        cast.zhao.roles = [Role.DISPATCHER.value]
        cast.zhao.save()
        stranger = Browser(cast.zhao)
        wanted = visit(crew)
        plan = services.request_plan(crew.bureau.pk, at(9).date(), actor=crew.desk)
        to = {
            "visit": str(wanted.pk),
            "staff": str(crew.chen.pk),
            "starts_at": clock.iso(at(10)),
            "version": 0,
        }
        assert stranger.get("/board").json()["visits"] == []
        assert stranger.send("/board/check", to).status_code == 404
        assert stranger.send("/board/move", to).status_code == 404
        gone = stranger.send("/board/unassign", {"visit": str(wanted.pk), "version": 0})
        assert gone.status_code == 404
        assert stranger.get(f"/board/plans/{plan.pk}").status_code == 404
        publish = stranger.send(f"/board/plans/{plan.pk}/publish", {"version": 0})
        assert publish.status_code == 404

    def test_only_the_one_sent_may_step(self, crew: Crew, cast: Cast, desk: Browser) -> None:
        order = sent(crew, visit(crew), crew.chen, at(10))
        said = {"version": order.version, "occurred_at": "2026-11-23T01:00:00Z"}
        path = f"/field/orders/{order.pk}/accept"
        assert Browser(crew.liu).send(path, said).status_code == 404
        assert desk.send(path, said).status_code == 403
        assert Client().get("/api/field/day").status_code == 401
        assert desk.get("/field/day").status_code == 403
        assert DispatchOrder.objects.get().state == "OFFERED"
