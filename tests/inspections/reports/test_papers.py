"""The papers of a delegation: called for by the journal, signed by hand, the same bytes again."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from fieldsvc.kernel import blobs, hashing, journal, outbox
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import NotAllowed, Refusal
from fieldsvc.kernel.glyphs import GlyphMissing
from fieldsvc.kernel.journal import Actor
from inspections.evidence.states import Grade
from inspections.people.selectors import actor_of_staff
from inspections.reports import selectors, typesetting
from inspections.reports.errors import PaperClosed, PaperUnknown
from inspections.reports.services import papers
from inspections.reports.services.papers import Sheet
from inspections.reports.states import PaperKind, PaperState
from inspections.signing import services as signing
from inspections.signing.errors import AlreadySigned, DocumentChanged, StrokesReplayed, WillMissing
from inspections.signing.models import SignatureRequest
from inspections.signing.selectors import requests_for
from inspections.signing.services import Act
from inspections.signing.states import SignedWay, SignerKind
from tests.inspections.cast import PHONE, Cast
from tests.inspections.pictures import picture_bytes
from tests.inspections.reports.made_up import LONG_ADDRESS, LONG_FIRM, MARKUP
from tests.inspections.reports.scene_papers import Papers
from tests.inspections.signing.hand import drawing


@pytest.fixture
def scene(cast: Cast, standing_clock: FixedClock) -> Papers:
    return Papers(cast)


def words_of(key: str) -> str:
    with blobs.store().open(key) as file:
        reader = PdfReader(BytesIO(file.read()))
        return "".join(page.extract_text() for page in reader.pages).replace("\n", "")


def packed(text: str) -> str:
    """Without blanks and without the marks that let a long run of letters break."""
    return text.replace(" ", "").replace("\u200b", "")


def act(document: str, seed: int = 1, **changes: object) -> Act:
    return Act(**{"document_sha256": document, "drawing": drawing(seed), "will": True, **changes})  # type: ignore[arg-type]


class TestWhatCallsForAPaper:
    def test_a_registration_is_issued_at_once_with_what_was_promised(self, scene: Papers) -> None:
        scene.register(wish="母亲腿脚不便，请上午来", needs=["ELDERLY", "DIALECT"])
        paper = scene.paper(PaperKind.REGISTRATION)
        assert paper.state == PaperState.ISSUED.value
        assert paper.signed_sha256 == paper.sha256
        text = packed(words_of(paper.signed_key))
        for word in (
            "代办登记表",
            "DB-2026-000001-DJ1",
            "母亲腿脚不便，请上午来",
            "高龄老人、讲方言",
            "138****1234",
            "2026年11月23日9:30前",
            "个体工商户",
            "食品经营许可",
            paper.content_sha256,
        ):
            assert packed(word) in text, word
        assert PHONE not in text

    def test_an_acceptance_tells_all_materials_of_every_item_at_once(self, scene: Papers) -> None:
        scene.register()
        scene.tell("delegation.accepted")
        text = packed(words_of(scene.paper(PaperKind.ACCEPTANCE).pdf_key))
        sources = [selectors.papers_of(scene.delegation)]
        assert len(sources[0]) == 2
        for word in ("一次性告知", "居民身份证", "免提交", "要求：", "没有列出的材料"):
            assert packed(word) in text, word

    def test_a_mandate_says_what_is_given_away_what_not_until_when_and_how_to_revoke(
        self, scene: Papers
    ) -> None:
        scene.register()
        scene.draft()
        text = packed(words_of(scene.paper(PaperKind.MANDATE).pdf_key))
        for word in (
            "代为提交申请",
            "代为领取证照",
            "不在委托范围内的事务",
            "转委托他人办理",
            "2026年12月23日24:00",
            "委托人可以随时撤销委托",
            "委托人始终是申报主体",
            "自愿、免费",
            "周代办",
            "0306-D1",
        ):
            assert packed(word) in text, word
        assert "代为补充" not in text

    def test_suspension_renewal_completion_and_termination_have_their_papers(
        self, scene: Papers, standing_clock: FixedClock
    ) -> None:
        scene.register()
        scene.draft()
        scene.step("GTSH", "网上申报", "DONE")
        scene.step("CY", "领取许可证", "OPEN")
        standing_clock.advance(timedelta(hours=1))
        scene.tell("delegation.suspended", reason="等待房东补办备案", cause="REQUESTED")
        text = packed(words_of(scene.paper(PaperKind.SUSPENSION).pdf_key))
        assert "等待房东补办备案" in text and "网上申报" in text and "不计入办理时限" in text
        standing_clock.advance(timedelta(hours=1))
        scene.tell("delegation.resumed")
        renewal = scene.paper(PaperKind.RESUMPTION)
        text = packed(words_of(renewal.pdf_key))
        assert "续办委托书" in text and "等待房东补办备案" in text and "10:00" in text
        assert renewal.state == PaperState.FROZEN.value
        scene.tell("delegation.delivered")
        assert "办理结果" in words_of(scene.paper(PaperKind.COMPLETION).pdf_key)
        scene.tell("delegation.terminated", reason="申请人自己去办")
        assert "申请人自己去办" in packed(words_of(scene.paper(PaperKind.TERMINATION).pdf_key))

    def test_a_mandate_drafted_during_a_suspension_is_the_renewal_and_the_only_one(
        self, scene: Papers, standing_clock: FixedClock
    ) -> None:
        scene.register()
        scene.tell("delegation.suspended", cause="MANDATE_REVOKED")
        standing_clock.advance(timedelta(minutes=1))
        mandate = scene.draft(renewal=True)
        scene.tell("delegation.resumed")
        paper = scene.paper(PaperKind.RESUMPTION)
        assert paper.subjects == [str(mandate.pk)] and paper.edition == 1
        assert "申请人撤销了委托" in packed(words_of(paper.pdf_key))
        assert "申请人撤销了委托" in packed(words_of(scene.paper(PaperKind.SUSPENSION).pdf_key))

    def test_the_same_entry_twice_makes_one_paper(self, scene: Papers) -> None:
        entry = scene.register()
        first = papers.freeze_paper(entry)
        head = journal.head(scene.delegation.stream)
        assert papers.freeze_paper(entry) == first
        assert journal.head(scene.delegation.stream) == head


class TestBytes:
    def test_the_stored_content_gives_the_same_bytes_again_frozen_and_signed(
        self, scene: Papers
    ) -> None:
        scene.register()
        scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        again = papers.set_paper(papers.content_of_paper(paper), paper.content_sha256)
        assert hashing.sha256_hex(typesetting.pdf(again)) == paper.sha256
        with blobs.store().open(paper.pdf_key) as file:
            reader = PdfReader(BytesIO(file.read()))
        assert (
            "<pdfaid:part>3</pdfaid:part>"
            in reader.trailer["/Root"]["/Metadata"].get_data().decode()
        )
        with blobs.store().open(paper.content_key) as file:
            assert reader.attachments["paper.json"][0] == file.read()

    def test_what_a_person_wrote_stays_text_and_the_longest_names_stay_whole(
        self, scene: Papers
    ) -> None:
        scene.register(
            person_type="FIRM",
            applicant_name=LONG_FIRM,
            contact_name="阿依努尔·买买提吐尔逊",
            address=LONG_ADDRESS,
            wish=MARKUP,
        )
        text = packed(words_of(scene.paper(PaperKind.REGISTRATION).pdf_key))
        assert packed(MARKUP) in text
        assert LONG_FIRM in text and packed(LONG_ADDRESS) in text

    def test_a_character_without_a_glyph_is_refused_and_told_but_holds_nothing_back(
        self, scene: Papers
    ) -> None:
        entry = scene.register(wish="我叫李𱍐")
        scene.tell("delegation.accepted")
        assert scene.paper(PaperKind.ACCEPTANCE).state == PaperState.ISSUED.value
        with pytest.raises(GlyphMissing):
            papers.freeze_paper(entry)
        (told,) = selectors.refused_papers(scene.delegation)
        assert told.data["kind"] == "REGISTRATION" and told.data["character"] == "𱍐"
        assert outbox.OutboxRow.objects.get(last_error="glyph_missing").state == "PENDING"


class TestSigningOnAScreen:
    def test_the_applicant_signs_on_the_delegates_phone_and_the_act_says_so(
        self, scene: Papers
    ) -> None:
        scene.register()
        mandate = scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        signed = papers.sign_paper(
            paper, act(paper.sha256), signer=SignerKind.APPLICANT, actor=scene.field_actor
        )
        assert signed.state == PaperState.SIGNED.value
        entries = journal.entries(scene.delegation.stream)
        completed = entries.get(kind="signature.completed")
        assert completed.data["device_of"] == str(scene.delegate.pk)
        assert completed.data["signer"] == "APPLICANT"
        assert completed.actor.id == scene.field_actor.id
        told = entries.get(kind="paper.signed")
        assert told.data["mandate"] == str(mandate.pk) and told.data["way"] == "SCREEN"
        issued = scene.paper(PaperKind.MANDATE)
        assert issued.state == PaperState.ISSUED.value
        text = packed(words_of(issued.signed_key))
        assert packed("本人在代办专员 周代办 的手机上签名") in text and paper.sha256 in text
        assert scene.kinds()[-1] == "paper.issued"

    def test_the_applicant_signs_on_the_own_phone(self, scene: Papers) -> None:
        scene.register()
        scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        papers.sign_paper(
            paper, act(paper.sha256), signer=SignerKind.APPLICANT, actor=scene.applicant
        )
        issued = scene.paper(PaperKind.MANDATE)
        assert "本人在自己的手机上签名" in packed(words_of(issued.signed_key))
        told = journal.entries(scene.delegation.stream).get(kind="signature.completed")
        assert told.data["device_of"] is None

    def test_a_signature_given_at_the_door_of_signing_counts_for_the_paper(
        self, scene: Papers
    ) -> None:
        scene.register()
        scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        request = SignatureRequest.objects.get(document_sha256=paper.sha256)
        signing.complete(request, act(paper.sha256), actor=scene.applicant)
        assert scene.paper(PaperKind.MANDATE).state == PaperState.ISSUED.value

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [({"document_sha256": "e" * 64}, DocumentChanged), ({"will": False}, WillMissing)],
    )
    def test_a_wrong_act_is_refused_and_leaves_nothing(
        self, scene: Papers, wrong: dict[str, object], refusal: type[Refusal]
    ) -> None:
        scene.register()
        scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        head = journal.head(scene.delegation.stream)
        with pytest.raises(refusal):
            papers.sign_paper(
                paper,
                act(paper.sha256, **wrong),
                signer=SignerKind.APPLICANT,
                actor=scene.field_actor,
            )
        assert journal.head(scene.delegation.stream) == head

    def test_nobody_of_another_bureau_lends_a_phone_and_no_trace_serves_twice(
        self, scene: Papers
    ) -> None:
        scene.register()
        scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        for stranger in (
            actor_of_staff(scene.cast.zhao),
            Actor("applicant", str(scene.cast.bureau.pk), str(scene.cast.bureau.pk)),
        ):
            with pytest.raises(NotAllowed):
                papers.sign_paper(
                    paper, act(paper.sha256), signer=SignerKind.APPLICANT, actor=stranger
                )
            with pytest.raises(PaperUnknown):
                selectors.access_paper(
                    Actor(stranger.kind, stranger.id, stranger.scope, frozenset({"DISPATCHER"})),
                    paper.pk,
                )
        papers.sign_paper(
            paper, act(paper.sha256), signer=SignerKind.APPLICANT, actor=scene.field_actor
        )
        with pytest.raises(PaperClosed):
            papers.sign_paper(
                paper, act(paper.sha256, 2), signer=SignerKind.APPLICANT, actor=scene.field_actor
            )
        scene.hand_over("居民身份证")
        listed = scene.paper(PaperKind.HAND_OVER)
        with pytest.raises(StrokesReplayed):
            papers.sign_paper(
                listed, act(listed.sha256), signer=SignerKind.DELEGATE, actor=scene.field_actor
            )

    def test_a_declined_mandate_is_not_signed(self, scene: Papers) -> None:
        scene.register()
        scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        request = SignatureRequest.objects.get(document_sha256=paper.sha256)
        signing.decline(request, "我再想想", actor=scene.applicant)
        assert scene.paper(PaperKind.MANDATE).state == PaperState.FROZEN.value
        assert "paper.signed" not in scene.kinds()
        with pytest.raises(AlreadySigned):
            papers.sign_paper(
                paper, act(paper.sha256), signer=SignerKind.APPLICANT, actor=scene.field_actor
            )


class TestSigningOnPaper:
    def test_a_photo_of_the_sheet_is_evidence_and_signs_the_mandate(self, scene: Papers) -> None:
        scene.register()
        scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        picture = picture_bytes()
        sheet = Sheet(BytesIO(picture), hashing.sha256_hex(picture), paper.sha256)
        signed = papers.sign_by_photo(paper, sheet, actor=scene.field_actor)
        assert signed.signed_way == SignedWay.PAPER_PHOTO.value
        told = journal.entries(scene.delegation.stream).get(kind="signature.completed")
        assert told.data["grade"] == Grade.UPLOADED.value
        assert told.data["photo_sha256"] == hashing.sha256_hex(picture)
        issued = scene.paper(PaperKind.MANDATE)
        text = packed(words_of(issued.signed_key))
        assert "已在纸质文书上签名，照片附后" in text and "上传照片" in text
        assert len(issued.page_keys) == len(paper.page_keys) + 1

    def test_the_photo_of_an_older_print_is_refused(self, scene: Papers) -> None:
        scene.register()
        scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        picture = picture_bytes()
        sheet = Sheet(BytesIO(picture), hashing.sha256_hex(picture), "e" * 64)
        with pytest.raises(DocumentChanged):
            papers.sign_by_photo(paper, sheet, actor=scene.field_actor)
        assert not scene.delegation.dossier.items.filter(kind="PHOTO").exists()


class TestHandOver:
    def test_documents_given_one_after_another_stand_on_one_list_that_both_sign(
        self, scene: Papers
    ) -> None:
        scene.register()
        rows = [
            scene.hand_over("居民身份证"),
            scene.hand_over("租赁合同", original=False, copies=2),
        ]
        paper = scene.paper(PaperKind.HAND_OVER)
        assert paper.edition == 1 and paper.subjects == [str(row.pk) for row in rows]
        text = packed(words_of(paper.pdf_key))
        assert "居民身份证" in text and "合计2种，3份：原件1份，复印件2份" in text
        papers.sign_paper(
            paper, act(paper.sha256, 1), signer=SignerKind.APPLICANT, actor=scene.field_actor
        )
        assert scene.paper(PaperKind.HAND_OVER).state == PaperState.FROZEN.value
        papers.sign_paper(
            paper, act(paper.sha256, 2), signer=SignerKind.DELEGATE, actor=scene.field_actor
        )
        assert scene.paper(PaperKind.HAND_OVER).state == PaperState.ISSUED.value
        told = journal.entries(scene.delegation.stream).get(kind="paper.signed")
        assert told.data["documents"] == paper.subjects

    def test_the_next_list_holds_what_was_not_signed_for(self, scene: Papers) -> None:
        scene.register()
        scene.hand_over("居民身份证")
        first = scene.paper(PaperKind.HAND_OVER)
        later = scene.hand_over("租赁合同")
        second = scene.paper(PaperKind.HAND_OVER)
        first.refresh_from_db(fields=["edition"])
        assert scene.delegation.papers.get(pk=first.pk).state == PaperState.SUPERSEDED.value
        assert second.subjects == [*first.subjects, str(later.pk)]
        with pytest.raises(PaperClosed):
            papers.sign_paper(
                first, act(first.sha256), signer=SignerKind.APPLICANT, actor=scene.field_actor
            )

    def test_only_the_delegate_countersigns(self, scene: Papers) -> None:
        scene.register()
        scene.hand_over("居民身份证")
        paper = scene.paper(PaperKind.HAND_OVER)
        with pytest.raises(NotAllowed):
            papers.sign_paper(
                paper,
                act(paper.sha256),
                signer=SignerKind.DELEGATE,
                actor=actor_of_staff(scene.other),
            )


class TestAnEnd:
    def test_the_paper_of_a_revoked_draft_cannot_be_signed_any_more(self, scene: Papers) -> None:
        scene.register()
        mandate = scene.draft()
        paper = scene.paper(PaperKind.MANDATE)
        scene.tell("mandate.revoked", mandate=str(mandate.pk), cause="REVOKED")
        assert scene.paper(PaperKind.MANDATE).state == PaperState.SUPERSEDED.value
        with pytest.raises(PaperClosed):
            papers.sign_paper(
                paper, act(paper.sha256), signer=SignerKind.APPLICANT, actor=scene.applicant
            )
        (request,) = requests_for(scene.delegation.dossier_id, paper.sha256)
        assert request.state == "PENDING"
