"""One inspection from the booking to the sealed dossier, with real files."""

import json
from io import BytesIO

from pypdf import PdfReader

from fieldsvc.kernel import blobs, journal
from inspections.catalog.states import Outcome
from inspections.evidence import selectors as evidence
from inspections.evidence.states import Purpose
from inspections.inspection import selectors
from inspections.inspection.states import InspectionState
from inspections.reports.states import RecordState
from tests.inspections.inspection.scene import Scene


def kinds(stream: str) -> list[str]:
    return [entry.kind for entry in journal.entries(stream)]


def test_a_conforming_inspection_ends_sealed_signed_and_verified(scene: Scene) -> None:
    inspection = scene.play_to_seal()

    assert inspection.state == InspectionState.SEALED.value
    assert inspection.outcome == Outcome.CONFORMING.value
    assert inspection.number == "YKY-2026-000001"
    told = kinds(inspection.stream)
    assert told[0] == "dossier.opened" and told[-1] == "dossier.sealed"
    for kind in (
        "inspection.scheduled",
        "consent.accepted",
        "room.admitted",
        "inspection.begun",
        "recording.segment_stored",
        "finding.recorded",
        "inspection.concluded",
        "record.frozen",
        "signature.completed",
        "record.issued",
        "room.closed",
    ):
        assert kind in told, kind
    assert told.count("recording.checked") == 1
    with blobs.store().open(inspection.dossier.manifest_key) as file:
        manifest = json.load(file)
    assert [one["segments"] for one in manifest["recording"]["sources"]] == [2]
    report = evidence.verify(inspection.dossier)
    assert report.ok, report.problems
    # Two segments, content, two PDFs, three signatures of two files each, and of a message each,
    # as signed and as stamped, where they are certified.
    certified = inspection.dossier.signatures.exclude(key="").count()
    assert report.evidence == 11 + 2 * certified


def test_the_issued_record_says_what_happened_and_names_what_was_signed(scene: Scene) -> None:
    inspection = scene.play_to_seal()
    record = scene.rec()
    assert record.state == RecordState.ISSUED.value
    with blobs.store().open(record.signed_key) as file:
        reader = PdfReader(BytesIO(file.read()))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    for words in ("勘验笔录", "王勘验", "陈勘验", "李申请", "KY-2026-000123", inspection.number):
        assert words in text, words
    assert record.sha256 in text.replace(" ", "")
    assert len(record.page_keys) == len(reader.pages)


def test_a_failed_inspection_orders_a_rectification_and_its_dossier_continues_the_first(
    scene: Scene,
) -> None:
    inspection = scene.play_to_seal({"CY01": "招牌与申请不一致", "CY11": "洗手池无皂液"})
    assert inspection.outcome == Outcome.NON_CONFORMING.value
    rectification = inspection.rectification
    assert [item.item for item in rectification.items.all()] == ["CY01", "CY11"]
    first = journal.entries(rectification.dossier.stream).first()
    assert first is not None
    assert first.data["previous_head"] == journal.head(inspection.stream).digest
    result = selectors.result_of(inspection.dossier_id)
    assert result is not None and result.version == 1
    assert [item.code for item in result.failed_items] == ["CY01", "CY11"]


def test_a_photo_of_the_pre_survey_is_evidence_of_the_lower_grade(scene: Scene) -> None:
    scene.book()
    piece = scene.upload(Purpose.PRE_SURVEY, "CY01")
    assert piece.grade == "UPLOADED"
