from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Router, Schema, Status
from pydantic import Field

from fieldsvc.kernel.idempotency import idempotent
from inspections.evidence.answers import Stored, blob_answer
from inspections.evidence.selectors import blob_size, telling_disposal
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import access_inspection, access_own_inspection
from inspections.people.auth import applicant_auth, signed_in, staff_auth
from inspections.people.selectors import actor_of
from inspections.reports import selectors
from inspections.reports.models import InspectionPaper, Record
from inspections.reports.services import inspection_papers
from inspections.reports.states import InspectionPaperKind

_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

router = Router(tags=["papers"], auth=signed_in)


class InspectionPaperOut(Schema):
    """`page_url` holds `{n}` for the page number, from 1 to `pages`."""

    id: UUID
    kind: str
    kind_label: str
    serial: str
    sha256: str
    issued_at: datetime
    # When the applicant said that it reached him.
    received_at: datetime | None
    pages: int
    page_url: str
    pdf_url: str


class ServedOut(Schema):
    """A paper that is for the applicant, the record included."""

    title: str
    serial: str
    sha256: str
    pdf_url: str
    received_at: datetime | None


class InspectionPapersOut(Schema):
    items: list[InspectionPaperOut]
    served: list[ServedOut]


class ReceiptIn(Schema):
    """SHA-256 of the files that the page showed as served."""

    sha256: Annotated[list[_Digest], Field(min_length=1, max_length=100)]


@router.get("/inspections/{inspection_id}/papers", response=InspectionPapersOut)
def papers_of(request: HttpRequest, inspection_id: UUID) -> InspectionPapersOut:
    actor = actor_of(request)
    inspection = access_inspection(actor, inspection_id)
    entry = "?entry=join" if actor.kind == "applicant" else ""
    return InspectionPapersOut(
        items=papers_out(inspection, entry), served=served_out(inspection, entry)
    )


@router.post("/join/service-receipt", auth=applicant_auth, response={202: None})
@idempotent
def confirm_receipt(request: HttpRequest, body: ReceiptIn) -> Status[None]:
    """我已收到: the receipt of service is among the papers a moment later."""
    actor = actor_of(request)
    inspection_papers.confirm_receipt(access_own_inspection(actor), body.sha256, actor=actor)
    return Status(202, None)


@router.post("/inspections/{inspection_id}/service-receipt", auth=staff_auth, response={202: None})
@idempotent
def ask_service_receipt(request: HttpRequest, inspection_id: UUID) -> Status[None]:
    """The receipt is among the papers a moment later."""
    actor = actor_of(request)
    inspection_papers.ask_service_receipt(access_inspection(actor, inspection_id), actor=actor)
    return Status(202, None)


@router.get("/inspection-papers/{inspection_paper_id}/pages/{number}.png")
def page(request: HttpRequest, inspection_paper_id: UUID, number: int) -> HttpResponseBase:
    found = selectors.access_inspection_paper(actor_of(request), inspection_paper_id)
    key = selectors.page_key(found, number)
    name = f"{found.serial}-{number}.png"
    with telling_disposal(found.inspection.dossier_id):
        return blob_answer(request, Stored(key, blob_size(key), "image/png", name, inline=True))


@router.get("/inspection-papers/{inspection_paper_id}/paper.pdf")
def pdf(request: HttpRequest, inspection_paper_id: UUID) -> HttpResponseBase:
    found = selectors.access_inspection_paper(actor_of(request), inspection_paper_id)
    name = f"{found.serial}.pdf"
    with telling_disposal(found.inspection.dossier_id):
        return blob_answer(request, Stored(found.pdf_key, found.size, "application/pdf", name))


def papers_out(inspection: Inspection, entry: str) -> list[InspectionPaperOut]:
    """All papers beside the record; `entry` is the query that tells an applicant's cookie."""
    received = selectors.receipts(inspection)
    found = selectors.inspection_papers_of(inspection)
    return [_out(one, entry, received.get(one.sha256)) for one in found]


def served_out(inspection: Inspection, entry: str) -> list[ServedOut]:
    """What is for the applicant, the record included; `entry` as above."""
    return [
        ServedOut(
            title=one.title,
            serial=one.serial,
            sha256=one.sha256,
            pdf_url=_pdf_url(one.paper, entry),
            received_at=one.received_at,
        )
        for one in selectors.served(inspection)
    ]


def _pdf_url(paper: Record | InspectionPaper, entry: str) -> str:
    if isinstance(paper, Record):
        return f"/api/records/{paper.pk}/record.pdf{entry}"
    return f"/api/inspection-papers/{paper.pk}/paper.pdf{entry}"


def _out(found: InspectionPaper, entry: str, received_at: datetime | None) -> InspectionPaperOut:
    return InspectionPaperOut(
        id=found.pk,
        kind=found.kind,
        kind_label=InspectionPaperKind(found.kind).label,
        serial=found.serial,
        sha256=found.sha256,
        issued_at=found.issued_at,
        received_at=received_at,
        pages=len(found.page_keys),
        page_url=f"/api/inspection-papers/{found.pk}/pages/{{n}}.png{entry}",
        pdf_url=_pdf_url(found, entry),
    )
