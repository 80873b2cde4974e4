"""The record: byte-identical, complete, and refusing what it cannot show."""

import json
import subprocess
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from fieldsvc.kernel import blobs, glyphs, hashing, journal, outbox
from fieldsvc.kernel.glyphs import GlyphMissing
from fieldsvc.kernel.hashing import JSONValue
from inspections.catalog import selectors as catalog
from inspections.evidence import authority
from inspections.evidence.states import Purpose
from inspections.inspection import selectors
from inspections.people.models import Bureau, Staff
from inspections.reports import selectors as selectors_of_reports
from inspections.reports import services
from inspections.reports.models import Record
from inspections.reports.shapes.marks import Manifest
from inspections.signing import selectors as signing
from inspections.signing import services as signatures
from tests.inspections.inspection.scene import Scene

LONG_NAME = "淄博市周村区丝绸路街道办事处便民餐饮服务连锁经营管理有限责任公司第三分公司古商城直营店"
LONG_ADDRESS = (
    "山东省淄博市周村区丝绸路街道办事处大街社区银子市街与丝市街交叉口东北角"
    "古商城文化旅游综合体二期 B 区 3 号楼沿街商铺 106、107、108 室(一层及夹层)"
)


def words_of(key: str) -> str:
    with blobs.store().open(key) as file:
        reader = PdfReader(BytesIO(file.read()))
        return "".join(page.extract_text() for page in reader.pages).replace("\n", "")


def play_to_record(scene: Scene, failed: dict[str, str] | None = None) -> Record:
    if not hasattr(scene, "case"):
        scene.book()
    scene.call()
    scene.record(1)
    scene.upload(Purpose.STILL, "CY10", shade=40)
    scene.upload(Purpose.STILL, "CY01", shade=50)
    scene.judge_all(failed)
    scene.conclude()
    return scene.rec()


def test_the_record_names_case_people_consent_items_verdict_and_demands(scene: Scene) -> None:
    record = play_to_record(scene, {"CY01": "招牌与申请不一致"})
    text = words_of(record.pdf_key)
    for item in selectors.template_of(scene.inspection).items:
        assert item.title in text, item.code
    for word in (
        "周村区行政审批服务局",
        scene.case.credit_code,
        scene.inspection.number,
        "138****1234",
        "同意全程录音录像",
        "0306-01",
        "招牌与申请不一致",
        "不符合",
        "整改要求",
        "图 1",
        "现场相机直拍",
        record.content_sha256,
    ):
        assert word.replace(" ", "") in text.replace(" ", ""), word
    assert catalog.current_consent().sha256[:20] in text.replace(" ", "")
    assert scene.case.contact_phone not in text


def test_the_pdf_is_archivable_carries_content_and_manifest_and_is_the_same_again(
    scene: Scene, tmp_path: Path
) -> None:
    record = play_to_record(scene)
    with blobs.store().open(record.pdf_key) as file:
        reader = PdfReader(BytesIO(file.read()))
        metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
        assert "<pdfaid:part>3</pdfaid:part>" in metadata
        fonts = {
            str(font.get_object()["/BaseFont"])
            for page in reader.pages
            for font in page["/Resources"].get("/Font", {}).values()
        }
        assert fonts and all("NotoS" in font and "SC" in font for font in fonts), fonts
        attached = reader.attachments["record.json"][0]
        manifest = json.loads(reader.attachments["evidence-manifest.json"][0])
        names = reader.trailer["/Root"]["/AF"]
        said = {one.get_object()["/F"]: one.get_object()["/AFRelationship"] for one in names}
    with blobs.store().open(record.content_key) as file:
        assert attached == file.read()
    assert said == {"record.json": "/Source", "evidence-manifest.json": "/Data"}
    assert services.other_files(attached) == []
    (tmp_path / "record.json").write_bytes(attached)
    told = StringIO()
    call_command("render_record", tmp_path / "record.json", out=tmp_path / "again.pdf", stdout=told)
    assert hashing.sha256_hex((tmp_path / "again.pdf").read_bytes()) == record.sha256
    assert record.sha256 in told.getvalue()
    _check_manifest(manifest, scene, record)


def _check_manifest(manifest: Manifest, scene: Scene, record: Record) -> None:
    """Everything there was when the record was frozen, by its digests; nothing of a person."""
    entries = journal.entries(scene.inspection.stream)
    assert entries.get(number=manifest["chain"]["length"]).digest == manifest["chain"]["head"]
    known = {(one.sha256, one.sm3) for one in scene.inspection.dossier.items.all()}
    listed = {(one["sha256"], one["sm3"]) for one in manifest["items"]}
    assert listed and listed < known
    assert [one["signer"] for one in manifest["signers"]] == [
        "APPLICANT",
        "INSPECTOR",
        "INSPECTOR",
    ]
    consent = manifest["consent"]
    assert consent is not None and consent["sha256"] == catalog.current_consent().sha256
    assert manifest["root"]["sha256"] == authority.fingerprint()
    assert set(manifest["fonts"]) == {path.name for path in glyphs.font_files()}
    assert scene.case.contact_name not in json.dumps(manifest, ensure_ascii=False)
    assert record.edition == manifest["edition"]


