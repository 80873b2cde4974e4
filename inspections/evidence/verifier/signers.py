"""E4: who signed the record."""

from datetime import datetime

from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.items import FROZEN, message_path
from inspections.evidence.verifier.openssl import UTC, Openssl
from inspections.evidence.verifier.report import Report, place

FILES = ("strokes_sha256", "picture_sha256", "photo_sha256", "cms_sha256")


def check_signers(
    package: Package, entries: list[Entry], report: Report, openssl: Openssl | None
) -> None:
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
    for answer in check_answers(entries, report, (document, files)):
        check_certified(package, answer, report, openssl)


def check_answers(entries: list[Entry], report: Report, paper: tuple[str, set[str]]) -> list[Entry]:
    """Everybody asked has answered; returns the signatures that are bound to the record."""
    asked = [
        one
        for one in entries
        if one.kind == "signature.requested" and one.text("document_sha256") == paper[0]
    ]
    kinds = ("signature.completed", "signature.declined")
    answers = {one.text("signature"): one for one in entries if one.kind in kinds}
    inspectors, bound = set(), []
    for request in asked:
        answer = answers.get(request.text("signature"))
        if answer is None:
            report.gap(4, "signature_missing", place(request.number))
        elif answer.kind == "signature.declined":
            report.note("applicant_declined", place(answer.number))
        elif not is_bound(answer, *paper):
            report.fail("signature_unbound", place(answer.number))
        else:
            bound.append(answer)
            if request.text("signer") == "INSPECTOR":
                inspectors.add(request.text("signer_id"))
            if request.text("assurance") == "CERTIFIED" and not answer.text("cms_sha256"):
                report.gap(4, "signature_uncertified", place(answer.number))
    if not any(request.text("signer") == "APPLICANT" for request in asked):
        report.gap(4, "signature_missing", "APPLICANT")
    if len(inspectors) < 2:
        report.gap(4, "inspectors_too_few")
    return bound


def is_bound(answer: Entry, document: str, files: set[str]) -> bool:
    """A signature names the record's digest and the files of its own making, all of them here."""
    there = {answer.text(key) for key in FILES if answer.text(key)}
    return answer.text("document_sha256") == document and bool(there) and there <= files


def check_certified(
    package: Package, answer: Entry, report: Report, openssl: Openssl | None
) -> None:
    """The signer's CMS message is over the frozen record, by the certificate the journal names.

    Files that are not those of the journal were named already: then they say nothing here.
    """
    path = message_path(answer)
    if not answer.text("cms_sha256"):
        report.note("handwriting_only", place(answer.number))
        report.unproved("handwriting")
        return
    if answer.text("key") != "device":
        report.note("key_of_server", place(answer.number))
        report.unproved("server_key")
    named = {path: answer.text("cms_sha256"), FROZEN: answer.text("document_sha256")}
    whole = all(one in package and package.digests[one][0] == named[one] for one in named)
    if openssl is None or not whole:
        return
    pem = openssl.cms(package.read(path), package.read(FROZEN), seconds_of(answer))
    if pem is None:
        report.fail("signature_forged", path)
    elif not pem:
        report.gap(4, "signer_untrusted", path)
    elif not is_of(openssl.certificate(pem), answer):
        report.fail("signer_foreign", path)


def is_of(certificate: dict[str, str], answer: Entry) -> bool:
    """Whether it is the one certificate that was given out for this very signature."""
    told = ("SIGNER", answer.text("signature"), answer.text("certificate_sha256"))
    return told == tuple(certificate.get(key) for key in ("unit", "name", "fingerprint"))


def seconds_of(entry: Entry) -> int:
    """When the entry says it was written; 0, at which no certificate was good, if it does not."""
    try:
        at = datetime.strptime(entry.at[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return 0
    return int(at.timestamp())
