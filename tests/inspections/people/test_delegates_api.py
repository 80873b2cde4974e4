"""The desk's people page, the public roster, and the photo."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from fieldsvc.kernel import clock, ids
from fieldsvc.kernel.clock import FixedClock
from inspections.people import selectors, services
from inspections.people.services import NewProfile, NewTeam
from inspections.people.states import ResponsibilityLevel, Skill
from tests.contracts.visits.who import Who
from tests.inspections.cast import PHONE, Cast
from tests.inspections.inspection.web import Browser, as_staff
from tests.inspections.people.callers import Callers, callers, photo

SQUARE = [[117.8, 36.8], [117.9, 36.8], [117.9, 36.9], [117.8, 36.9]]


@pytest.fixture
def world(cast: Cast, standing_clock: FixedClock) -> Callers:
    return callers(cast)


@pytest.fixture
def head(world: Callers) -> Browser:
    return as_staff(world.staff[Who.HEAD])


def upload(browser: Browser, path: str, data: bytes) -> int:
    file = SimpleUploadedFile("photo.jpg", data, "image/jpeg")
    headers = {"idempotency-key": str(ids.new())}
    return browser.http.post(f"/api{path}", {"file": file}, headers=headers).status_code


def delegate(browser: Browser, world: Callers, who: Who = Who.DELEGATE):  # type: ignore[no-untyped-def]
    items = browser.get("/people/delegates").json()["items"]
    return next(one for one in items if one["id"] == str(world.staff[who].pk))


class TestThePeoplePage:
    def test_shows_everything_of_a_delegate_but_the_phone(
        self, world: Callers, head: Browser
    ) -> None:
        found = delegate(head, world)
        assert found["phone_masked"] == "138****1234"
        assert PHONE not in head.get("/people/delegates").content.decode()
        assert found["absences"][0]["reason_label"] == "事假"
        assert found["lacks"] == ["没有班次，暂不能派单"]
        assert found["abilities"] == ["edit", "report_absence"]

    def test_a_change_takes_the_place_of_what_was_sent_and_leaves_the_rest(
        self, world: Callers, head: Browser
    ) -> None:
        path = f"/people/delegates/{world.staff[Who.DELEGATE].pk}"
        area = head.send("PUT", "/people/areas/N", {"title": "城北", "polygon": SQUARE}).json()
        shifts = [{"weekday": 1, "starts": 480, "ends": 1050}]
        body = {
            "version": 0,
            "skills": [{"code": "TAX", "valid_until": "2026-12-31"}],
            "shifts": shifts,
            "area_ids": [area["id"]],
        }
        assert head.send("PUT", path, body).status_code == 200
        head.send("PUT", path, {"version": 1, "skills": [{"code": "DIALECT"}]})
        found = delegate(head, world)
        assert [one["label"] for one in found["skills"]] == ["方言"]
        assert found["areas"] == [{"id": area["id"], "title": "城北"}]
        assert found["shifts"][0]["ends"] == 1050
        assert found["lacks"] == []

    def test_a_change_that_is_refused_in_one_part_changes_nothing(
        self, world: Callers, head: Browser
    ) -> None:
        path = f"/people/delegates/{world.staff[Who.DELEGATE].pk}"
        body = {
            "version": 0,
            "skills": [{"code": "TAX"}],
            "shifts": [{"weekday": 1, "starts": 1050, "ends": 480}],
        }
        answer = head.send("PUT", path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "shift_refused")
        found = delegate(head, world)
        assert (found["skills"], found["version"]) == ([], 0)

    def test_who_saves_over_a_colleague_is_told_first(self, world: Callers, head: Browser) -> None:
        path = f"/people/delegates/{world.staff[Who.DELEGATE].pk}"
        read = delegate(head, world)["version"]
        saved = head.send("PUT", path, {"version": read, "skills": [{"code": "TAX"}]})
        assert saved.json()["version"] == read + 1
        late = head.send("PUT", path, {"version": read, "skills": []})
        assert (late.status_code, late.json()["code"]) == (409, "stale_version")
        assert late.json()["fields"] == {"version": read + 1}
        assert [one["code"] for one in delegate(head, world)["skills"]] == ["TAX"]
        assert head.send("PUT", path, {"skills": []}).status_code == 422

    def test_a_delegate_reports_sick_and_comes_back(self, world: Callers) -> None:
        staff = world.staff[Who.DELEGATE]
        browser = as_staff(staff)
        since = clock.now()
        body = {
            "starts_at": clock.iso(since),
            "ends_at": clock.iso(since + timedelta(hours=9)),
            "reason": "SICK",
        }
        made = browser.send("POST", f"/people/delegates/{staff.pk}/absences", body)
        assert made.json()["reason_label"] == "病假"
        gone = browser.send("DELETE", f"/people/absences/{made.json()['id']}")
        assert gone.status_code == 204

    def test_areas_and_responsibility_are_listed(self, world: Callers, head: Browser) -> None:
        head.send("PUT", "/people/areas/N", {"title": "城北", "polygon": SQUARE})
        area = head.get("/people/areas").json()["items"][0]
        assert (area["code"], len(area["polygon"])) == ("N", 4)
        staff = world.staff[Who.DELEGATE]
        body = {"level": "OFFICER", "title": "城北片区"}
        levels = head.send("PUT", f"/people/responsibility/{staff.pk}", body).json()["levels"]
        labels = [one["label"] for one in levels]
        assert labels == ["包联领导", "产业链专班", "责任科室", "包联专员"]
        assert levels[3]["items"][0]["staff"]["name"] == staff.name


class TestThePhoto:
    def test_is_kept_small_and_bare(self, world: Callers, head: Browser) -> None:
        path = f"/people/delegates/{world.staff[Who.DELEGATE].pk}/photo"
        assert upload(head, path, photo((1600, 900), "JPEG")) == 204
        answer = Client().get(f"/api/public/delegates/{world.staff[Who.DELEGATE].pk}/photo")
        with Image.open(BytesIO(answer.content)) as kept:
            assert (kept.format, max(kept.size), dict(kept.getexif())) == ("JPEG", 512, {})
        assert answer["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(
        "data",
        [b"<svg onload=alert(1)>", photo()[:-30], photo((7000, 7000)), b""],
        ids=["no picture", "truncated", "too many pixels", "empty"],
    )
    def test_must_be_a_whole_picture(self, world: Callers, head: Browser, data: bytes) -> None:
        path = f"/people/delegates/{world.staff[Who.DELEGATE].pk}/photo"
        assert upload(head, path, data) == 422

    def test_of_somebody_who_is_not_public_is_for_the_bureau_only(self, world: Callers) -> None:
        staff = world.staff[Who.DELEGATE]
        services.set_profile(
            staff,
            NewProfile(is_public=False),
            actor=selectors.actor_of_staff(world.staff[Who.HEAD]),
        )
        card = selectors.delegate_card(staff.pk)
        assert card.photo_url == f"/api/people/delegates/{staff.pk}/photo"
        assert Client().get(f"/api/public/delegates/{staff.pk}/photo").status_code == 404
        assert Client().get(card.photo_url).status_code == 401
        assert world.client(Who.APPLICANT).get(card.photo_url).status_code == 200
        assert world.client(Who.STRANGER).get(card.photo_url).status_code == 404


class TestThePublicRoster:
    def test_shows_those_who_agreed_and_nothing_personal(self, world: Callers) -> None:
        actor = selectors.actor_of_staff(world.staff[Who.HEAD])
        staff = world.staff[Who.DELEGATE]
        services.hold_skill(staff, Skill.SIGN_LANGUAGE, actor=actor)
        answer = Client().get("/api/public/370306/roster")
        body = answer.json()
        assert body["bureau"] == {"name": "周村区行政审批服务局", "phone": "0533-6190000"}
        assert [one["id"] for one in body["delegates"]] == [str(staff.pk)]
        assert body["delegates"][0]["skills"] == ["手语"]
        assert set(body["delegates"][0]) == {
            *("id", "name", "badge_number", "unit", "photo_url"),
            *("skills", "areas", "introduction"),
        }
        assert PHONE not in answer.content.decode() and "138****" not in answer.content.decode()

    def test_names_those_who_answer_only_if_they_agreed(self, world: Callers) -> None:
        head, shown = world.staff[Who.HEAD], world.staff[Who.DELEGATE]
        actor = selectors.actor_of_staff(head)
        for staff, level in (
            (head, ResponsibilityLevel.LEADER),
            (shown, ResponsibilityLevel.OFFICER),
        ):
            services.set_responsibility(level, "城北", staff, actor=actor)
        team = NewTeam("法律专家", "疑难答复", [head, shown])
        services.set_expert_team(world.cast.bureau, team, actor=actor)
        body = Client().get("/api/public/370306/roster").json()
        names = [one["name"] for level in body["responsibility"] for one in level["items"]]
        assert names == [None, shown.name]
        assert body["expert_teams"][0]["members"] == [shown.name]

    def test_of_an_unknown_bureau_is_not_found(self, db: None) -> None:
        assert Client().get("/api/public/999999/roster").status_code == 404
