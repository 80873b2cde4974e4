"""Asking for signatures."""

from dataclasses import dataclass

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import SYSTEM
from inspections.evidence.models import Dossier
from inspections.signing.models import SignatureRequest
from inspections.signing.states import Assurance, SignerKind


@dataclass(frozen=True, slots=True)
class Signer:
    """`id` is the one its Actor carries: case, delegation or staff id.

    `is_lendable`: may sign on the phone of the delegate who came to the door. `phone_hint` is the
    masked number a code would go to.
    """

    kind: SignerKind
    id: str
    name: str
    is_lendable: bool = False
    phone_hint: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a signer is told of the document, and what has to stand behind the signature."""

    number: str = ""
    pages: int = 0
    assurance: Assurance = Assurance.HANDWRITTEN


HANDWRITTEN = Asked()


def request_signatures(
    dossier: Dossier, document_sha256: str, signers: list[Signer], asked: Asked = HANDWRITTEN
) -> list[SignatureRequest]:
    """Ask each signer to sign the document; journals `signature.requested` once for each.

    A signer who was asked for the same document before is not asked again.
    """
    with transaction.atomic():
        for position, signer in enumerate(signers, start=1):
            request, made = SignatureRequest.objects.get_or_create(
                dossier=dossier,
                document_sha256=document_sha256,
                signer=signer.kind.value,
                signer_id=signer.id,
                defaults={
                    "name": signer.name,
                    "is_lendable": signer.is_lendable,
                    "phone_hint": signer.phone_hint,
                    "position": position,
                    "requested_at": clock.now(),
                    "document_number": asked.number,
                    "pages": asked.pages,
                    "assurance": asked.assurance.value,
                },
            )
            if made:
                _tell(request)
        return list(
            SignatureRequest.objects.filter(
                dossier=dossier, document_sha256=document_sha256
            ).order_by("position")
        )


def erase_signers(dossier: Dossier) -> None:
    """Take name, number and words of the applicant out of what was asked of him; idempotent,
    journals nothing."""
    mine = SignatureRequest.objects.filter(dossier=dossier, signer=SignerKind.APPLICANT.value)
    mine.update(name="", phone_hint="", decline_reason="", refusal_reason="")


def _tell(request: SignatureRequest) -> None:
    journal.append(
        request.dossier.stream,
        "signature.requested",
        actor=SYSTEM,
        data={
            "signature": str(request.id),
            "signer": request.signer,
            "signer_id": request.signer_id,
            "document_sha256": request.document_sha256,
            "assurance": request.assurance,
        },
    )
