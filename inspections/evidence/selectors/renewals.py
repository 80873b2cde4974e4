"""Timestamps whose certificates end, and the later ones that keep them good.

A timestamp is renewed as RFC 4998 §5.2 does it for an archive: its digest becomes a leaf of the
tree, and a timestamp that is good for longer stands over a later root.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from fieldsvc.kernel import clock
from inspections.evidence.models import Checkpoint, TimestampToken, TreeLeaf
from inspections.evidence.selectors.anchors import STAMPS, inclusion_proof, stamp_stream
from inspections.evidence.states import TokenState

# So many become leaves at once; the rest follows an hour later.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Renewal:
    """`leaf` names `token` by its digest and `path` leads from it to the root of `checkpoint`,
    which a timestamp of a longer term stands over."""

    token: TimestampToken
    leaf: TreeLeaf
    checkpoint: Checkpoint
    path: list[str]


def stamped() -> QuerySet[TimestampToken]:
    return TimestampToken.objects.filter(state=TokenState.STAMPED.value, token__isnull=False)


def ending() -> QuerySet[TimestampToken]:
    """Timestamps whose certificates end within TSA_RENEW_DAYS, ended already, or nobody knows."""
    soon = clock.now() + timedelta(days=settings.TSA_RENEW_DAYS)
    return stamped().filter(Q(good_until__lte=soon) | Q(good_until__isnull=True))


def longest_reach() -> int:
    """How far the tree reaches under a timestamp that does not end soon; 0 without one."""
    soon = clock.now() + timedelta(days=settings.TSA_RENEW_DAYS)
    newest = stamped().filter(good_until__gt=soon).order_by("-checkpoint_id")
    found = newest.select_related("checkpoint").first()
    return found.checkpoint.size if found else 0


def stamps_to_renew() -> list[TimestampToken]:
    """Ending timestamps that are not in the tree yet, the oldest first."""
    leaf = TreeLeaf.objects.filter(
        stream=Concat(Value(STAMPS), OuterRef("authority")), length=OuterRef("checkpoint_id")
    )
    return list(ending().filter(~Exists(leaf)).order_by("checkpoint_id", "authority")[:BATCH])


def unrenewed() -> int:
    """How many timestamps end soon with nothing over them that is good for longer."""
    covered = TreeLeaf.objects.filter(
        stream=Concat(Value(STAMPS), OuterRef("authority")),
        length=OuterRef("checkpoint_id"),
        index__lt=longest_reach(),
    )
    return ending().filter(~Exists(covered)).count()


def renewals_of(tokens: list[TimestampToken], *, since: int) -> list[Renewal]:
    """What keeps these timestamps good, and what keeps that good in its turn; under checkpoints
    from number `since` on. Empty while nothing was renewed."""
    found, waiting, seen = [], list(tokens), {one.pk for one in tokens}
    while waiting:
        one = _renewal(waiting.pop(0), since)
        if one is None:
            continue
        found.append(one)
        for token in one.checkpoint.tokens.select_related("checkpoint"):
            if token.pk not in seen:
                seen.add(token.pk)
                waiting.append(token)
    return found


def _renewal(token: TimestampToken, since: int) -> Renewal | None:
    stream = stamp_stream(token.authority)
    leaf = TreeLeaf.objects.filter(stream=stream, length=token.checkpoint_id).first()
    if leaf is None or token.good_until is None:
        return None
    later = stamped().filter(
        good_until__gt=token.good_until,
        stamped_at__lt=token.good_until,
        checkpoint_id__gte=since,
        checkpoint__size__gt=leaf.index,
    )
    over = later.select_related("checkpoint").order_by("checkpoint_id", F("good_until").desc())
    first = over.first()
    if first is None:
        return None
    point = first.checkpoint
    return Renewal(token, leaf, point, inclusion_proof(leaf.index, point.size))
