"""The papers beside the record: what calls for them, what they say, and the same bytes again."""

import json
from io import BytesIO
from typing import cast

import pytest
from django.test import Client
from pypdf import PdfReader

from fieldsvc.kernel import blobs, hashing, journal, outbox
from fieldsvc.kernel.errors import NotAllowed
from inspections.inspection import services as inspections
from inspections.inspection.models import Inspection
from inspections.inspection.services import TransferReason
from inspections.people.selectors import actor_of_staff
from inspections.reports import selectors, typesetting
from inspections.reports.errors import NothingToServe
from inspections.reports.models import InspectionPaper
from inspections.reports.services import inspection_papers
from inspections.reports.shapes.inspection_paper import InspectionPaperContent
from inspections.reports.states import InspectionPaperKind as Kind
from tests.inspections.inspection.scene import Scene

FOUND = '消毒柜断电，#read("/etc/passwd") $x^2$ <link rel=attachment href=file:///etc/passwd>'


def paper_of(inspection: Inspection, kind: Kind) -> InspectionPaper:
    return inspection.papers.filter(kind=kind.value).latest("edition")


def words_of(paper: InspectionPaper) -> str:
    with blobs.store().open(paper.pdf_key) as file:
        reader = PdfReader(BytesIO(file.read()))
        text = "".join(page.extract_text() for page in reader.pages)
    return "".join(text.split()).replace("\u200b", "")


def test_a_verdict_with_failed_items_gives_check_sheet_notice_receipt_and_trail(
    scene: Scene,
) -> None:
    scene.book()
    inspection = scene.play_to_seal({"CY10": FOUND})
    with pytest.raises(NotAllowed):
        inspection_papers.ask_service_receipt(inspection, actor=actor_of_staff(scene.cast.auditor))
    inspection_papers.ask_service_receipt(inspection, actor=actor_of_staff(scene.cast.head))
    outbox.drain()
    record = scene.rec()
    expected = {
        Kind.CHECK_SHEET: ["现场核查表", "依据", "CY16", "不符合", "王勘验"],
        Kind.RECTIFICATION_NOTICE: ["整改通知书", "张三小馆：", "消毒柜断电", "前完成整改"],
        Kind.SIGNING_TRAIL: ["签署审计页", record.sha256, record.signed_sha256, "手写签名"],
        Kind.NOT_PASSED: ["勘验不予通过说明", "不是行政许可决定", "消毒柜断电"],
        Kind.SERVICE_RECEIPT: ["送达回证", f"{inspection.number}-ZG1", "受送达人签名"],
    }
    made = selectors.inspection_papers_of(inspection)
    assert {one.kind for one in made} == {kind.value for kind in expected}
    for kind, words in expected.items():
        paper = paper_of(inspection, kind)
        text = words_of(paper)
        for word in (*words, "周村区行政审批服务局", paper.serial, "电子签章示意"):
            assert "".join(word.split()) in text, (kind, word)
        assert scene.case.contact_phone not in text
        assert selectors.registered(paper.serial).editions[0].files[0].sha256 == paper.sha256
        _check_same_again(paper)
    assert "".join(FOUND.split()) in words_of(paper_of(inspection, Kind.RECTIFICATION_NOTICE))
    entry = journal.entries(inspection.stream).get(kind="record.issued")
    assert inspection_papers.make_papers(entry) == [paper_of(inspection, Kind.SIGNING_TRAIL)]


def _check_same_again(paper: InspectionPaper) -> None:
    with blobs.store().open(paper.content_key) as file:
        content = cast("InspectionPaperContent", json.loads(file.read()))
    again = typesetting.pdf(inspection_papers.paper_sheet(content))
    assert hashing.sha256_hex(again) == paper.sha256


def test_an_inspection_broken_off_is_explained_and_has_nothing_to_serve(scene: Scene) -> None:
    inspection = scene.book()
    inspections.transfer(
        inspection.pk, TransferReason.APPLICANT_ASKED, "店里信号不好", actor=scene.guest
    )
    outbox.drain()
    text = words_of(paper_of(inspection, Kind.BROKEN_OFF))
    assert "申请人要求改为现场勘验" in text and "也不延长法定办理时限" in text
    with pytest.raises(NothingToServe):
        inspection_papers.ask_service_receipt(inspection, actor=actor_of_staff(scene.cast.head))
    assert Client().get(f"/api/inspections/{inspection.pk}/papers").status_code == 401
