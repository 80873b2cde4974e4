from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fieldsvc.kernel import hashing, ids
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import Actor
from inspections.delegation import services
from inspections.delegation.models import Delegation, HandOver, IntakeAttempt, VisitFile
from inspections.people import services as people
from inspections.people.services import Addressee
from inspections.people.states import LinkPurpose
from tests.contracts.visits.world import picture
from tests.inspections.cast import Cast
from tests.inspections.delegation.scene import PLACE, Scene, scene
from tests.inspections.dispatch.scene import Crew
from tests.inspections.inspection.web import Browser, as_staff

WISH: dict[str, Any] = {
    "phone": "138-0533-1234",
    "contact_name": "李申请",
    "applicant_name": "李申请",
    "channel": "HOTLINE",
    "items": ["SBK"],
    "address": "周村区青年路 12 号 3 单元 201",
    "longitude": PLACE[0],
    "latitude": PLACE[1],
    "needs": ["ELDERLY"],
    "wish": "社保卡丢了",
    "window": None,
}


@pytest.fixture
def desk(crew: Crew) -> Browser:
    return as_staff(crew.du)


def as_applicant(delegation: Delegation) -> Browser:
    browser = Browser("join")
    to = Addressee(delegation.pk, delegation.stream, delegation.number, delegation.phone)
    token = people.issue_link(
        delegation.bureau_id, to, actor=_system(delegation), purpose=LinkPurpose.VISIT
    )
    opened = browser.send("POST", "/join/open", {"token": token})
    assert opened.status_code == 200, opened.content
    return browser


def _system(delegation: Delegation) -> Actor:
    return Actor("system", "system", str(delegation.bureau_id))


class TestTheDesk:
    def test_a_call_is_taken_down_in_one_request(self, desk: Browser) -> None:
        query = f"items=SBK&longitude={PLACE[0]}&latitude={PLACE[1]}&needs=ELDERLY"
        window = desk.get(f"/delegations/windows?{query}").json()["windows"][0]
        wanted = {"from": window["from"], "until": window["until"]}
        answer = desk.send("POST", "/delegations", {**WISH, "window": wanted})
        assert answer.status_code == 201, answer.content
        made = answer.json()
        assert made["number"] == "DB-2026-000001"
        assert made["window"]["from"] == window["from"]
        assert made["visit"]["promised_from"] == window["from"]
        assert made["items"][0]["materials"]
        assert [one["kind"] for one in made["clocks"]] == ["RESPONSE", "COMPLETION"]
        assert "delegation.accept" in made["abilities"]

    def test_the_same_key_gives_the_same_delegation(self, desk: Browser) -> None:
        key = {"idempotency-key": str(ids.new())}
        first, second = (
            desk.http.post("/api/delegations", WISH, content_type="application/json", headers=key)
            for _ in range(2)
        )
        assert first.json()["id"] == second.json()["id"]
        assert Delegation.objects.count() == 1

    def test_a_wrong_field_is_named_in_chinese(self, desk: Browser) -> None:
        answer = desk.send("POST", "/delegations", {**WISH, "phone": "12"})
        assert answer.status_code == 422
        assert "手机" in answer.json()["fields"]["errors"]["phone"]
        nobody = desk.send("POST", "/delegations", {**WISH, "channel": "FAX"})
        assert nobody.status_code == 422

    def test_a_list_masks_names_phones_and_doors(self, desk: Browser, story: Scene) -> None:
        [row] = desk.get("/delegations").json()["items"]
        assert row["applicant_name"] == "李**"
        assert row["phone"] == "138****1234"
        assert "201" not in row["address"]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("q=DB-2026-000001", 1),
            ("q=13805331234", 1),
            ("q=李申", 1),
            ("q=13999999999", 0),
            ("state=REGISTERED&item=SBK&channel=HOTLINE", 1),
            ("state=ACCEPTED", 0),
            ("item=SB", 0),
            ("from=2026-11-23T00:00:00Z&to=2026-11-23T02:00:00Z", 1),
            ("from=2026-11-23T02:00:00Z", 0),
            ("page=2", 0),
        ],
    )
    def test_a_list_is_narrowed(self, desk: Browser, story: Scene, query: str, count: int) -> None:
        assert len(desk.get(f"/delegations?{query}").json()["items"]) == count

    def test_what_is_there_already_is_shown_before_it_is_doubled(
        self, desk: Browser, story: Scene
    ) -> None:
        body = {"phone": "138 0533 1234", "items": ["SBK"]}
        [known] = desk.send("POST", "/delegations/duplicates", body).json()["existing"]
        assert known["number"] == story.delegation.number
        assert known["items"][0]["code"] == "SBK"

    def test_an_old_version_is_refused(self, desk: Browser, story: Scene) -> None:
        path = f"/delegations/{story.delegation.pk}/accept"
        assert desk.send("POST", path, {"version": 99}).json()["code"] == "stale_version"

    def test_it_is_brought_to_its_end(self, desk: Browser, crew: Crew) -> None:
        story = scene(crew)
        path = f"/delegations/{story.delegation.pk}"
        story.handle()
        phone = as_staff(crew.chen)
        for step in desk.get(path).json()["items"][0]["steps"]:
            body = {"version": step["version"], "occurred_at": "2026-11-23T01:00:00Z"}
            done = phone.send("POST", f"/field{path}/steps/{step['id']}", body)
            assert done.json()["state"] == "DONE", done.content
        for verb, state in (
            ("deliver", "DELIVERED"),
            ("archive", "ARCHIVED"),
            ("report", "REPORTED"),
        ):
            answer = desk.send("POST", f"{path}/{verb}", {"version": story.version})
            assert answer.json()["state"] == state, answer.content


