from datetime import datetime
from typing import Annotated, BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import AwareDatetime, Field

from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor
from inspections.delegation.models import Delegation
from inspections.delegation.policies import may_work
from inspections.evidence.answers import Stored, blob_answer
from inspections.evidence.selectors import blob_size, telling_disposal
from inspections.people.auth import applicant_auth, signed_in, staff_auth
from inspections.people.selectors import actor_of
from inspections.reports import selectors
from inspections.reports.models import Paper
from inspections.reports.services import papers
from inspections.reports.services.papers import Sheet
from inspections.reports.states import PaperKind, PaperState
from inspections.signing.policies import is_signer, may_lend
from inspections.signing.rules import Drawing, Point
from inspections.signing.selectors import requests_for
from inspections.signing.services import Act
from inspections.signing.states import SignatureState, SignedWay, SignerKind

router = Router(tags=["papers"], auth=signed_in)


class PaperSignature(Schema):
    """`mine`: the caller is the signer. `lendable`: may sign on the caller's phone."""

    id: UUID
    signer: str
    signer_label: str
    name: str
    state: str
    state_label: str
    way: str
    way_label: str
    mine: bool
    lendable: bool
    completed_at: datetime | None


class PaperOut(Schema):
    """`page_url` holds `{n}` for the page number, from 1 to `pages`; sign against `sha256`."""

    id: UUID
    kind: str
    kind_label: str
    serial: str
    version: int
    state: str
    state_label: str
    subjects: list[str]
    sha256: str
    signed_sha256: str | None
    frozen_at: datetime
    signed_at: datetime | None
    issued_at: datetime | None
    pages: int
    page_url: str
    pdf_url: str
    signatures: list[PaperSignature]
    # Of the photo just taken in: only then may the phone let go of its own copy.
    sheet_sha256: str | None = None


class RefusedPaper(Schema):
    """A paper that could not be made, and the character that kept it from being made."""

    kind: str
    kind_label: str
    code: str
    character: str
    code_point: str


class PapersOut(Schema):
    items: list[PaperOut]
    refused: list[RefusedPaper]


class PointIn(Schema):
    x: float
    y: float
    t: float
    p: float = 0.5


class SignIn(Schema):
    document_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    strokes: Annotated[
        list[Annotated[list[PointIn], Field(max_length=5000)]], Field(max_length=400)
    ]
    width: float
    height: float
    will: bool


class FieldSignIn(SignIn):
    """On the delegate's phone: whose hand it is."""

    signer: SignerKind = SignerKind.APPLICANT


class SheetIn(Schema):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
    document_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    taken_at: AwareDatetime | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None


@router.get("/join/papers", auth=applicant_auth, response=PapersOut)
def own_papers(request: HttpRequest) -> PapersOut:
    actor = actor_of(request)
    return _list(actor, selectors.access_delegation(actor, UUID(actor.id)))


@router.get("/delegations/{delegation_id}/papers", response=PapersOut)
def papers_of(request: HttpRequest, delegation_id: UUID) -> PapersOut:
    actor = actor_of(request)
    return _list(actor, selectors.access_delegation(actor, delegation_id))


@router.get("/papers/{paper_id}", response=PaperOut)
def paper(request: HttpRequest, paper_id: UUID) -> PaperOut:
    actor = actor_of(request)
    return _out(actor, selectors.access_paper(actor, paper_id))


@router.get("/papers/{paper_id}/pages/{number}.png")
def page(request: HttpRequest, paper_id: UUID, number: int) -> HttpResponseBase:
    found = selectors.access_paper(actor_of(request), paper_id)
    key = selectors.page_key(found, number)
    name = f"{found.serial}-{number}.png"
    with telling_disposal(found.delegation.dossier_id):
        return blob_answer(request, Stored(key, blob_size(key), "image/png", name, inline=True))


@router.get("/papers/{paper_id}/paper.pdf")
def pdf(request: HttpRequest, paper_id: UUID) -> HttpResponseBase:
    """The issued copy once there is one, before that the paper to be signed."""
    found = selectors.access_paper(actor_of(request), paper_id)
    issued = found.state == PaperState.ISSUED.value
    key = found.signed_key if issued else found.pdf_key
    size = found.signed_size if issued else found.size
    with telling_disposal(found.delegation.dossier_id):
        return blob_answer(request, Stored(key, size, "application/pdf", f"{found.serial}.pdf"))