def test_a_character_without_a_glyph_is_refused_and_named(scene: Scene) -> None:
    scene.book()
    scene.case.contact_name = "李𱍐"
    scene.case.save()
    scene.call()
    scene.record(1)
    scene.judge_all()
    scene.conclude()
    assert not scene.inspection.records.exists()
    with pytest.raises(GlyphMissing) as refused:
        services.freeze(scene.inspection.pk)
    assert refused.value.fields["character"] == "𱍐"
    assert refused.value.fields["code_point"] == "U+31350"
    with pytest.raises(GlyphMissing) as told:
        selectors_of_reports.record_of(scene.inspection)
    assert told.value.fields["character"] == "𱍐"
    waiting = outbox.OutboxRow.objects.filter(last_error="glyph_missing")
    assert {row.subscriber.rpartition(".")[2]: row.state for row in waiting} == {
        "freeze": "PENDING",
        "make_inspection_papers": "PENDING",
    }


def test_the_longest_and_the_rarest_names_stay_readable_and_markup_stays_text(scene: Scene) -> None:
    Bureau.objects.filter(pk=scene.cast.bureau.pk).update(
        name="淄博市周村区行政审批服务局政务服务大厅现场勘验与踏勘服务中心"
    )
    Staff.objects.filter(pk=scene.cast.wang.pk).update(
        name="欧阳买买提·阿卜杜热合曼", unit="现场勘验与事中事后监管衔接科(第二办公区)"
    )
    scene.book()
    type(scene.case).objects.filter(pk=scene.case.pk).update(
        applicant_name=LONG_NAME,
        premises_name=LONG_NAME,
        address=LONG_ADDRESS,
        contact_name="阿依努尔·买买提吐尔逊",
    )
    Staff.objects.filter(pk=scene.cast.chen.pk).update(name="陈䶮𡒄𪧘")
    markup = '#read("/etc/passwd") <link rel="attachment" href="file:///etc/passwd"> $x^2$ *a* \\'
    record = play_to_record(
        scene, {"CY10": "消毒柜断电,保洁柜门损坏,无标识。" * 20, "CY09": markup}
    )
    text = words_of(record.pdf_key).replace(" ", "").replace("\u200b", "")
    assert "陈䶮𡒄𪧘" in text
    assert markup.replace(" ", "") in text
    assert LONG_NAME in text and LONG_ADDRESS.replace(" ", "") in text
    assert "欧阳买买提·阿卜杜热合曼" in text


def test_a_refusal_to_sign_is_printed_where_the_signature_would_be(scene: Scene) -> None:
    record = play_to_record(scene)
    first, *others = signing.requests_for(scene.inspection.dossier_id, record.sha256)
    signatures.decline(first, "对 CY10 的结果有意见", actor=scene.guest)
    for seed, request in enumerate(others):
        scene.sign(request, seed)
    outbox.drain()
    issued = scene.rec()
    assert issued.state == "ISSUED"
    assert "拒绝签名" in words_of(issued.signed_key)
    assert "对CY10的结果有意见" in words_of(issued.signed_key).replace(" ", "")


def test_a_record_frozen_by_version_1_is_still_issued_and_sealed(
    scene: Scene, tmp_path: Path
) -> None:
    record = play_to_record(scene)
    content: dict[str, JSONValue] = json.loads(_bytes(record.content_key))
    for name in ("at", "check", "objections", "stamp", "manifest"):
        del content[name]
    content["v"] = 1
    old = blobs.store().put(hashing.canonical(content), media_type="application/json")
    Record.objects.filter(pk=record.pk).update(content_key=old.key, content_sha256=old.sha256)
    scene.sign_all()
    issued = scene.rec()
    assert (issued.state, issued.sha256) == ("ISSUED", record.sha256)
    assert services.other_files(_bytes(old.key)) == ["record.typ"]
    assert services.render(_bytes(old.key)).startswith(b"%PDF")
    sheet = scene.inspection.papers.get(kind="CHECK_SHEET")
    for digest, key in ((issued.signed_sha256, issued.signed_key), (sheet.sha256, sheet.pdf_key)):
        (tmp_path / "paper.pdf").write_bytes(_bytes(key))
        _check_sealed(tmp_path / "paper.pdf", digest)


def _check_sealed(path: Path, digest: str) -> None:
    """Issued by us, and valid in the eyes of poppler."""
    assert hashing.sha256_hex(path.read_bytes()) == digest
    assert selectors_of_reports.is_issued(digest)
    words = ["pdfsig", "-nocert", str(path)]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said and "Total document signed" in said


def _bytes(key: str) -> bytes:
    with blobs.store().open(key) as file:
        return file.read()


def test_freezing_and_issuing_twice_changes_nothing(scene: Scene) -> None:
    inspection = scene.play_to_seal()
    record = scene.rec()
    checked = selectors_of_reports.registered(inspection.number)
    assert [file.sha256 for file in checked.editions[0].files] == [
        record.signed_sha256,
        record.sha256,
    ]
    before = journal.head(inspection.stream)
    assert services.freeze(inspection.pk).pk == record.pk
    assert services.issue(record.pk).signed_sha256 == record.signed_sha256
    assert journal.head(inspection.stream) == before
