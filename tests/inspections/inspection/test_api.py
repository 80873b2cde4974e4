"""The applicant's page and the desk over HTTP."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from fieldsvc.kernel import clock, hashing, journal, outbox
from inspections.catalog import selectors as catalog
from inspections.inspection.models import Inspection
from inspections.people.models import Staff
from inspections.signing import selectors as signing
from inspections.signing.models import SigningCode
from tests.inspections.inspection.scene import Scene
from tests.inspections.inspection.web import Browser, as_applicant, as_staff
from tests.inspections.pictures import picture_bytes
from tests.inspections.signing.hand import drawing
from tests.support.keys import DeviceKey

pytestmark = pytest.mark.django_db


def strokes(seed: int) -> dict[str, object]:
    drawn = drawing(seed)
    return {
        "strokes": [
            [{"x": p.x, "y": p.y, "t": p.t, "p": p.p} for p in line] for line in drawn.strokes
        ],
        "width": drawn.width,
        "height": drawn.height,
        "will": True,
    }


def key_signature(side: Browser, mine: dict[str, Any]) -> str | None:
    """Everything that comes before the handwriting where a certified signature is asked for."""
    if mine["assurance"] != "CERTIFIED":
        return None
    url, code = f"/signatures/{mine['id']}", None
    found = side.get(url).json()
    if found["code"]["needed"]:
        pages = [{"page": page, "ms": 900} for page in range(1, found["pages"] + 1)]
        read = side.send("POST", f"{url}/read", {"pages": pages}).json()
        assert read["read"] == {"needed": True, "pages": list(range(1, len(pages) + 1))} | {
            "complete": True
        }
        assert side.send("POST", f"{url}/code").json()["code"]["sent_to"] == "138****1234"
        code = signing.digits_of(SigningCode.objects.latest("sent_at"))
    key = DeviceKey()
    claim = {
        "code": code,
        "consent_sha256": found["consent"]["sha256"],
        "certificate_request": key.request_text(mine["id"]),
    }
    known = side.send("POST", f"{url}/identify", claim).json()
    assert known["key"] == "device" and side.get(url).json()["identified"]
    return key.sign_text(known["attributes"])


def step(browser: Browser) -> str:
    return str(browser.get("/join/state").json()["step"])


def test_the_applicants_page_goes_from_step_to_step(scene: Scene) -> None:
    inspection = scene.book()
    page = as_applicant(scene.case)
    state = page.get("/join/state").json()
    assert state["step"] == "PRE_SURVEY"
    assert len(state["template"]["items"]) == 16
    assert [one["badge_number"] for one in state["inspectors"]]

    saved = page.send("PUT", "/join/pre-survey/CY01", {"self_result": "YES", "note": "门头已换"})
    assert saved.json()["pre_survey"]["items"]["CY01"]["self_result"] == "YES"
    photo = page.upload(picture_bytes(gps=True), purpose="PRE_SURVEY", item="CY01")
    assert photo.status_code == 200, photo.content
    page.send("POST", "/join/pre-survey")
    assert step(page) == "PREPARING"

    early = page.send("POST", "/join/ticket")
    assert early.json()["code"] == "consent_needed"
    scene.come_on_time()
    assert step(page) == "CONSENT"
    text = catalog.current_consent()
    wrong = page.send("POST", "/join/consent", {"accepted": True, "sha256": "0" * 64})
    assert wrong.json()["code"] == "consent_text_changed"
    page.send(
        "POST",
        "/join/consent",
        {"accepted": True, "sha256": text.sha256, "location_accepted": True},
    )
    assert step(page) == "LOBBY"
    place = {"longitude": 117.85, "latitude": 36.8, "accuracy_m": 12}
    assert page.send("PUT", "/join/place", place).status_code == 204
    ticket = page.send("POST", "/join/ticket").json()
    assert ticket["url"] == "/ws/room" and ticket["ticket"]
    assert inspection.number == "YKY-2026-000001"


def test_a_photo_is_shown_drawn_anew_and_its_original_only_to_keep(scene: Scene) -> None:
    inspection = scene.book()
    page = as_applicant(scene.case)
    photo = page.upload(picture_bytes(gps=True), purpose="PRE_SURVEY", item="CY01")
    thumbnail = page.http.get(photo.json()["url"])
    assert thumbnail.status_code == 200 and thumbnail["Content-Type"] == "image/jpeg"
    assert thumbnail.getvalue().startswith(b"\xff\xd8")
    view = page.http.get(photo.json()["view_url"])
    assert view["Content-Disposition"].startswith("inline") and b"Exif" not in view.content
    original = page.http.get(photo.json()["original_url"])
    assert original["Content-Disposition"].startswith("attachment")
    assert "sandbox" in original["Content-Security-Policy"]
    assert hashing.sha256_hex(original.getvalue()) == photo.json()["sha256"]
    looks = journal.entries(f"custody:{inspection.dossier_id}").filter(kind="evidence.viewed")
    assert [entry.data["form"] for entry in looks] == ["view", "original"]
    stamped = page.http.get(photo.json()["stamped_url"])
    assert stamped.status_code == 200, stamped.content
    with Image.open(BytesIO(stamped.content)) as copy:
        assert photo.json()["sha256"] in copy.info["comment"].decode()
        assert copy.width == 640 and copy.height > 480 and not copy.getexif()


def test_a_ticket_before_the_room_opens_says_when_it_does(scene: Scene) -> None:
    scene.book()
    scene.consent()
    answer = as_applicant(scene.case).send("POST", "/join/ticket")
    assert answer.status_code == 409
    body = answer.json()
    assert body["code"] == "too_early"
    assert body["fields"]["room_opens_at"] > clock.iso(clock.now())


def judge_all(desk: Browser, url: str) -> None:
    for item in desk.get(url).json()["items"]:
        body = {"result": "CONFORMING", "version": 0}
        answer = desk.send("PUT", f"{url}/findings/{item['code']}", body)
        assert answer.status_code == 200, answer.content


def sign_all(sides: list[Browser], url: str, sha256: str) -> None:
    """The applicant's page first, then the desks; each signs what is its own."""
    for seed, side in enumerate(sides):
        path = f"{url}/record" if seed else "/join/record"
        mine = [one for one in side.get(path).json()["signatures"] if one["mine"]]
        assert len(mine) == 1
        body = {"document_sha256": sha256, **strokes(seed)}
        body["signature"] = key_signature(side, mine[0])
        signed = side.send("POST", f"/signatures/{mine[0]['id']}/complete", body)
        assert signed.json()["state"] == "COMPLETED", signed.content


