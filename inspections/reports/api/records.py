from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Router, Schema

from fieldsvc.kernel.journal import Actor
from inspections.evidence.answers import Stored, blob_answer
from inspections.evidence.selectors import blob_size, telling_disposal
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import access_inspection, access_own_inspection
from inspections.people.auth import applicant_auth, signed_in
from inspections.people.selectors import actor_of
from inspections.reports import selectors
from inspections.reports.api.inspection_papers import (
    InspectionPaperOut,
    ServedOut,
    papers_out,
    served_out,
)
from inspections.reports.api.signatures import (
    ObjectionRef,
    SignatureRef,
    SupersededRef,
    objection_in,
    signatures_of,
    superseded_of,
)
from inspections.reports.content import spoken
from inspections.reports.services import content_of
from inspections.reports.states import RecordState

router = Router(tags=["reports"], auth=signed_in)


class RecordOut(Schema):
    """`page_url` holds `{n}` for the page number, from 1 to `pages`; `text` is to be read aloud."""

    id: UUID
    version: int
    state: str
    state_label: str
    sha256: str
    signed_sha256: str | None
    frozen_at: datetime
    issued_at: datetime | None
    pages: int
    page_url: str
    pdf_url: str
    signatures: list[SignatureRef]
    superseded: list[SupersededRef]
    objection: ObjectionRef | None
    text: list[str]
    # What was issued beside the record, oldest first.
    papers: list[InspectionPaperOut]
    served: list[ServedOut]


@router.get("/join/record", auth=applicant_auth, response=RecordOut)
def own_record(request: HttpRequest) -> RecordOut:
    actor = actor_of(request)
    return _out(actor, access_own_inspection(actor), "?entry=join")


@router.get("/inspections/{inspection_id}/record", response=RecordOut)
def record(request: HttpRequest, inspection_id: UUID) -> RecordOut:
    actor = actor_of(request)
    entry = "?entry=join" if actor.kind == "applicant" else ""
    return _out(actor, access_inspection(actor, inspection_id), entry)


@router.get("/records/{record_id}/pages/{number}.png")
def page(request: HttpRequest, record_id: UUID, number: int) -> HttpResponseBase:
    found = selectors.access_record(actor_of(request), record_id)
    key = selectors.page_key(found, number)
    name = f"{found.inspection.number}-{number}.png"
    with telling_disposal(found.inspection.dossier_id):
        return blob_answer(request, Stored(key, blob_size(key), "image/png", name, inline=True))


@router.get("/records/{record_id}/record.pdf")
def pdf(request: HttpRequest, record_id: UUID) -> HttpResponseBase:
    """The signed copy once issued, before that the paper to be signed."""
    found = selectors.access_record(actor_of(request), record_id)
    issued = found.state == RecordState.ISSUED.value
    key = found.signed_key if issued else found.pdf_key
    size = found.signed_size if issued else found.size
    name = f"{found.inspection.number}.pdf"
    with telling_disposal(found.inspection.dossier_id):
        return blob_answer(request, Stored(key, size, "application/pdf", name))


def _out(actor: Actor, inspection: Inspection, entry: str) -> RecordOut:
    found = selectors.record_of(inspection)
    with telling_disposal(inspection.dossier_id):
        content = content_of(found)
    base = f"/api/records/{found.pk}"
    return RecordOut(
        id=found.pk,
        version=found.edition,
        state=found.state,
        state_label=RecordState(found.state).label,
        sha256=found.sha256,
        signed_sha256=found.signed_sha256 or None,
        frozen_at=found.frozen_at,
        issued_at=found.issued_at,
        pages=len(found.page_keys),
        page_url=f"{base}/pages/{{n}}.png{entry}",
        pdf_url=f"{base}/record.pdf{entry}",
        signatures=signatures_of(actor, inspection, found),
        superseded=superseded_of(inspection),
        objection=objection_in(inspection, found),
        text=spoken(content),
        papers=papers_out(inspection, entry),
        served=served_out(inspection, entry),
    )
