"""时间口令 as the journal tells of them."""

from dataclasses import dataclass, replace
from datetime import datetime

from fieldsvc.kernel import journal
from inspections.evidence.models import Dossier

SHOWN, SPOKEN = "challenge.shown", "challenge.spoken"


@dataclass(frozen=True, slots=True)
class Challenge:
    """Six digits of one checkpoint's root; `spoken_at` when an inspector heard them."""

    checkpoint: int
    code: str
    shown_at: datetime
    spoken_at: datetime | None = None


def challenges(dossier: Dossier) -> list[Challenge]:
    """All challenges of a dossier in the order they were shown."""
    found: dict[int, Challenge] = {}
    for entry in journal.entries(dossier.stream).filter(kind__in=[SHOWN, SPOKEN]):
        number = int(str(entry.data["checkpoint"]))
        if entry.kind == SHOWN:
            found.setdefault(number, Challenge(number, str(entry.data["code"]), entry.at))
        else:
            found[number] = replace(found[number], spoken_at=entry.at)
    return list(found.values())


def open_challenge(dossier: Dossier) -> Challenge | None:
    """The last one shown, as long as nobody has heard it."""
    last = next(reversed(challenges(dossier)), None)
    return last if last and last.spoken_at is None else None
