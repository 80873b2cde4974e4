"""时间口令: six digits of the newest root, shown in the call and heard in it."""

from dataclasses import replace

from django.db import transaction

from fieldsvc.kernel import journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence import trees
from inspections.evidence.errors import ChallengeUnknown, EvidenceClosed
from inspections.evidence.models import Dossier
from inspections.evidence.selectors import Challenge, challenges, latest_checkpoint
from inspections.evidence.selectors.challenges import SHOWN, SPOKEN
from inspections.evidence.services.anchoring import CHALLENGE, anchor
from inspections.evidence.services.dossiers import locked


def show_challenge(dossier: Dossier, *, actor: Actor) -> Challenge:
    """Sign a checkpoint and show the code that follows from its root; journals
    `challenge.shown`.

    What is recorded with these digits in sight or hearing is not older than that checkpoint, and
    by the word of others not older than the newest timestamp, which its root holds as a leaf.
    Refuses with `evidence_closed`.
    """
    with transaction.atomic():
        owner = locked(dossier.pk)
        if owner.is_sealed:
            raise EvidenceClosed
        checkpoint = anchor(CHALLENGE) or latest_checkpoint()
        if checkpoint is None:
            raise RuntimeError("a dossier that was opened has moved its stream")
        code = trees.challenge(checkpoint.root, owner.stream)
        data: dict[str, JSONValue] = {
            "checkpoint": checkpoint.number,
            "size": checkpoint.size,
            "root": checkpoint.root,
            "code": code,
        }
        entry = journal.append(owner.stream, SHOWN, actor=actor, data=data)
        return Challenge(checkpoint.number, code, entry.at)


def note_spoken(dossier: Dossier, checkpoint: int, *, actor: Actor) -> Challenge:
    """The inspector heard the code read out; journals `challenge.spoken`, once per challenge.

    Refuses with `challenge_unknown` (never shown in this dossier) and `evidence_closed`.
    """
    with transaction.atomic():
        owner = locked(dossier.pk)
        if owner.is_sealed:
            raise EvidenceClosed
        found = next((one for one in challenges(owner) if one.checkpoint == checkpoint), None)
        if found is None:
            raise ChallengeUnknown
        if found.spoken_at is not None:
            return found
        data: dict[str, JSONValue] = {"checkpoint": checkpoint, "code": found.code}
        entry = journal.append(owner.stream, SPOKEN, actor=actor, data=data)
        return replace(found, spoken_at=entry.at)
