"""时间口令 in a running call: shown by an inspector, read out by the applicant."""

from fieldsvc.kernel.journal import Actor
from inspections.evidence import services as evidence
from inspections.evidence.selectors import Challenge
from inspections.inspection import policies
from inspections.inspection.models import Inspection


def show_challenge(inspection: Inspection, *, actor: Actor) -> Challenge:
    """Show six digits of the newest checkpoint to both sides; journals `challenge.shown`.

    Refuses with `not_allowed`, `inspection_not_begun`, `inspection_over`, `evidence_closed`.
    """
    _check(inspection, actor)
    return evidence.show_challenge(inspection.dossier, actor=actor)


def note_spoken(inspection: Inspection, checkpoint: int, *, actor: Actor) -> Challenge:
    """An inspector heard them; journals `challenge.spoken`, once.

    Refuses with `not_allowed`, `inspection_not_begun`, `inspection_over`, `challenge_unknown`,
    `evidence_closed`.
    """
    _check(inspection, actor)
    return evidence.note_spoken(inspection.dossier, checkpoint, actor=actor)


def _check(inspection: Inspection, actor: Actor) -> None:
    refusal = policies.may_find(actor, inspection)
    if refusal is not None:
        raise refusal