@pytest.mark.parametrize("assurance", ["handwritten", "certified"])
def test_the_desk_judges_concludes_and_everybody_signs_over_http(
    scene: Scene,
    settings,  # type: ignore[no-untyped-def]
    assurance: str,
) -> None:
    settings.SIGNING_ASSURANCE = assurance
    inspection = scene.book()
    scene.call()
    scene.record(1)
    page, desk = as_applicant(scene.case), as_staff(scene.pair[0])
    assert step(page) == "CALL"
    today = desk.get("/desk/today").json()
    assert today["items"][0]["lobby"] == "IN_CALL" and today["items"][0]["mine"]

    url = f"/inspections/{inspection.pk}"
    early = desk.send("POST", f"{url}/conclude", {"version": desk.get(url).json()["version"]})
    assert early.json()["code"] == "conclude_blocked"
    assert len(early.json()["fields"]["blockers"]) == 16
    judge_all(desk, url)
    whole = desk.get(url).json()
    assert whole["computed"]["verdict"] == "CONFORMING"
    concluded = desk.send("POST", f"{url}/conclude", {"version": whole["version"]})
    assert concluded.json()["outcome"]["verdict"] == "CONFORMING", concluded.content

    assert page.get("/join/record").json()["code"] == "record_not_ready"
    outbox.drain()
    record = page.get("/join/record").json()
    first_page = page.http.get(record["page_url"].replace("{n}", "1"))
    assert b"".join(first_page.streaming_content).startswith(b"\x89PNG")
    sign_all([page, *map(as_staff, scene.pair)], url, record["sha256"])
    outbox.drain()
    scene.close_room()
    assert page.get("/join/record").json()["state"] == "ISSUED"
    assert step(page) in {"SEALED", "DONE"}