class TestThePhone:
    @pytest.fixture
    def at_the_door(self, crew: Crew) -> Scene:
        story = scene(crew)
        story.handle()
        return story

    def test_the_day_is_handed_out_whole(self, at_the_door: Scene) -> None:
        pack = as_staff(at_the_door.crew.chen).get("/field/pack?day=2026-11-23").json()
        [stop] = pack["stops"]
        assert stop["order"]["visit"]["contact_phone"] == "13805331234"
        assert stop["delegation"]["mandate"]["state"] == "SIGNED"
        assert stop["delegation"]["items"][0]["steps"]
        assert stop["order"]["state"] == "ARRIVED"
        assert as_staff(at_the_door.crew.liu).get("/field/pack").json()["stops"] == []

    def test_a_file_gets_a_receipt_and_the_same_file_the_same(self, at_the_door: Scene) -> None:
        phone, data = as_staff(at_the_door.crew.chen), picture()
        first, second = (send_file(phone, at_the_door, data) for _ in range(2))
        assert first == second
        assert first["sha256"] == hashing.sha256_hex(data)
        assert len(first["sm3"]) == 64
        entry = at_the_door.entries("evidence.admitted")[0]
        assert (first["number"], first["head"]) == (entry.number, entry.digest)
        assert VisitFile.objects.count() == 1
        desk = as_staff(at_the_door.crew.du)
        shown = desk.get(f"/delegations/{at_the_door.delegation.pk}").json()["files"]
        assert shown[0]["number"] == first["number"]
        content = desk.http.get(shown[0]["url"])
        assert b"".join(content.streaming_content) == data  # type: ignore[attr-defined]

    def test_a_hand_over_has_its_own_receipt(self, at_the_door: Scene) -> None:
        phone = as_staff(at_the_door.crew.chen)
        path = f"/field/delegations/{at_the_door.delegation.pk}/hand-overs"
        body = {
            "id": str(ids.new()),
            "direction": "RECEIVED",
            "title": "居民户口簿",
            "original": True,
            "occurred_at": "2026-11-23T00:50:00Z",
        }
        first, second = (phone.send("POST", path, body) for _ in range(2))
        assert first.status_code == 201
        assert first.json() == second.json()
        assert HandOver.objects.count() == 1
        other = phone.send("POST", path, {**body, "title": "结婚证"})
        assert other.json()["code"] == "hand_over_differs"


