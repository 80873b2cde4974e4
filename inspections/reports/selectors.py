from uuid import UUID

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import Actor
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import access_inspection
from inspections.reports.errors import GlyphMissing, PageUnknown, RecordNotReady
from inspections.reports.models import Record


def record_of(inspection: Inspection) -> Record:
    """The newest record of an inspection; refuses with `record_not_ready`, or with
    `glyph_missing` when a character keeps it from being made."""
    found = inspection.records.order_by("-edition").first()
    if found is not None:
        return found
    refused = journal.entries(inspection.stream).filter(kind="record.refused").last()
    if refused is not None:
        named = {name: refused.data[name] for name in ("character", "code_point")}
        raise GlyphMissing(fields=named)
    raise RecordNotReady


def access_record(actor: Actor, record_id: UUID) -> Record:
    """The record of an inspection this actor may read; refuses with `record_not_ready`,
    `inspection_unknown`."""
    found = Record.objects.filter(pk=record_id).first()
    if found is None:
        raise RecordNotReady
    found.inspection = access_inspection(actor, found.inspection_id)
    return found


def record_with_digest(sha256: str) -> Record | None:
    """The record whose frozen PDF has this digest."""
    return Record.objects.select_related("inspection").filter(sha256=sha256).first()


def page_key(record: Record, number: int) -> str:
    """Storage key of page `number` (from 1); refuses with `page_unknown`."""
    if not 1 <= number <= len(record.page_keys):
        raise PageUnknown
    return str(record.page_keys[number - 1])
