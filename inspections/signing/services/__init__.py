"""Asking for signatures, knowing who signs, and taking the answers."""

from inspections.signing.services.answering import Act, complete, decline, note_on_paper
from inspections.signing.services.asking import Asked, Signer, erase_signers, request_signatures
from inspections.signing.services.checking import check_identity, needs_identity
from inspections.signing.services.identifying import Claim, identify, send_code
from inspections.signing.services.objecting import Objection, add_voice, object_to
from inspections.signing.services.reading import Reading, note_read
from inspections.signing.services.refusing import note_refusal, witness_refusal
from inspections.signing.services.stamping import stamp_due

__all__ = [
    "Act",
    "Asked",
    "Claim",
    "Objection",
    "Reading",
    "Signer",
    "add_voice",
    "check_identity",
    "complete",
    "decline",
    "erase_signers",
    "identify",
    "needs_identity",
    "note_on_paper",
    "note_read",
    "note_refusal",
    "object_to",
    "request_signatures",
    "send_code",
    "stamp_due",
    "witness_refusal",
]