class TestTheApplicantsPage:
    def test_it_says_who_comes_and_shows_the_digits_once_somebody_is_on_the_way(
        self, story: Scene
    ) -> None:
        page = as_applicant(story.delegation)
        before = page.get("/join/visit").json()
        assert before["delegate"] is None
        assert before["code"] is None
        story.accept()
        story.send()
        promised = page.get("/join/visit").json()
        assert promised["delegate"]["name"] == "陈代办"
        assert promised["delegate"]["phone"] == "139****0000"
        assert promised["code"] is None
        story.arrive()
        after = page.get("/join/visit").json()
        assert len(after["code"]) == 6
        assert after["code"] in after["qr"]
        assert after["order_state"] == "ARRIVED"

    def test_wrong_digits_warn_and_a_report_needs_no_state(self, story: Scene) -> None:
        page = as_applicant(story.delegation)
        early = page.send("POST", "/join/visit/confirm-arrival", {"code": "123456"})
        assert early.json()["code"] == "visit_not_coming"
        story.accept()
        story.send()
        story.arrive()
        body = {"kind": "OTHER_PERSON", "text": "来的人没有工作证"}
        assert page.send("POST", "/join/visit/report", body).status_code == 204
        [entry] = story.entries("door.report_made")
        assert entry.data["kind"] == "OTHER_PERSON"
        assert entry.data["staff"] == str(story.crew.chen.pk)
        assert "工作证" not in bytes(entry.body).decode()

    def test_the_applicant_takes_the_mandate_back(self, story: Scene) -> None:
        page = as_applicant(story.delegation)
        story.handle()
        answer = page.send("POST", "/join/visit/revoke-mandate", {"reason": "不想办了"})
        assert answer.json()["mandate"]["state"] == "REVOKED"
        assert answer.json()["state"] == "SUSPENDED"


class TestThePublicForm:
    def test_anybody_may_ask_and_reads_no_personal_value(self, crew: Crew, cast: Cast) -> None:
        form = Browser("join")
        wish = {name: value for name, value in WISH.items() if name not in {"channel", "window"}}
        path = f"/public/{cast.bureau.code}/delegations"
        answer = form.send("POST", path, wish)
        assert answer.status_code == 201, answer.content
        assert answer.json()["number"] == "DB-2026-000001"
        assert "李申请" not in answer.content.decode()
        assert Delegation.objects.get().channel == "WEB"
        assert form.send("POST", path, wish).json()["code"] == "possible_duplicate"
        assert form.send("POST", "/public/000000/delegations", wish).status_code == 404

    def test_a_forged_address_is_counted_with_the_others(self, crew: Crew, cast: Cast) -> None:
        form = Browser("join")
        for number in range(3):
            answer = form.http.post(
                f"/api/public/{cast.bureau.code}/delegations",
                {"phone": "12"},
                content_type="application/json",
                headers={
                    "idempotency-key": str(ids.new()),
                    "x-forwarded-for": f"198.51.100.{number}",
                },
            )
            assert answer.status_code == 422
        assert IntakeAttempt.objects.count() == 3
        assert IntakeAttempt.objects.values("address_digest").distinct().count() == 1


def send_file(phone: Browser, story: Scene, data: bytes, **fields: str) -> dict[str, Any]:
    form = {
        "file": SimpleUploadedFile("a.jpg", data, "image/jpeg"),
        "sha256": hashing.sha256_hex(data),
        "purpose": "MATERIAL",
        "item": "SBK",
        "material": "ID_CARD",
        **fields,
    }
    answer = phone.http.post(
        f"/api/field/delegations/{story.delegation.pk}/files",
        form,
        headers={"idempotency-key": str(ids.new())},
    )
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_an_overdue_delegation_is_marked_in_the_list(
    story: Scene, desk: Browser, standing_clock: FixedClock
) -> None:
    standing_clock.advance(timedelta(days=30))
    [row] = as_staff(story.crew.du).get("/delegations").json()["items"]
    assert row["overdue"]
    services.escalate_due()
    assert story.now.completion_level == 100
