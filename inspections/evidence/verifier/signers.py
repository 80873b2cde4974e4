"""E4: who signed the record."""

from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.report import Report, place


def check_signers(entries: list[Entry], report: Report) -> None:
    """The record that was frozen is here, and whoever was asked to sign it has answered."""
    frozen = [one for one in entries if one.kind == "record.frozen"]
    if not frozen:
        report.gap(4, "record_absent")
        return
    document = frozen[-1].text("sha256")
    files = {one.text("sha256") for one in entries if one.kind == "evidence.admitted"}
    if document not in files:
        report.fail("record_unbound", place(frozen[-1].number))
    for issued in entries:
        named = (issued.text("frozen_sha256"), issued.text("signed_sha256"))
        if issued.kind == "record.issued" and (named[0] != document or named[1] not in files):
            report.fail("record_unbound", place(issued.number))
    check_answers(entries, report, (document, files))
    report.note("handwriting_only")


def check_answers(entries: list[Entry], report: Report, paper: tuple[str, set[str]]) -> None:
    asked = [
        one
        for one in entries
        if one.kind == "signature.requested" and one.text("document_sha256") == paper[0]
    ]
    kinds = ("signature.completed", "signature.declined")
    answers = {one.text("signature"): one for one in entries if one.kind in kinds}
    inspectors = set()
    for request in asked:
        answer = answers.get(request.text("signature"))
        if answer is None:
            report.gap(4, "signature_missing", place(request.number))
        elif answer.kind == "signature.declined":
            report.note("applicant_declined", place(answer.number))
        elif not is_bound(answer, *paper):
            report.fail("signature_unbound", place(answer.number))
        elif request.text("signer") == "INSPECTOR":
            inspectors.add(request.text("signer_id"))
    if not any(request.text("signer") == "APPLICANT" for request in asked):
        report.gap(4, "signature_missing", "APPLICANT")
    if len(inspectors) < 2:
        report.gap(4, "inspectors_too_few")


def is_bound(answer: Entry, document: str, files: set[str]) -> bool:
    """A signature names the record's digest and the files of its own making, all of them here."""
    named = [answer.text(key) for key in ("strokes_sha256", "picture_sha256", "photo_sha256")]
    there = {digest for digest in named if digest}
    return answer.text("document_sha256") == document and bool(there) and there <= files
