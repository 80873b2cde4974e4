"""The papers beside the record: what calls for them, what they say, and the same bytes again."""

from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
from django.test import Client
from pypdf import PdfReader

from fieldsvc.kernel import blobs, chain, hashing, journal, outbox
from fieldsvc.kernel.errors import NotAllowed
from inspections.evidence import authority, gateways
from inspections.evidence.errors import FilesDisposed
from inspections.evidence.export import export_dossier
from inspections.evidence.selectors import custody_stream, papers_stream
from inspections.evidence.services import anchoring
from inspections.evidence.verifier import verdict as verifier
from inspections.inspection import services as inspections
from inspections.inspection.models import Inspection
from inspections.inspection.services import TransferReason
from inspections.people.selectors import actor_of_staff
from inspections.reports import selectors, services
from inspections.reports.errors import NothingToServe, PapersChanged
from inspections.reports.models import InspectionPaper
from inspections.reports.services import inspection_papers
from inspections.reports.states import InspectionPaperKind as Kind
from tests.inspections.evidence import bags
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
    scene: Scene, tmp_path: Path
) -> None:
    scene.book()
    inspection = scene.play_to_seal({"CY10": FOUND})
    with pytest.raises(NotAllowed):
        inspection_papers.ask_service_receipt(inspection, actor=actor_of_staff(scene.cast.auditor))
    inspection_papers.ask_service_receipt(inspection, actor=actor_of_staff(scene.cast.head))
    outbox.drain()
    assert "还没有在手机上确认收到" in words_of(paper_of(inspection, Kind.SERVICE_RECEIPT))
    _confirm(scene, inspection)
    record = scene.rec()
    expected = {
        Kind.CHECK_SHEET: ["现场核查表", "依据", "CY16", "不符合", "王勘验"],
        Kind.RECTIFICATION_NOTICE: ["整改通知书", "张三小馆：", "消毒柜断电", "前完成整改"],
        Kind.SIGNING_TRAIL: ["签署审计页", record.sha256, record.signed_sha256, "手写签名"],
        Kind.NOT_PASSED: ["勘验不予通过说明", "不是行政许可决定", "消毒柜断电"],
        Kind.SERVICE_RECEIPT: [
            *("送达回证", f"{inspection.number}-ZG1", "受送达人签名"),
            *("共4份：2026年", "在手机上确认收到：", "不表示同意"),
        ],
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
    _check_package(inspection, tmp_path)
    _check_disposal(scene, inspection)


def _confirm(scene: Scene, inspection: Inspection) -> None:
    """我已收到: what was shown is received, once; nobody else can say so for the applicant."""
    shown = [one.sha256 for one in selectors.served(inspection)]
    assert len(shown) == 4 and not selectors.receipts(inspection)
    for wrong, actor, refusal in (
        (shown, actor_of_staff(scene.cast.head), NotAllowed),
        ([*shown, "0" * 64], scene.guest, PapersChanged),
        ([], scene.guest, PapersChanged),
    ):
        with pytest.raises(refusal):
            inspection_papers.confirm_receipt(inspection, wrong, actor=actor)
    for _ in range(2):
        inspection_papers.confirm_receipt(inspection, shown[:3], actor=scene.guest)
    inspection_papers.confirm_receipt(inspection, shown, actor=scene.guest)
    first, second = selectors.confirmations(inspection)
    assert list(selectors.confirmed_in(first).values()) == shown[:3]
    assert list(selectors.confirmed_in(second).values()) == shown[3:]
    assert (first.actor.kind, first.data["channel"]) == ("applicant", "link")
    outbox.drain()
    assert all(one.received_at for one in selectors.served(inspection))


def _check_same_again(paper: InspectionPaper) -> None:
    """The sealed file begins with what the stored content gives again, as the journal says."""
    told = journal.entries(papers_stream(paper.inspection.dossier))
    said = next(one.data for one in told if one.data.get("serial") == paper.serial)
    with blobs.store().open(paper.content_key) as file:
        again = services.render(file.read())
    with blobs.store().open(paper.pdf_key) as file:
        sealed = file.read()
    assert sealed.startswith(again) and len(sealed) > len(again)
    assert said["rendered_sha256"] == hashing.sha256_hex(again)
    assert said["level"] == "B-LTA" and said["sha256"] == paper.sha256


def _check_package(inspection: Inspection, folder: Path) -> None:
    """All papers lie in the package and are checked; what was taken away or changed is named."""
    anchoring.anchor("beat")
    gateways.stamp_due()
    export_dossier(inspection.dossier, folder / "package")
    files = bags.read(folder / "package")
    papers = [name for name in files if name.startswith("data/papers/")]
    assert len(papers) == 2 * inspection.papers.count()
    given = [str(path) for path in (authority.root_file(), gateways.LocalAuthority().root_file())]
    roots = verifier.read_roots([Path(one) for one in given], folder)
    clean = verifier.verify(folder / "package", roots)
    assert clean.facts["papers"] == inspection.papers.count()
    named = {"data/papers.jsonl", "data/anchors/papers.json", *papers}
    assert not [one for one in clean.findings if one["item"] in named | {"data/record.pdf"}]
    lines = files["data/papers.jsonl"].splitlines(keepends=True)
    shorter = bags.refresh({**files, "data/papers.jsonl": b"".join(lines[:-1])})
    gone_ones = [_without(files, name) for name in ("data/papers.jsonl", papers[-1])]
    for number, made in enumerate((shorter, *gone_ones)):
        bags.write(made, folder / str(number))
        report = verifier.verify(folder / str(number), roots)
        gone = set(files) - set(made) or {"data/papers.jsonl"}
        assert report.grade < 3, gone
        assert gone & {one["item"] for one in report.findings if one["level"] != "note"}


def _check_disposal(scene: Scene, inspection: Inspection) -> None:
    """Record, papers and their pages are erased; the registers stay, and who asks is told why."""
    papers, records = inspection.papers.all(), inspection.records.all()
    keys = {key for one in (*papers, *records) for key in (*one.page_keys, one.pdf_key)}
    keys |= {one.content_key for one in (*papers, *records)} | {scene.rec().signed_key}
    assert all(blobs.store().exists(key) for key in keys)
    scene.dispose(inspection.dossier)
    assert not any(blobs.store().exists(key) for key in keys)
    assert chain.verify(papers_stream(inspection.dossier)).ok
    (certificate,) = journal.entries(custody_stream(inspection.dossier)).filter(
        kind="dossier.disposed"
    )
    removed = cast("list[dict[str, str]]", certificate.data["removed"])
    assert {one.sha256 for one in papers} < {one["sha256"] for one in removed}
    assert selectors.registered(papers[0].serial).editions[0].files[0].sha256 == papers[0].sha256
    with pytest.raises(FilesDisposed):
        inspection_papers.ask_service_receipt(inspection, actor=actor_of_staff(scene.cast.head))
    desk = Client()
    desk.force_login(scene.cast.head)
    paper, record = f"inspection-papers/{papers[0].pk}", f"records/{records[0].pk}"
    asked = [f"{one}/pages/1.png" for one in (paper, record)]
    asked += [f"{paper}/paper.pdf", f"{record}/record.pdf", f"inspections/{inspection.pk}/record"]
    asked += [f"evidence/{one.pk}/content" for one in inspection.dossier.items.all()[:1]]
    for url in asked:
        answer = desk.get(f"/api/{url}")
        assert (answer.status_code, answer.json()["code"]) == (410, "files_disposed"), url
    assert "已按期销毁" in answer.json()["title"]


def _without(files: bags.Files, gone: str) -> bags.Files:
    return bags.refresh({name: one for name, one in files.items() if name != gone})


def test_an_inspection_broken_off_is_explained_and_has_nothing_to_serve(scene: Scene) -> None:
    inspection = scene.book()
    inspections.transfer(
        inspection.pk, TransferReason.APPLICANT_ASKED, "店里信号不好", actor=scene.guest
    )
    outbox.drain()
    text = words_of(paper_of(inspection, Kind.BROKEN_OFF))
    assert "申请人要求改为现场勘验" in text and "也不延长法定办理时限" in text
    assert "视频勘验还没有开始" in text and "继续有效" not in text
    with pytest.raises(NothingToServe):
        inspection_papers.ask_service_receipt(inspection, actor=actor_of_staff(scene.cast.head))
    assert Client().get(f"/api/inspections/{inspection.pk}/papers").status_code == 401
