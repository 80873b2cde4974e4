"""Steps 1–9 at real browsers, embedded and as a cluster, and what they leave behind."""

import hashlib
import json
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from tests.demo import verdict
from tests.e2e import play
from tests.support.product import Topology

NUMBER = verdict.NUMBER


def test_a_case_becomes_a_sealed_dossier_a_result_and_a_closed_case(
    product: Topology, props: Path, tmp_path: Path
) -> None:
    with play.stage(product, product.receiver, props) as it:
        play.prepare(it)
        play.meet(it)
        play.inspect(it)
        play.sign(it)
        first = play.result(it, 1)
        play.rectify(it)
        second = play.result(it, 2)
        case = play.closed_case(it)
        blockers = "\n".join(str(one) for one in it.facts["blockers"])  # type: ignore[attr-defined]
    assert "CY16 人员与制度 这一项还没有判定" in blockers
    assert (first["verdict"], first["failed_items"]) == (
        "CONFORMING",
        [{"code": play.FAILED_ITEM, "level": "MAJOR", "title": "三防"}],
    )
    assert (second["version"], second["failed_items"], second["round"]) == (2, [], 2)
    assert (case["state"], case["result_version"]) == ("CLOSED", 2)
    found = verdict.collect(product, tmp_path)
    the_dossier_verifies(found)
    the_recording_shows_the_camera_in_order(found)
    journal = _journal(tmp_path / "dossier-1" / "data" / "events.jsonl")
    the_record_says_what_happened(tmp_path / "record.pdf", first, journal)
    the_journal_says_it_in_order(journal)


def the_dossier_verifies(found: dict[str, object]) -> None:
    assert found["chain_intact"]
    assert found["sha256sum_ok"]
    package = found["package"]
    assert isinstance(package, dict)
    assert package["verified"], package
    # Every frame that reached the server is in a segment or inside a gap that has a name.
    assert found["every_frame_accounted_for"], found
    assert found["frames_received"] == int(str(found["frames_recorded"])) + int(
        str(found["frames_in_named_gaps"])
    )


def the_recording_shows_the_camera_in_order(found: dict[str, object]) -> None:
    strip = found["strip"]
    assert isinstance(strip, dict)
    assert strip["frames"] > 100
    assert strip["read"] >= 0.98 * strip["frames"], strip
    assert strip["backwards"] == 0, strip
    # On a machine too busy for the call the picture may become small; the record says so.
    levels = found["levels"]
    assert isinstance(levels, list)
    assert not strip["smaller"] or "SD" in levels, (strip, levels)
    mp4 = found["mp4"]
    assert isinstance(mp4, dict)
    assert (mp4["video"], mp4["audio"], mp4["size"]) == ("h264", ["aac"], [1280, 720])


def the_record_says_what_happened(
    path: Path, result: dict[str, object], journal: list[dict[str, Any]]
) -> None:
    text = "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")
    for words in (
        "周村区行政审批服务局",
        NUMBER,
        "92370306MA3C00001F",
        "王勘验",
        "陈勘验",
        "后门挡鼠板高约",
        "本周内更换挡鼠板",
        "同意全程录音录像",
    ):
        assert words in text, words
    # The result names the issued copy, and that copy the very document that was signed.
    assert result["record_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    issued = next(entry["data"] for entry in journal if entry["kind"] == "record.issued")
    assert issued["signed_sha256"] == result["record_sha256"]
    assert issued["frozen_sha256"] in text.replace(" ", "")


def _journal(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def the_journal_says_it_in_order(journal: list[dict[str, Any]]) -> None:
    kinds = [entry["kind"] for entry in journal]
    order = (
        "dossier.opened",
        "consent.accepted",
        "room.admitted",
        "recording.started",
        "inspection.concluded",
        "record.frozen",
        "signature.read",
        "signature.objected",
        "signature.code_sent",
        "signature.identified",
        "signature.completed",
        "record.issued",
        "room.closed",
        "dossier.sealed",
    )
    places = [kinds.index(kind) for kind in order]
    assert places == sorted(places), list(zip(order, places, strict=True))
    assert kinds[-1] == "dossier.sealed"
    assert kinds.count("record.frozen") == 2
    signed = [entry["data"] for entry in journal if entry["kind"] == "signature.completed"]
    assert [(one["signer"], one["key"]) for one in signed] == [
        ("APPLICANT", "device"),
        ("INSPECTOR", "device"),
        ("INSPECTOR", "device"),
    ]
