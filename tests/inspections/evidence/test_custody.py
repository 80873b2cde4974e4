"""What is kept, for how long, who looked, and how it ends: by two persons, with a certificate."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from fieldsvc.kernel import blobs, chain, clock, hashing, journal
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import Actor, JournalSecret
from inspections.catalog.selectors import retention_class
from inspections.evidence import gateways, selectors, services
from inspections.evidence.errors import (
    DisposalProposed,
    DisposalUnknown,
    LegalHoldStands,
    NotYetSealed,
    RetentionRunning,
    SamePerson,
)
from inspections.evidence.export import export_dossier
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.evidence.services import Circumstances
from inspections.evidence.states import DisposalState, EvidenceKind, Purpose
from inspections.evidence.verifier import verdict
from inspections.evidence.verifier.custody import CUSTODY
from inspections.evidence.verifier.report import Report
from inspections.reports.states import InspectionPaperKind
from tests.inspections.evidence import bags, small_dossier
from tests.inspections.pictures import picture_bytes

pytestmark = pytest.mark.django_db

HEAD = Actor("staff", "head-1", "bureau-1", frozenset({"HEAD"}))
ADMINISTRATOR = Actor("staff", "administrator-1", "bureau-1", frozenset({"ADMINISTRATOR"}))
APPLICANT = Actor("applicant", "case-1", "bureau-1")
CHECK_SHEET = InspectionPaperKind.CHECK_SHEET
TEN_YEARS = timedelta(days=3660)


def take(dossier: Dossier, shade: int, purpose: Purpose = Purpose.PRE_SURVEY) -> EvidenceItem:
    data = picture_bytes(shade=shade)
    how = Circumstances(purpose, item="CY01", longitude=117.8, latitude=36.8)
    digest = hashing.sha256_hex(data)
    return services.admit(dossier, BytesIO(data), digest, how, actor=APPLICANT)


@pytest.fixture
def dossier(standing_clock: FixedClock) -> Dossier:
    return services.open_dossier(
        "云勘验 YKY-2026-000001", scope="bureau-1", actor=APPLICANT, service_item="CY"
    )


def test_a_dossier_is_kept_for_the_term_of_its_matter(
    dossier: Dossier, standing_clock: FixedClock
) -> None:
    with pytest.raises(NotYetSealed):
        services.propose_disposal(dossier.pk, "期限届满", actor=HEAD)
    services.seal(dossier.pk)
    dossier.refresh_from_db()
    until = selectors.kept_until(dossier)
    assert until is not None and until.isoformat() == "2036-11-23"
    with pytest.raises(RetentionRunning) as refused:
        services.propose_disposal(dossier.pk, "期限届满", actor=HEAD)
    assert refused.value.fields == {"until": "2036-11-23"}


def record_voice_and_paper(dossier: Dossier) -> list[Blob]:
    """A record, a spoken objection, and a paper beside the record with its content."""
    store = blobs.store()
    record = store.put(b"%PDF record", media_type="application/pdf")
    services.admit_own(dossier, record, EvidenceKind.DOCUMENT, Circumstances(Purpose.RECORD))
    voice = store.put(b"spoken objection", media_type="audio/webm")
    services.admit_own(dossier, voice, EvidenceKind.VOICE, Circumstances(Purpose.SIGNATURE))
    paper = small_dossier.put_paper(dossier, CHECK_SHEET, b"%PDF check sheet", {})
    return [record, voice, *paper]


def test_two_persons_end_it_and_the_chain_still_verifies(
    dossier: Dossier, standing_clock: FixedClock
) -> None:
    other = services.open_dossier("云勘验 2", scope="bureau-1", actor=APPLICANT)
    condemned, shared, kept = take(dossier, 1), take(dossier, 2), take(other, 2)
    written = record_voice_and_paper(dossier)
    services.seal(dossier.pk)
    entry = journal.entries(dossier.stream).get(number=condemned.number)
    assert journal.reveal(entry, "place") == "117.800000,36.800000"
    personal_values = JournalSecret.objects.filter(entry__stream=dossier.stream).count()
    assert personal_values >= 2
    standing_clock.advance(TEN_YEARS)
    services.propose_disposal(dossier.pk, "期限届满", actor=HEAD)
    with pytest.raises(DisposalProposed):
        services.propose_disposal(dossier.pk, "再一次", actor=HEAD)
    with pytest.raises(SamePerson):
        services.confirm_disposal(dossier.pk, actor=HEAD)
    done = services.confirm_disposal(dossier.pk, actor=ADMINISTRATOR)
    assert done.state == DisposalState.DONE.value
    assert services.remove_files(dossier) == services.remove_files(dossier)

    assert journal.reveal(entry, "place") is None
    assert not blobs.store().exists(condemned.blob_key)
    assert blobs.store().exists(shared.blob_key) and shared.blob_key == kept.blob_key
    assert not any(blobs.store().exists(one.key) for one in written)
    assert chain.verify(dossier.stream).ok
    assert selectors.verify(Dossier.objects.get(pk=dossier.pk)).ok
    certificate = selectors.custody_entries(dossier)[-1]
    assert certificate.kind == "dossier.disposed"
    assert certificate.data["proposed_by"] == HEAD.id
    assert certificate.data["confirmed_by"] == ADMINISTRATOR.id
    assert certificate.data["personal_values"] == personal_values
    assert certificate.data["kept"] == 0
    named = [one["sha256"] for one in certificate.data["removed"]]
    assert {one.sha256 for one in written} < set(named)
    assert len(named) == dossier.items.count() + 2
    assert chain.verify(selectors.custody_stream(dossier)).ok
    assert chain.verify(selectors.papers_stream(dossier)).ok


def test_a_class_may_keep_the_papers_and_a_file_lost_by_fault_is_not_called_disposed(
    dossier: Dossier,
) -> None:
    paper, _ = small_dossier.put_paper(dossier, CHECK_SHEET, b"%PDF check sheet", {})
    kind = retention_class("CY")
    kept = replace(kind, keeps=frozenset({Purpose.RECORD.value}))
    assert len(selectors.papers_condemned_by(dossier, kind)) == 2
    assert selectors.papers_condemned_by(dossier, kept) == []
    with pytest.raises(blobs.BlobMissing), selectors.telling_disposal(dossier.pk):
        blobs.store().delete(paper.key)
        selectors.blob_size(paper.key)


def test_a_package_shows_by_whose_word_files_are_gone_as_soon_as_a_checkpoint_vouches_for_it(
    tmp_path: Path,
) -> None:
    how = {"scope": "bureau-1", "service_item": "CY"}
    dossier = services.open_dossier("云勘验 3", actor=APPLICANT, **how)
    condemned = take(dossier, 1)
    small_dossier.put_paper(dossier, CHECK_SHEET, b"%PDF check sheet", {})
    services.seal(dossier.pk)
    stamped("seal")
    # The local authority knows no other clock than the machine's.
    Dossier.objects.filter(pk=dossier.pk).update(sealed_at=clock.now() - TEN_YEARS)
    disposed_of(dossier)
    export_dossier(Dossier.objects.get(pk=dossier.pk), tmp_path / "early")
    early = verdict.verify(tmp_path / "early", [])
    assert (early.grade, codes(early, "fail")) == (1, set())
    assert "custody_unanchored" in codes(early, "gap")

    stamped("beat")
    export_dossier(Dossier.objects.get(pk=dossier.pk), tmp_path / "clean")
    given = small_dossier.roots()
    roots = verdict.read_roots([given.bureau, given.time], tmp_path / "clean")
    report = verdict.verify(tmp_path / "clean", roots)
    assert (report.grade, codes(report, "fail")) == (3, set())
    gone = [one["item"] for one in report.findings if one["code"] == "item_disposed"]
    assert f"{condemned.number:06d}" in gone[0]
    assert gone[1:] == [f"data/papers/3-{CHECK_SHEET.code}1.{suffix}" for suffix in ("pdf", "json")]
    assert "disposed" in report.not_proved

    files = bags.read(tmp_path / "clean")
    for name, forge, named in (
        ("forged", told_otherwise, {"custody_wrong", "item_missing"}),
        ("rewritten", retold, {"custody_wrong"}),
        ("bare", lambda files: files.pop("data/anchors/custody.json"), {"custody_unanchored"}),
    ):
        made = dict(files)
        forge(made)
        bags.write(bags.refresh(made), tmp_path / name)
        found = verdict.verify(tmp_path / name, roots)
        told = {one["code"] for one in found.findings}
        assert found.grade < 2 and named <= told, name


def disposed_of(dossier: Dossier) -> None:
    services.propose_disposal(dossier.pk, "期限届满", actor=HEAD)
    services.confirm_disposal(dossier.pk, actor=ADMINISTRATOR)
    services.remove_files(dossier)


def told_otherwise(files: bags.Files) -> None:
    files[CUSTODY] = files[CUSTODY].replace("期限届满".encode(), "期限未满".encode())


def retold(files: bags.Files) -> None:
    """The certificate, its last entry, written anew: only the tree can tell."""
    *before, last = files[CUSTODY].splitlines(keepends=True)
    files[CUSTODY] = b"".join([*before, last.replace("期限届满".encode(), "期限未满".encode())])


def stamped(reason: str) -> None:
    services.anchor(reason)
    gateways.stamp_due()


def codes(report: Report, level: str) -> set[str]:
    return {one["code"] for one in report.findings if one["level"] == level}


def test_a_hold_stops_a_disposal_until_it_is_lifted(
    dossier: Dossier, standing_clock: FixedClock
) -> None:
    services.seal(dossier.pk)
    standing_clock.advance(TEN_YEARS)
    services.propose_disposal(dossier.pk, "期限届满", actor=HEAD)
    held = services.hold(dossier.pk, "行政复议期间", actor=HEAD)
    assert services.hold(dossier.pk, "再一次", actor=HEAD) == held
    with pytest.raises(LegalHoldStands):
        services.confirm_disposal(dossier.pk, actor=ADMINISTRATOR)
    services.lift_hold(dossier.pk, actor=HEAD)
    services.withdraw_disposal(dossier.pk, actor=ADMINISTRATOR)
    with pytest.raises(DisposalUnknown):
        services.confirm_disposal(dossier.pk, actor=ADMINISTRATOR)
    assert [entry.kind for entry in selectors.custody_entries(dossier)] == [
        *("disposal.proposed", "dossier.held", "dossier.hold_lifted", "disposal.withdrawn"),
    ]


def test_a_look_after_the_seal_is_told_beside_the_sealed_chain(dossier: Dossier) -> None:
    item = take(dossier, 3)
    services.seal(dossier.pk)
    services.note_view(dossier, str(item.pk), "original", actor=HEAD)
    entry = selectors.custody_entries(dossier)[-1]
    assert (entry.kind, entry.data["subject"]) == ("evidence.viewed", str(item.pk))
    assert selectors.verify(Dossier.objects.get(pk=dossier.pk)).ok
