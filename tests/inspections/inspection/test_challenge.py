"""时间口令, receipts and the dossier's standing over HTTP."""

import json
from base64 import b64decode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from fieldsvc.kernel import blobs
from inspections.evidence import authority, services
from inspections.inspection.models import Inspection
from tests.inspections.inspection.scene import Scene
from tests.inspections.inspection.web import as_applicant, as_staff
from tests.inspections.pictures import picture_bytes

pytestmark = pytest.mark.django_db


def address(inspection: Inspection) -> str:
    return f"/inspections/{inspection.pk}"


def record_line(scene: Scene) -> list[str]:
    with blobs.store().open(scene.rec().content_key) as file:
        content = json.load(file)
    return [row[1] for row in content["place_rows"] if row[0] == "时间口令"]


def test_a_code_is_shown_to_both_sides_heard_and_written_into_the_record(scene: Scene) -> None:
    inspection = scene.book()
    desk = as_staff(scene.pair[0])
    early = desk.send("POST", f"{address(inspection)}/challenge")
    assert early.json()["code"] == "inspection_not_begun"
    scene.call()
    page = as_applicant(scene.case)
    assert page.get("/join/state").json()["challenge"] is None
    shown = desk.send("POST", f"{address(inspection)}/challenge").json()
    assert len(shown["code"]) == 6
    assert page.get("/join/state").json()["challenge"]["code"] == shown["code"]
    wrong = desk.send("POST", f"{address(inspection)}/challenge/999/spoken")
    assert wrong.json()["code"] == "challenge_unknown"
    spoken = f"{address(inspection)}/challenge/{shown['checkpoint']}/spoken"
    assert desk.send("POST", spoken).json()["spoken_at"]
    assert page.get("/join/state").json()["challenge"] is None
    told = desk.get(address(inspection)).json()["challenges"]
    assert [(one["code"], bool(one["spoken_at"])) for one in told] == [(shown["code"], True)]
    scene.record(1)
    scene.judge_all()
    scene.conclude()
    (line,) = record_line(scene)
    assert shown["code"] in line
    assert "申请人口述" in line


def test_a_verdict_without_a_code_is_allowed_and_the_record_says_so(scene: Scene) -> None:
    scene.book()
    scene.call()
    scene.record(1)
    scene.judge_all()
    scene.conclude()
    (line,) = record_line(scene)
    assert line.startswith("未核验")


def test_a_photo_is_receipted_at_once_and_under_a_signed_checkpoint_soon(scene: Scene) -> None:
    inspection = scene.book()
    page = as_applicant(scene.case)
    photo = page.upload(picture_bytes(), purpose="PRE_SURVEY", item="CY01").json()
    receipt = photo["receipt"]
    assert receipt["sha256"] == photo["sha256"]
    assert receipt["number"] == photo["number"]
    assert receipt["checkpoint"] is None
    services.anchor("beat")
    later = page.get(f"/join/evidence/{photo['id']}/receipt").json()
    assert later["stream_head"] == receipt["stream_head"]
    point = later["checkpoint"]
    certificate = x509.load_pem_x509_certificate(point["certificate"].encode("ascii"))
    certificate.verify_directly_issued_by(authority.root())
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(b64decode(point["signature"]), b64decode(point["body"]), ec.ECDSA(hashes.SHA256()))
    standing = as_staff(scene.pair[0]).get(f"{address(inspection)}/anchoring").json()
    assert standing["complete"]
    assert standing["checkpoint"]["number"] == point["number"]
    assert [(one["label"], one["outside"], one["state"]) for one in standing["tokens"]] == [
        ("本机时间戳（测试）", False, "PENDING")
    ]
    assert standing["fingerprint"] == authority.fingerprint()
