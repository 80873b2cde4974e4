"""The next edition of a record: everything as it was, and the applicant's objection."""

from datetime import datetime

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import JournalEntry
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import template_of
from inspections.reports import wording
from inspections.reports.content.manifest import manifest_of
from inspections.reports.content.record import footer_of
from inspections.reports.shapes import Content, ObjectionLine


def with_objection(
    content: Content, inspection: Inspection, objection: JournalEntry, at: datetime
) -> Content:
    """`content` one edition later, frozen at `at`; only the objection, the manifest and what
    names the edition differ from the one before."""
    edition = content["version"] + 1
    head = journal.head(inspection.stream)
    return {
        **content,
        "at": clock.iso(at),
        "version": edition,
        "date": wording.day(at),
        "objections": [*content["objections"], _line(objection, edition - 1)],
        "manifest": manifest_of(inspection, edition, at, head, template_of(inspection)),
        "footer": footer_of(inspection, edition, at, head),
    }


def _line(objection: JournalEntry, edition: int) -> ObjectionLine:
    text = journal.reveal(objection, "text") or ""
    digest = objection.data["voice_sha256"]
    return {
        "at": f"{wording.moment(objection.at)} 对第 {edition} 版",
        "text": text,
        "voice": f"另有录音，SHA-256 {digest}" if digest else "",
    }
