"""An objection makes a new edition; a refusal without a word needs two inspectors."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from fieldsvc.kernel import blobs, journal, outbox
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.glyphs import GlyphMissing
from fieldsvc.kernel.journal import Actor
from inspections.reports import services as reports
from inspections.reports.services import content_of
from inspections.reports.states import RecordState
from inspections.signing import selectors, services
from inspections.signing.errors import (
    AlreadyObjected,
    AlreadySigned,
    DocumentChanged,
    NotAskedFor,
    ObjectionEmpty,
    RefusalNoted,
    RefusalNotNoted,
    SecondInspectorNeeded,
    SignatureUnknown,
)
from inspections.signing.models import SignatureRequest
from inspections.signing.services import Objection
from inspections.signing.states import SignatureState
from tests.inspections.inspection.scene import Scene
from tests.inspections.inspection.web import as_applicant
from tests.inspections.signing.hand import Phone, asked

pytestmark = pytest.mark.django_db

WORDS = "后厨面积应为 32 平方米，不是 23 平方米。"


def states(requests: list[SignatureRequest]) -> list[str]:
    return [SignatureRequest.objects.get(pk=one.pk).state for one in requests]


def play_to_the_verdict(scene: Scene) -> None:
    scene.book()
    scene.call()
    scene.record(1)
    scene.judge_all()
    scene.conclude()


def words_of(key: str) -> str:
    """The text of a stored PDF, in one line."""
    with blobs.store().open(key) as file:
        pages = PdfReader(BytesIO(file.read())).pages
        return "".join(page.extract_text() for page in pages).replace("\n", "")


class TestAnObjection:
    def test_the_record_is_frozen_anew_with_it_and_everybody_is_asked_again(
        self,
        scene: Scene,
        settings,  # type: ignore[no-untyped-def]
    ) -> None:
        settings.SIGNING_ASSURANCE = "certified"
        play_to_the_verdict(scene)
        first, dossier = scene.rec(), scene.inspection.dossier
        old = selectors.requests_for(dossier.pk, first.sha256)
        scene.sign(old[1], 21)
        services.object_to(old[0], Objection(WORDS), actor=scene.guest)
        assert states(old) == [SignatureState.SUPERSEDED.value] * 3
        with pytest.raises(DocumentChanged):
            scene.sign(old[2], 22)
        outbox.drain()

        second = scene.rec()
        first.refresh_from_db()
        assert (second.edition, second.state) == (2, RecordState.FROZEN.value)
        assert first.state == RecordState.SUPERSEDED.value and first.sha256 != second.sha256
        before, after = content_of(first), content_of(second)
        assert [one["text"] for one in after["objections"]] == [WORDS]
        same = ("items", "outcome", "people", "photos", "gaps", "recording_rows", "opening_words")
        assert all(before[key] == after[key] for key in same)  # type: ignore[literal-required]
        words = words_of(second.pdf_key)
        assert "陈述申辩" in words and "32 平方米" in words and "第 2 版" in words

        entry = journal.entries(dossier.stream).get(kind="signature.objected")
        assert reports.freeze_anew(first, entry).pk == second.pk
        assert reports.issue(first.pk).state == RecordState.SUPERSEDED.value
        assert WORDS.encode() not in bytes(entry.body)
        assert selectors.successor_of(SignatureRequest.objects.get(pk=old[0].pk)) is not None
        seen = as_applicant(scene.case).get("/join/record").json()
        assert seen["version"] == 2 and seen["objection"]["text"] == WORDS
        assert [one["was"] for one in seen["superseded"]] == ["PENDING", "COMPLETED", "PENDING"]
        assert any(WORDS in line for line in seen["text"])
        scene.sign_all()
        assert scene.rec().state == RecordState.ISSUED.value
        signed = journal.entries(dossier.stream).filter(kind="signature.completed").last()
        assert signed is not None and isinstance(signed.data["recording_ms"], int)

    def test_it_is_the_applicants_once_an_edition_and_has_words_that_can_be_printed(self) -> None:
        applicant, wang, _ = (Phone(one) for one in asked())
        with pytest.raises(NotAllowed):
            services.object_to(wang.request, Objection(WORDS), actor=wang.actor)
        with pytest.raises(ObjectionEmpty):
            services.object_to(applicant.request, Objection("  "), actor=applicant.actor)
        with pytest.raises(GlyphMissing):
            services.object_to(applicant.request, Objection("不同意😤"), actor=applicant.actor)
        services.object_to(applicant.request, Objection(WORDS), actor=applicant.actor)
        with pytest.raises(AlreadyObjected):
            services.object_to(applicant.request, Objection(WORDS), actor=applicant.actor)

    def test_a_paper_signed_by_hand_alone_has_no_such_step(self) -> None:
        applicant = Phone(asked()[0])
        applicant.request.assurance = "HANDWRITTEN"
        with pytest.raises(NotAskedFor):
            services.object_to(applicant.request, Objection(WORDS), actor=applicant.actor)


class TestARefusalWithoutAWord:
    def test_two_inspectors_make_it_and_never_one_twice(self) -> None:
        applicant, wang, chen = (Phone(one) for one in asked())
        wanted = selectors.access_refusal(wang.actor, applicant.request.pk)
        with pytest.raises(RefusalNotNoted):
            services.witness_refusal(wanted, actor=chen.actor)
        services.note_refusal(wanted, "听读后离开，不说理由", actor=wang.actor)
        with pytest.raises(SecondInspectorNeeded):
            services.witness_refusal(wanted, actor=wang.actor)
        with pytest.raises(RefusalNoted):
            services.note_refusal(wanted, "再写一次", actor=chen.actor)
        declined = services.witness_refusal(wanted, actor=chen.actor)
        assert declined.state == SignatureState.DECLINED.value
        entry = journal.entries(declined.dossier.stream).get(kind="signature.declined")
        assert (entry.data["noted_by"], entry.data["witnessed_by"]) == ("wang-1", "chen-1")
        assert journal.reveal(entry, "reason") == "听读后离开，不说理由"
        assert "听读后".encode() not in bytes(entry.body)

    def test_the_applicant_may_still_sign_before_it_is_witnessed(self) -> None:
        applicant, wang, chen = (Phone(one) for one in asked())
        services.note_refusal(applicant.request, "没有理由", actor=wang.actor)
        applicant.play()
        with pytest.raises(AlreadySigned):
            services.witness_refusal(applicant.request, actor=chen.actor)

    def test_nobody_else_sees_that_there_is_something_to_refuse(self) -> None:
        applicant, wang, _ = (Phone(one) for one in asked())
        zhao = Actor("staff", "zhao-1", "bureau-2")
        for stranger in (zhao, applicant.actor, Actor("applicant", "wang-1", "bureau-1")):
            with pytest.raises(SignatureUnknown):
                selectors.access_refusal(stranger, applicant.request.pk)
            if stranger != applicant.actor:
                with pytest.raises(SignatureUnknown):
                    selectors.access_signature(stranger, applicant.request.pk)
        with pytest.raises(SignatureUnknown):
            selectors.access_refusal(wang.actor, wang.request.pk)


def test_the_whole_scene_plays_with_a_code_by_sms(
    scene: Scene,
    settings,  # type: ignore[no-untyped-def]
    tmp_path,  # type: ignore[no-untyped-def]
) -> None:
    """The message goes to the applicant's number; the journal of the case tells neither."""
    settings.SIGNING_ASSURANCE, settings.SMS_FOLDER = "certified", tmp_path
    scene.book()
    scene.call()
    scene.record(1)
    scene.judge_all()
    scene.conclude()
    record = scene.rec()
    request = selectors.requests_for(scene.inspection.dossier_id, record.sha256)[0]
    assert request.pages == len(record.page_keys) and request.phone_hint == "138****1234"
    code = Phone(request).code()
    outbox.drain()
    sent = (tmp_path / "sms.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert f"签名验证码{code}" in sent and record.sha256[-6:] in sent
    assert scene.inspection.number in sent and scene.case.contact_name not in sent
    said = [bytes(one.body) for one in journal.entries(scene.case.stream)]
    assert not any(f'"{code}"'.encode() in body for body in said)