def test_the_recording_is_served_in_ranges_and_never_inline(scene: Scene) -> None:
    inspection = scene.book()
    scene.call()
    scene.record(1)
    desk = as_staff(scene.pair[0])
    found = desk.get(f"/inspections/{inspection.pk}/recording").json()
    assert found["coverage"]["spans"][0].keys() >= {"from", "to", "state"}
    url = found["segments"][0]["url"]
    whole = desk.http.get(url)
    body = b"".join(whole.streaming_content)
    part = desk.http.get(url, headers={"range": "bytes=10-19"})
    assert part.status_code == 206 and b"".join(part.streaming_content) == body[10:20]
    assert part["Content-Range"] == f"bytes 10-19/{len(body)}"
    tail = desk.http.get(url, headers={"range": "bytes=-5"})
    assert b"".join(tail.streaming_content) == body[-5:]
    assert desk.http.get(url, headers={"range": f"bytes={len(body)}-"}).status_code == 416
    assert whole["Content-Disposition"].startswith("attachment")
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in whole["Content-Security-Policy"]


def test_what_may_be_entered_before_midnight_is_in_the_list_of_the_day(
    scene: Scene,
    settings,  # type: ignore[no-untyped-def]
) -> None:
    inspection = scene.book()
    desk = as_staff(scene.cast.wang)
    midnight = scene.clock.now().replace(hour=16, minute=0, second=0, microsecond=0)
    Inspection.objects.update(starts_at=midnight + timedelta(minutes=10))
    settings.INSPECTION_ROOM_OPENS_MINUTES = 15
    scene.clock.advance(midnight - timedelta(minutes=6) - scene.clock.now())
    found = desk.get("/desk/today").json()
    assert (found["items"], found["next"]["id"]) == ([], str(inspection.pk))
    scene.clock.advance(timedelta(minutes=1))
    found = desk.get("/desk/today").json()
    assert ([one["id"] for one in found["items"]], found["next"]) == ([str(inspection.pk)], None)


class TestOthers:
    def paths(self, scene: Scene) -> list[str]:
        inspection = scene.inspection
        piece = inspection.dossier.items.first()
        assert piece is not None
        return [
            f"/inspections/{inspection.pk}",
            f"/inspections/{inspection.pk}/recording",
            f"/inspections/{inspection.pk}/record",
            f"/evidence/{piece.pk}/content",
        ]

    def test_an_inspector_of_another_bureau_is_told_nothing_exists(self, scene: Scene) -> None:
        scene.play_to_seal()
        desk = as_staff(scene.cast.zhao)
        for path in self.paths(scene):
            assert desk.get(path).status_code == 404, path
        assert desk.get("/desk/today").json()["items"] == []

    def test_another_applicant_is_told_nothing_exists(self, scene: Scene) -> None:
        scene.play_to_seal()
        paths = self.paths(scene)
        scene.book("KY-2026-000124")
        page = as_applicant(scene.case)
        for path in paths:
            assert page.get(path).status_code in {403, 404}, path

    def test_the_head_reads_but_neither_enters_nor_judges(self, scene: Scene) -> None:
        inspection = scene.book()
        scene.call()
        desk = as_staff(scene.cast.head)
        url = f"/inspections/{inspection.pk}"
        assert desk.get(url).json()["abilities"] == []
        assert desk.send("POST", f"{url}/ticket").status_code == 403
        body = {"result": "CONFORMING", "version": 0}
        assert desk.send("PUT", f"{url}/findings/CY01", body).status_code == 403

    def test_nobody_signs_for_another(self, scene: Scene) -> None:
        scene.book()
        scene.call()
        scene.record(1)
        scene.judge_all()
        scene.conclude()
        page = as_applicant(scene.case)
        record = page.get("/join/record").json()
        theirs = next(one for one in record["signatures"] if not one["mine"])
        body = {"document_sha256": record["sha256"], **strokes(1)}
        answer = page.send("POST", f"/signatures/{theirs['id']}/complete", body)
        assert answer.json()["code"] == "signature_unknown"


def test_staff_without_the_role_see_no_day(scene: Scene) -> None:
    scene.book()
    plain = Staff.objects.get(pk=scene.cast.chen.pk)
    plain.roles = ["DISPATCHER"]
    plain.save()
    assert as_staff(plain).get("/desk/today").status_code == 403
