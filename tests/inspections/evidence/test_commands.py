"""The commands a person proves a dossier with, and the playable copy."""

import hashlib
import json
import subprocess
from io import StringIO
from pathlib import Path

import av
import pytest
from django.core.management import call_command

from fieldsvc.kernel import blobs, journal, outbox
from inspections.evidence import authority, gateways
from inspections.evidence.models import RecordingCopy
from inspections.evidence.services.copies import AFTER_THE_ITEMS
from inspections.evidence.states import CopyState
from inspections.evidence.verifier import verdict
from tests.inspections.inspection.scene import Scene


def test_a_sealed_dossier_verifies_and_a_flipped_byte_fails_the_command(scene: Scene) -> None:
    dossier = scene.play_to_seal().dossier
    out = StringIO()
    call_command("verify_dossier", str(dossier.pk), "--json", stdout=out)
    assert [one["ok"] for one in json.loads(out.getvalue())] == [True]
    segment = dossier.items.filter(kind="SEGMENT").first()
    assert segment is not None
    with blobs.store().local_path(segment.blob_key) as path:
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_dossier", str(dossier.pk), stdout=out)
    assert ended.value.code == 1
    assert "blob_altered" in out.getvalue()
    blobs.store().delete(segment.blob_key)


def test_the_export_checks_with_sha256sum_alone_and_its_journal_is_a_chain(
    scene: Scene,
    tmp_path: Path,
    settings,  # type: ignore[no-untyped-def]
) -> None:
    settings.OFFICIAL_SEAL = "local"
    dossier = scene.play_to_seal().dossier
    call_command("export_dossier", str(dossier.pk), "--out", str(tmp_path), stdout=StringIO())
    tmp_path = tmp_path / "dossier-1"
    checked = subprocess.run(
        ["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], cwd=tmp_path, check=False
    )
    assert checked.returncode == 0
    tmp_path = tmp_path / "data"
    assert (tmp_path / "record.pdf").read_bytes().startswith(b"%PDF")
    before = "0" * 64
    for line in (tmp_path / "events.jsonl").read_bytes().splitlines():
        assert json.loads(line)["prev"] == before
        before = hashlib.sha256(line).hexdigest()
    assert_sealed_and_signed(tmp_path.parent)
    last = json.loads((tmp_path / "events.jsonl").read_bytes().splitlines()[-1])
    manifest = (tmp_path / "manifest.json").read_bytes()
    assert last["data"]["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()


def assert_sealed_and_signed(package: Path) -> None:
    """The record in a package carries the bureau's seal, and the official mark lies beside it."""
    roots = [authority.root_file(), gateways.LocalAuthority().root_file()]
    report = verdict.verify(package, verdict.read_roots(roots, package))
    assert not [one for one in report.findings if one["level"] == "fail"]
    assert not [one for one in report.findings if one["item"] == "data/record.pdf"]
    assert "sealed_not_after" in report.facts
    assert list((package / "data" / "items" / "signatures").glob("*.sm2"))


def test_a_closed_room_gets_a_playable_copy_that_is_no_evidence(scene: Scene) -> None:
    dossier = scene.play_to_seal().dossier
    # The effect was delivered by play_to_seal's drain: a real transcoding in a child process.
    copy = RecordingCopy.objects.get(dossier=dossier)
    assert (copy.state, copy.percent) == (CopyState.READY.value, 100), copy.error
    with (
        blobs.store().local_path(copy.blob_key) as path,
        av.open(str(path)) as container,
    ):
        assert container.streams.video[0].codec_context.name == "h264"
        judged = [
            entry.data["item"]
            for entry in journal.entries(dossier.stream).filter(kind="finding.recorded")
        ]
        titles = [chapter["metadata"]["title"] for chapter in container.chapters()]
        assert titles
        assert set(titles) <= {*judged, AFTER_THE_ITEMS}
        assert copy.parents_sha256 in container.metadata["comment"]
    with blobs.store().open(copy.sheet_key) as sheet:
        assert sheet.read(2) == b"\xff\xd8"
    assert not dossier.items.filter(sha256=copy.sha256).exists()
    assert not outbox.dead_rows().exists()
