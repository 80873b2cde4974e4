"""Taking the signatures of a paper: on a screen, or on paper with a photo of the sheet."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from fieldsvc.kernel import clock, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.delegation.models import Mandate
from inspections.evidence import services as evidence
from inspections.evidence.services import Circumstances
from inspections.evidence.states import Grade, Purpose
from inspections.reports.content.papers import ENTRUSTING
from inspections.reports.errors import PaperClosed
from inspections.reports.models import Paper
from inspections.reports.services.papers.freezing import supersede, system_of
from inspections.reports.states import PaperKind, PaperState
from inspections.signing import selectors as signatures
from inspections.signing import services as signing
from inspections.signing.errors import DocumentChanged
from inspections.signing.models import SignatureRequest
from inspections.signing.services import Act
from inspections.signing.states import SignatureState, SignedWay, SignerKind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A photo of the signed sheet as it came in; `sha256` is the sender's of the photo.

    `document_sha256` names the paper that was printed; `place` is longitude and latitude, WGS-84.
    """

    file: BinaryIO
    sha256: str
    document_sha256: str
    taken_at: datetime | None = None
    place: tuple[float, float] | None = None


def sign_paper(paper: Paper, act: Act, *, signer: SignerKind, actor: Actor) -> Paper:
    """Take one hand-written signature; `actor` is the signer, or the delegate who lends the phone.

    Journals `signature.completed` and, once everybody has answered, `paper.signed`. Refuses with
    `paper_closed`, and with everything that signing refuses.
    """
    with transaction.atomic():
        found = _locked(paper)
        signing.complete(_request(found, signer), act, actor=actor)
        return settle_paper(found)


def sign_by_photo(paper: Paper, sheet: Sheet, *, actor: Actor) -> Paper:
    """Take the photo of a sheet that was signed by hand, by a delegate who must countersign, too.

    It becomes evidence of the grade UPLOADED: a server cannot know how near the camera was.

    Journals `evidence.admitted`, `signature.completed` and `paper.signed`. Refuses with
    `paper_closed`, `document_changed`, `not_allowed`, `already_signed`, and with everything that
    admitting refuses.
    """
    how = Circumstances(
        Purpose.SIGNATURE,
        item=paper.kind,
        grade=Grade.UPLOADED,
        segment=str(paper.pk),
        taken_at=sheet.taken_at,
        longitude=sheet.place[0] if sheet.place else None,
        latitude=sheet.place[1] if sheet.place else None,
    )
    _refuse_closed(paper)
    if sheet.document_sha256 != paper.sha256:
        raise DocumentChanged
    photo = evidence.admit(paper.delegation.dossier, sheet.file, sheet.sha256, how, actor=actor)
    with transaction.atomic():
        found = _locked(paper)
        for request in _requests(found):
            if request.state == SignatureState.PENDING.value:
                signing.note_on_paper(request, photo, actor=actor)
        return settle_paper(found)


@transaction.atomic
def settle_paper(paper: Paper) -> Paper:
    """Once everybody has answered: the paper is signed; journals `paper.signed`.

    A mandate that the applicant declines is not signed, whoever else has signed it. Idempotent.
    """
    paper = _fresh(paper)
    requests = _requests(paper)
    if paper.state != PaperState.FROZEN.value or not requests:
        return paper
    if any(one.state == SignatureState.PENDING.value for one in requests):
        return paper
    declined = [one.signer for one in requests if one.state == SignatureState.DECLINED.value]
    if declined and PaperKind(paper.kind) in ENTRUSTING:
        return paper
    at = max((one.answered_at for one in requests if one.answered_at), default=clock.now())
    way = _way(requests)
    workflow.move(
        paper,
        lambda: paper.sign(at=at, way=way.value),
        actor=system_of(paper.delegation),
        kind="paper.signed",
        stream=paper.delegation.stream,
        data=_signed_data(paper, requests, way, declined),
    )
    return paper


@transaction.atomic
def supersede_mandate_papers(mandate: Mandate) -> None:
    """A mandate that ended cannot be signed any more; journals `paper.superseded`."""
    waiting = mandate.delegation.papers.filter(
        kind__in=[kind.value for kind in ENTRUSTING], state=PaperState.FROZEN.value
    ).select_related("delegation")
    for paper in waiting:
        if str(mandate.pk) in paper.subjects:
            supersede(paper)


def _signed_data(
    paper: Paper, requests: list[SignatureRequest], way: SignedWay, declined: list[str]
) -> dict[str, JSONValue]:
    about: dict[str, JSONValue] = {}
    if PaperKind(paper.kind) in ENTRUSTING:
        about["mandate"] = paper.subjects[0]
    if paper.kind == PaperKind.HAND_OVER.value:
        about["documents"] = list(paper.subjects)
    return {
        "delegation": str(paper.delegation_id),
        "paper": str(paper.pk),
        "kind": paper.kind,
        "edition": paper.edition,
        "sha256": paper.sha256,
        "way": way.value,
        "signed_at": clock.iso(paper.signed_at or clock.now()),
        "signatures": [str(one.pk) for one in requests],
        "declined": list(declined),
        **about,
    }


def _way(requests: list[SignatureRequest]) -> SignedWay:
    on_paper = any(one.way == SignedWay.PAPER_PHOTO.value for one in requests)
    return SignedWay.PAPER_PHOTO if on_paper else SignedWay.SCREEN


def _request(paper: Paper, signer: SignerKind) -> SignatureRequest:
    for one in _requests(paper):
        if one.signer == signer.value:
            return one
    raise PaperClosed({"state": paper.state})


def _requests(paper: Paper) -> list[SignatureRequest]:
    return signatures.requests_for(paper.delegation.dossier_id, paper.sha256)


def _locked(paper: Paper) -> Paper:
    found = _fresh(paper)
    _refuse_closed(found)
    return found


def _fresh(paper: Paper) -> Paper:
    return (
        Paper.objects.select_for_update(of=("self",))
        .select_related("delegation__dossier", "delegation__bureau")
        .get(pk=paper.pk)
    )


def _refuse_closed(paper: Paper) -> None:
    if paper.state != PaperState.FROZEN.value:
        raise PaperClosed({"state": paper.state})
