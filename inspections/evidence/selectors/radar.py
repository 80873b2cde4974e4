"""Pictures seen before in another dossier."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from inspections.evidence.models import EvidenceItem, PicturePrint, Sighting


@dataclass(frozen=True, slots=True)
class Seen:
    """`label` is the other dossier's; `evidence` the earlier picture."""

    evidence: UUID
    label: str
    distance: int


def print_of(item: EvidenceItem) -> PicturePrint | None:
    return PicturePrint.objects.filter(item=item).first()


def seen_before(items: Iterable[EvidenceItem]) -> dict[UUID, list[Seen]]:
    """For those pictures that look like an earlier one of another dossier: which, the nearest
    first."""
    found: dict[UUID, list[Seen]] = {}
    sightings = Sighting.objects.filter(item__in=list(items)).select_related("earlier__dossier")
    for one in sightings.order_by("distance", "pk"):
        seen = Seen(one.earlier_id, one.earlier.dossier.label, one.distance)
        found.setdefault(one.item_id, []).append(seen)
    return found
