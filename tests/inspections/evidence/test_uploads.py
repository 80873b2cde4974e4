"""Files that come in pieces: they go on where they broke off, and are nothing before the last."""

import hashlib
import os
from base64 import b64encode
from io import BytesIO

import pytest
from django.http import HttpResponse
from PIL import Image

from fieldsvc.kernel import blobs, hashing, ids, journal
from inspections.evidence import services
from inspections.evidence.models import EvidenceItem, PartialUpload, UploadPiece
from tests.inspections.inspection.scene import Scene
from tests.inspections.inspection.web import Browser, as_applicant, as_staff

PIECE = 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}


def begin(page: Browser, length: int | str) -> HttpResponse:
    return page.http.post("/api/uploads", headers={**TUS, "Upload-Length": str(length)})


def opened(page: Browser, length: int) -> str:
    answer = begin(page, length)
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def send(page: Browser, url: str, offset: int, data: bytes, **headers: str) -> HttpResponse:
    return page.http.patch(
        url,
        data,
        content_type="application/offset+octet-stream",
        headers={**TUS, "Upload-Offset": str(offset), **headers},
    )


def offset_of(page: Browser, url: str) -> int:
    answer = page.http.head(url, headers=TUS)
    assert answer["Cache-Control"] == "no-store"
    return int(answer["Upload-Offset"])


def hand_in(page: Browser, url: str, sha256: str) -> HttpResponse:
    form = {"sha256": sha256, "purpose": "PRE_SURVEY", "item": "CY01", "upload": url[-36:]}
    return page.http.post("/api/join/evidence", form, headers={"idempotency-key": str(ids.new())})


@pytest.fixture
def page(scene: Scene) -> Browser:
    scene.book()
    return as_applicant(scene.case)


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A picture of 20 MB: noise is the same size packed and unpacked."""
    target = BytesIO()
    Image.frombytes("RGB", (2560, 2730), os.urandom(2560 * 2730 * 3)).save(target, "PNG")
    data = target.getvalue()
    assert len(data) > 20 * PIECE
    return data


def test_a_file_cut_off_at_sixty_percent_goes_on_from_there_and_becomes_evidence(
    page: Browser, scene: Scene, photo: bytes
) -> None:
    url = opened(page, len(photo))
    at = 0
    while at < 0.6 * len(photo):
        checksum = b64encode(hashlib.sha256(photo[at : at + PIECE]).digest()).decode()
        sent = send(
            page, url, at, photo[at : at + PIECE], **{"Upload-Checksum": f"sha256 {checksum}"}
        )
        assert sent.status_code == 204
        at = int(sent["Upload-Offset"])
    digest = hashing.sha256_hex(photo)
    assert hand_in(page, url, digest).json()["code"] == "upload_incomplete"
    assert not EvidenceItem.objects.exists()
    again = as_applicant(scene.case)
    assert offset_of(again, url) == at
    for start in range(at, len(photo), PIECE):
        assert send(again, url, start, photo[start : start + PIECE]).status_code == 204
    keys = list(UploadPiece.objects.values_list("blob_key", flat=True))
    answer = hand_in(again, url, digest)
    assert answer.status_code == 200, answer.content
    assert answer.json()["receipt"]["sha256"] == digest
    item = EvidenceItem.objects.get()
    with blobs.store().open(item.blob_key) as file:
        assert file.read() == photo
    assert not PartialUpload.objects.exists()
    told = journal.entries(scene.inspection.stream).filter(kind__startswith="evidence.")
    assert [entry.kind for entry in told] == ["evidence.admitted"]
    assert len(keys) == 21


def test_a_piece_at_the_wrong_place_or_damaged_changes_nothing(page: Browser) -> None:
    url = opened(page, 100)
    assert send(page, url, 0, b"a" * 40).status_code == 204
    wrong = send(page, url, 30, b"b" * 10)
    assert (wrong.status_code, wrong.json()["fields"]) == (409, {"offset": 40})
    digest = hashlib.sha1(b"x", usedforsecurity=False).digest()
    claimed = {"Upload-Checksum": f"sha1 {b64encode(digest).decode()}"}
    damaged = send(page, url, 40, b"y" * 10, **claimed)
    assert (damaged.status_code, damaged.json()["code"]) == (460, "upload_damaged")
    assert send(page, url, 40, b"c" * 61).status_code == 413
    assert offset_of(page, url) == 40
    assert send(page, url, 40, b"c" * 60).status_code == 204


def test_the_digest_of_the_phone_is_compared_when_the_file_is_whole(page: Browser) -> None:
    data = b"something else"
    url = opened(page, len(data))
    send(page, url, 0, data)
    assert hand_in(page, url, "0" * 64).json()["code"] == "digest_mismatch"
    assert hand_in(page, url, hashing.sha256_hex(data)).json()["code"] == "media_unsupported"
    assert PartialUpload.objects.count() == 1


def test_nobody_else_sees_continues_or_hands_in_an_upload(page: Browser, scene: Scene) -> None:
    url = opened(page, 10)
    send(page, url, 0, b"0123456789")
    for other in (as_staff(scene.pair[0]), as_staff(scene.cast.zhao)):
        assert other.http.head(url, headers=TUS).status_code == 404
        assert send(other, url, 10, b"").status_code == 404
        assert other.http.delete(url, headers=TUS).status_code == 404
    scene.book("KY-2026-000124")
    stranger = as_applicant(scene.case)
    refused = hand_in(stranger, url, hashing.sha256_hex(b"0123456789"))
    assert refused.json()["code"] == "upload_unknown"
    assert offset_of(page, url) == 10


def test_what_is_too_big_too_many_or_no_tus_is_refused(page: Browser) -> None:
    assert begin(page, 200 * PIECE + 1).status_code == 413
    assert begin(page, "much").status_code == 400
    assert page.http.post("/api/uploads", headers={"Upload-Length": "1"}).status_code == 412
    urls = [opened(page, 10) for _ in range(20)]
    assert begin(page, 10).json()["code"] == "uploads_open"
    typed = page.http.patch(urls[0], b"a", "text/plain", headers={**TUS, "Upload-Offset": "0"})
    assert typed.status_code == 415
    bad = send(page, urls[0], 0, b"a", **{"Upload-Checksum": "md5 AAAA"})
    assert bad.json()["code"] == "upload_malformed"
    options = page.http.options("/api/uploads")
    assert options["Tus-Extension"] == "creation,checksum,expiration,termination"


def test_a_cancelled_or_forgotten_upload_leaves_no_bytes(
    page: Browser, scene: Scene, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    first, second = opened(page, 10), opened(page, 10)
    send(page, first, 0, b"0123")
    send(page, second, 0, b"0123")
    keys = list(UploadPiece.objects.values_list("blob_key", flat=True))
    assert len(set(keys)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert page.http.delete(first, headers=TUS).status_code == 204
    scene.clock.advance(seconds=25 * 3600)
    assert page.http.head(second, headers=TUS).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert services.drop_expired() == 1
    assert not any(blobs.store().exists(key) for key in keys)