@router.post("/join/papers/{paper_id}/sign", auth=applicant_auth, response=PaperOut)
@idempotent
def sign(request: HttpRequest, paper_id: UUID, body: SignIn) -> PaperOut:
    actor = actor_of(request)
    found = selectors.access_paper(actor, paper_id)
    act = _act(request, body)
    return _out(actor, papers.sign_paper(found, act, signer=SignerKind.APPLICANT, actor=actor))


@router.post("/field/papers/{paper_id}/sign", auth=staff_auth, response=PaperOut)
@idempotent
def sign_in_the_field(request: HttpRequest, paper_id: UUID, body: FieldSignIn) -> PaperOut:
    actor = actor_of(request)
    found = _worked_on(actor, paper_id)
    act = _act(request, body)
    return _out(actor, papers.sign_paper(found, act, signer=body.signer, actor=actor))


@router.post("/field/papers/{paper_id}/photo", auth=staff_auth, response=PaperOut)
@idempotent
def photograph(
    request: HttpRequest, paper_id: UUID, body: Form[SheetIn], file: File[UploadedFile]
) -> PaperOut:
    actor = actor_of(request)
    found = _worked_on(actor, paper_id)
    photo = cast("BinaryIO", file.file)
    sheet = Sheet(photo, body.sha256, body.document_sha256, body.taken_at, _place(body))
    answer = _out(actor, papers.sign_by_photo(found, sheet, actor=actor))
    answer.sheet_sha256 = body.sha256.lower()
    return answer


def _list(actor: Actor, delegation: Delegation) -> PapersOut:
    return PapersOut(
        items=[_out(actor, one) for one in selectors.papers_of(delegation)],
        refused=[
            RefusedPaper(
                kind=str(one.data["kind"]),
                kind_label=PaperKind(str(one.data["kind"])).label,
                code=str(one.data["code"]),
                character=str(one.data.get("character", "")),
                code_point=str(one.data.get("code_point", "")),
            )
            for one in selectors.refused_papers(delegation)
        ],
    )


def _worked_on(actor: Actor, paper_id: UUID) -> Paper:
    """The paper, for the delegate at the door; whoever may only read it gets `not_allowed`."""
    found = selectors.access_paper(actor, paper_id)
    if may_work(actor, found.delegation) is not None:
        raise NotAllowed
    return found


def _act(request: HttpRequest, body: SignIn) -> Act:
    strokes = tuple(
        tuple(Point(point.x, point.y, point.t, point.p) for point in stroke)
        for stroke in body.strokes
    )
    drawing = Drawing(strokes, body.width, body.height)
    return Act(body.document_sha256, drawing, body.will, request.headers.get("User-Agent", ""))


def _place(body: SheetIn) -> tuple[float, float] | None:
    if body.longitude is None or body.latitude is None:
        return None
    return body.longitude, body.latitude


def _out(actor: Actor, found: Paper) -> PaperOut:
    entry = "?entry=join" if actor.kind == "applicant" else ""
    base = f"/api/papers/{found.pk}"
    return PaperOut(
        id=found.pk,
        kind=found.kind,
        kind_label=PaperKind(found.kind).label,
        serial=found.serial,
        version=found.edition,
        state=found.state,
        state_label=PaperState(found.state).label,
        subjects=list(found.subjects),
        sha256=found.sha256,
        signed_sha256=found.signed_sha256 or None,
        frozen_at=found.frozen_at,
        signed_at=found.signed_at,
        issued_at=found.issued_at,
        pages=len(found.page_keys),
        page_url=f"{base}/pages/{{n}}.png{entry}",
        pdf_url=f"{base}/paper.pdf{entry}",
        signatures=_signatures(actor, found),
    )


def _signatures(actor: Actor, found: Paper) -> list[PaperSignature]:
    open_ = found.state == PaperState.FROZEN.value
    return [
        PaperSignature(
            id=one.pk,
            signer=one.signer,
            signer_label=_LABELS[SignerKind(one.signer)],
            name=one.name,
            state=one.state,
            state_label=SignatureState(one.state).label,
            way=one.way,
            way_label=SignedWay(one.way).label if one.way else "",
            mine=is_signer(actor, one),
            lendable=open_ and may_lend(actor, one),
            completed_at=one.answered_at,
        )
        for one in requests_for(found.delegation.dossier_id, found.sha256)
    ]


_LABELS = {
    SignerKind.APPLICANT: "申请人",
    SignerKind.INSPECTOR: "勘验人员",
    SignerKind.DELEGATE: "代办专员",
}
