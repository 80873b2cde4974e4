"""The look-ups of evidence."""

from inspections.evidence.selectors.anchors import (
    Anchoring,
    DossierProof,
    Growth,
    anchoring_of,
    checkpoint_after,
    consistency_proof,
    inclusion_proof,
    latest_checkpoint,
    proof_of,
    timestampers,
)
from inspections.evidence.selectors.challenges import Challenge, challenges, open_challenge
from inspections.evidence.selectors.dossiers import (
    Problem,
    VerificationReport,
    blob_size,
    dossier_of_stream,
    dossiers_named,
    item_of,
    pictures,
    recording_copy,
    segments,
    verify,
)
from inspections.evidence.selectors.receipts import Receipt, receipt_of

__all__ = [
    "Anchoring",
    "Challenge",
    "DossierProof",
    "Growth",
    "Problem",
    "Receipt",
    "VerificationReport",
    "anchoring_of",
    "blob_size",
    "challenges",
    "checkpoint_after",
    "consistency_proof",
    "dossier_of_stream",
    "dossiers_named",
    "inclusion_proof",
    "item_of",
    "latest_checkpoint",
    "open_challenge",
    "pictures",
    "proof_of",
    "receipt_of",
    "recording_copy",
    "segments",
    "timestampers",
    "verify",
]
