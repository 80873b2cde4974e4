"""A dossier takes bytes as they are, proves them later, and takes nothing once sealed."""

from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from PIL import Image

from fieldsvc.kernel import blobs, hashing, journal
from fieldsvc.kernel.journal import Actor
from inspections.evidence import selectors, services
from inspections.evidence.errors import (
    DigestMismatch,
    EvidenceClosed,
    ImageTooLarge,
    MediaUnsupported,
)
from inspections.evidence.models import Dossier
from inspections.evidence.services import Circumstances
from inspections.evidence.states import EvidenceKind, Grade, Purpose
from tests.inspections.pictures import clip_bytes, picture_bytes

pytestmark = pytest.mark.django_db

APPLICANT = Actor("applicant", "case-1", "bureau-1")
STILL = Circumstances(Purpose.STILL, item="CY01", grade=Grade.LIVE_CAMERA)


@pytest.fixture
def dossier() -> Dossier:
    return services.open_dossier("云勘验 YKY-2026-000001", scope="bureau-1", actor=APPLICANT)


def admit(dossier: Dossier, data: bytes, how: Circumstances = STILL):
    return services.admit(dossier, BytesIO(data), hashing.sha256_hex(data), how, actor=APPLICANT)


def test_a_photo_is_kept_byte_for_byte_and_told_in_the_journal(dossier: Dossier) -> None:
    data = picture_bytes(gps=True)
    item = admit(dossier, data)
    with blobs.store().open(item.blob_key) as file:
        assert file.read() == data
    entry = journal.entries(dossier.stream).get(number=item.number)
    assert entry.kind == "evidence.admitted"
    assert entry.data["sha256"] == hashing.sha256_hex(data)
    assert (item.width, item.height) == (640, 480)


def test_the_thumbnail_carries_no_exif_and_no_place(dossier: Dossier) -> None:
    item = admit(dossier, picture_bytes(gps=True))
    with blobs.store().open(item.thumbnail_key) as file, Image.open(file) as image:
        assert not image.getexif()
        assert "exif" not in image.info and "icc_profile" not in image.info


def test_the_same_photo_twice_is_one_piece_but_another_item_is_another(dossier: Dossier) -> None:
    data = picture_bytes()
    first, second = admit(dossier, data), admit(dossier, data)
    other = admit(dossier, data, Circumstances(Purpose.STILL, item="CY02"))
    assert first.pk == second.pk != other.pk
    assert journal.entries(dossier.stream).filter(kind="evidence.admitted").count() == 2


def test_bytes_that_changed_on_the_way_are_refused(dossier: Dossier) -> None:
    with pytest.raises(DigestMismatch):
        services.admit(dossier, BytesIO(picture_bytes()), "0" * 64, STILL, actor=APPLICANT)
    assert not dossier.items.exists()


@pytest.mark.parametrize("cut", [200, 2000])
def test_a_truncated_photo_is_refused(dossier: Dossier, cut: int) -> None:
    with pytest.raises(MediaUnsupported):
        admit(dossier, picture_bytes()[:-cut])


@pytest.mark.parametrize("data", [b"", b"<html>hello", b"%PDF-1.7 ...", b"GIF89a" + b"\0" * 50])
def test_what_is_no_photo_and_no_clip_is_refused(dossier: Dossier, data: bytes) -> None:
    with pytest.raises(MediaUnsupported):
        admit(dossier, data)


def test_a_small_file_that_unfolds_to_huge_pixels_is_refused(dossier: Dossier) -> None:
    target = BytesIO()
    Image.new("1", (9000, 9000)).save(target, "PNG")
    with pytest.raises(ImageTooLarge):
        admit(dossier, target.getvalue())


@pytest.mark.parametrize(("suffix", "media_type"), [("webm", "video/webm"), ("mp4", "video/mp4")])
def test_a_clip_is_taken_with_a_still_of_its_first_frame(
    dossier: Dossier, suffix: str, media_type: str
) -> None:
    item = admit(dossier, clip_bytes(suffix), Circumstances(Purpose.RECTIFICATION, item="CY01"))
    assert (item.kind, item.media_type) == (EvidenceKind.CLIP.value, media_type)
    assert item.thumbnail_key


def test_a_heic_photo_of_a_phone_is_taken(dossier: Dossier) -> None:
    item = admit(dossier, picture_bytes("HEIF"))
    assert item.media_type == "image/heic"


def test_the_database_itself_refuses_to_change_or_delete_a_piece(dossier: Dossier) -> None:
    item = admit(dossier, picture_bytes())
    for sql in (
        "UPDATE evidence_evidenceitem SET item = 'CY09'",
        "DELETE FROM evidence_evidenceitem",
    ):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    item.refresh_from_db()
    assert item.item == "CY01"


def test_a_sealed_dossier_takes_nothing_and_its_last_entry_is_the_seal(dossier: Dossier) -> None:
    admit(dossier, picture_bytes())
    sealed = services.seal(dossier.pk)
    assert services.seal(dossier.pk).manifest_sha256 == sealed.manifest_sha256
    with pytest.raises(EvidenceClosed):
        admit(dossier, picture_bytes(shade=9))
    last = journal.entries(dossier.stream).last()
    assert last is not None and last.kind == "dossier.sealed"
    assert journal.entries(dossier.stream).filter(kind="dossier.sealed").count() == 1


class TestVerification:
    def test_an_untouched_dossier_verifies_open_and_sealed(self, dossier: Dossier) -> None:
        admit(dossier, picture_bytes())
        assert selectors.verify(dossier).ok
        report = selectors.verify(services.seal(dossier.pk))
        assert report.ok and report.sealed and report.evidence == 1

    def test_a_flipped_byte_of_a_photo_is_found(self, dossier: Dossier) -> None:
        item = admit(dossier, picture_bytes(shade=77))
        with blobs.store().local_path(item.blob_key) as path:
            original = path.read_bytes()
            path.chmod(0o600)
            path.write_bytes(original[:-3] + bytes([original[-3] ^ 1]) + original[-2:])
            try:
                codes = {problem.code for problem in selectors.verify(dossier).problems}
            finally:
                path.write_bytes(original)
        assert codes == {"blob_altered"}

    def test_a_missing_file_is_found(self, dossier: Dossier) -> None:
        item = admit(dossier, picture_bytes(shade=78))
        blobs.store().delete(item.blob_key)
        assert [p.code for p in selectors.verify(dossier).problems] == ["blob_missing"]

    def test_an_entry_after_the_seal_is_found(self, dossier: Dossier) -> None:
        sealed = services.seal(dossier.pk)
        with transaction.atomic():
            journal.append(dossier.stream, "chat.sent", actor=APPLICANT, data={})
        codes = {problem.code for problem in selectors.verify(sealed).problems}
        assert codes == {"entries_after_seal"}
