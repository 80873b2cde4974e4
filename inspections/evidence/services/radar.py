"""The photo-reuse radar: has this picture been handed in for another case?"""

from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import Actor
from fieldsvc.kernel.pictures import Picture
from inspections.evidence import rules
from inspections.evidence.models import EvidenceItem, PicturePrint, Sighting
from inspections.evidence.selectors.custody import custody_stream

_AT_ONCE = 500


def keep_print(item: EvidenceItem, picture: Picture) -> None:
    """Remember what the picture looks like; nothing for one with too little in it."""
    if picture.windows:
        PicturePrint.objects.get_or_create(
            item=item,
            defaults={
                "scope": item.dossier.scope,
                "windows": rules.packed(picture.windows),
                "variants": rules.packed(picture.variants),
            },
        )


def look_for(evidence_id: UUID) -> int:
    """Compare a picture with the earlier ones of the bureau's other dossiers; says how many are
    near. Idempotent. Journals `evidence.seen_before` beside the dossier, once per pair.

    The rectification of an inspection continues its dossier and shows the same places: dossiers
    of one chain (`previous_head`) are not compared.
    """
    mine = PicturePrint.objects.select_related("item__dossier").filter(item=evidence_id).first()
    if mine is None:
        return 0
    windows, variants = rules.words(mine.windows), rules.words(mine.variants)
    others = (
        PicturePrint.objects.filter(scope=mine.scope, item__admitted_at__lte=mine.item.admitted_at)
        .exclude(item__dossier__in=_family(mine.item))
        .select_related("item__dossier")
    )
    near = [
        (other.item, bits)
        for other in others.iterator(chunk_size=_AT_ONCE)
        if (
            bits := rules.likeness(
                windows, variants, rules.words(other.windows), rules.words(other.variants)
            )
        )
        <= rules.NEAR
    ]
    for earlier, bits in near:
        _tell(mine.item, earlier, bits)
    return len(near)


def _family(item: EvidenceItem) -> list[UUID]:
    dossier = item.dossier
    heads = {dossier.previous_head, journal.head(dossier.stream).digest} - {""}
    kin = type(dossier).objects.filter(previous_head__in=heads)
    before = [one.pk for one in kin]
    if dossier.previous_head:
        entry = journal.JournalEntry.objects.filter(digest=dossier.previous_head).first()
        if entry is not None:
            parents = type(dossier).objects.filter(stream=entry.stream)
            before += list(parents.values_list("pk", flat=True))
    return [dossier.pk, *before]


@transaction.atomic
def _tell(item: EvidenceItem, earlier: EvidenceItem, bits: int) -> None:
    _, fresh = Sighting.objects.get_or_create(
        item=item, earlier=earlier, defaults={"distance": bits, "at": clock.now()}
    )
    if fresh:
        journal.append(
            custody_stream(item.dossier),
            "evidence.seen_before",
            actor=Actor("system", "system", item.dossier.scope),
            data={
                "dossier": str(item.dossier_id),
                "evidence": str(item.pk),
                "earlier": str(earlier.pk),
                "earlier_dossier": str(earlier.dossier_id),
                "earlier_label": earlier.dossier.label,
                "distance": bits,
            },
        )
