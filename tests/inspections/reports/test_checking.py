"""Looking a paper up by its number: what anybody may know, and nothing of anybody."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from fieldsvc.kernel.clock import FixedClock
from inspections.evidence import authority
from inspections.reports import rules
from inspections.reports.states import PaperKind
from tests.inspections.cast import PHONE, Cast
from tests.inspections.reports.scene_papers import Papers


@pytest.fixture
def scene(cast: Cast, standing_clock: FixedClock) -> Papers:
    cache.clear()
    return Papers(cast)


def test_page_and_api_give_the_digests_and_nothing_of_a_person(scene: Papers) -> None:
    scene.register()
    paper = scene.paper(PaperKind.REGISTRATION)
    answer = Client().get(f"/api/check/{paper.serial}")
    assert answer.status_code == 200
    said = answer.json()
    assert said["title"] == "代办登记表" and said["bureau"] == "周村区行政审批服务局"
    assert said["root_sha256"] == authority.fingerprint()
    # Nobody signs it: frozen and issued are one file.
    assert said["editions"][0]["files"] == [{"label": "签发的文书", "sha256": paper.sha256}]
    page = Client().get(f"/check/{paper.serial.lower()}")
    assert page.status_code == 200
    shown = page.content.decode()
    assert paper.sha256 in shown and authority.fingerprint() in shown
    # Four digits are also found in digests and ids now and then.
    told = re.sub(r"[0-9a-f-]{16,}", "", shown + answer.content.decode())
    for word in ("李申请", PHONE[-4:], "大街"):
        assert word not in told, word


def test_a_paper_not_signed_yet_or_void_is_not_shown_as_one_that_counts(scene: Papers) -> None:
    scene.register()
    mandate = scene.draft()
    paper = scene.paper(PaperKind.MANDATE)
    assert "没有签名和印章" in Client().get(f"/check/{paper.serial}").content.decode()
    scene.tell("mandate.revoked", mandate=str(mandate.pk), cause="REVOKED")
    scene.paper(PaperKind.MANDATE)
    page = Client().get(f"/check/{paper.serial}").content.decode()
    assert "这一版已经作废" in page and "没有签名和印章" not in page


def test_a_number_nobody_registered_is_said_so(scene: Papers) -> None:
    answer = Client().get("/api/check/DB-2026-999999-DJ1")
    assert (answer.status_code, answer.json()["code"]) == (404, "document_unknown")
    page = Client().get("/check/<script>")
    assert page.status_code == 404
    shown = page.content.decode()
    assert "没有登记过这个编号" in shown and "<script>" not in shown.split("<main")[1]
    assert Client().get("/check/?number=A-1").headers["Location"] == "/check/A-1"


def test_who_asks_too_often_waits_page_and_api_counted_together(scene: Papers) -> None:
    asked = Client()
    for _ in range(rules.LOOK_UPS):
        asked.get("/api/check/X")
    answer = asked.get("/api/check/X")
    assert (answer.status_code, answer.json()["code"]) == (429, "look_up_throttled")
    assert asked.get("/check/X").status_code == 429


def test_verifier_and_root_are_handed_out_as_files_to_keep(db: None) -> None:
    for name in ("verify.py", "verify.html", "root.pem"):
        answer = Client().get(f"/check/tools/{name}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert Client().get("/check/tools/key.pem").status_code == 404
