"""Where a stream stands in the tree over all streams, and what proves it."""

from dataclasses import dataclass
from itertools import pairwise

from django.conf import settings

from fieldsvc.kernel import journal
from inspections.evidence import trees
from inspections.evidence.models import Checkpoint, Dossier, TimestampToken, TreeLeaf
from inspections.evidence.selectors.challenges import challenges
from inspections.evidence.states import LOCAL_AUTHORITY, TokenState

# Stands before an authority's name; no journal stream begins so.
STAMPS = "timestamps:"


@dataclass(frozen=True, slots=True)
class Growth:
    """That the tree of size `before` is the beginning of the tree of size `after`."""

    before: int
    after: int
    path: list[str]


@dataclass(frozen=True, slots=True)
class NotBefore:
    """That the root behind a challenge holds a timestamp, and so is not older than its time.

    `challenge` is the number of the checkpoint whose code was shown; `leaf` names the timestamp by
    digest and `path` leads from it to that checkpoint's root.
    """

    challenge: int
    leaf: TreeLeaf
    path: list[str]
    token: TimestampToken


@dataclass(frozen=True, slots=True)
class DossierProof:
    """`checkpoint` is the first that covers the dossier's last entry; `path` leads to its root.

    `earlier` are the checkpoints whose challenge was shown in the call and those whose timestamps
    went into them (`before`), `growth` how each of them (and the covering one) follows from the
    one before; `tokens` are all of these checkpoints'.
    """

    leaf: TreeLeaf
    checkpoint: Checkpoint
    path: list[str]
    tokens: list[TimestampToken]
    earlier: list[Checkpoint]
    growth: list[Growth]
    before: list[NotBefore]


@dataclass(frozen=True, slots=True)
class Anchoring:
    """What may be said now of a dossier: `complete` when its last entry is under a checkpoint."""

    checkpoint: Checkpoint | None
    complete: bool
    tokens: list[TimestampToken]


def timestampers() -> list[str]:
    """Names of the authorities whose timestamps are asked for: those configured, else our own."""
    return [*settings.TSA_URLS] or [LOCAL_AUTHORITY]


def latest_checkpoint() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-number").first()


def checkpoint_after(stream: str, length: int) -> Checkpoint | None:
    """The first checkpoint that covers entry `length` of `stream`; None when none does yet."""
    leaf = TreeLeaf.objects.filter(stream=stream, length__gte=length).order_by("length").first()
    return covering_of(leaf) if leaf else None


def inclusion_proof(leaf_index: int, size: int) -> list[str]:
    """Hashes (hex) from leaf `leaf_index` to the root of the tree of `size` leaves."""
    return [step.hex() for step in trees.inclusion_proof(_hashes(size), leaf_index)]


def consistency_proof(old_size: int, new_size: int) -> list[str]:
    """Hashes (hex) that show the tree of `new_size` to begin with that of `old_size`."""
    return [step.hex() for step in trees.consistency_proof(_hashes(new_size), old_size)]


def growth(before: int, after: int) -> Growth:
    return Growth(before, after, consistency_proof(before, after))


def proof_of(dossier: Dossier) -> DossierProof | None:
    """All that shows a third party where the dossier stands; None while nothing covers its end."""
    head = journal.head(dossier.stream)
    leaf = TreeLeaf.objects.filter(stream=dossier.stream, length=head.length).first()
    covering = covering_of(leaf) if leaf else None
    if leaf is None or covering is None:
        return None
    before = not_before(dossier)
    wanted = {one.checkpoint for one in challenges(dossier)}
    wanted |= {one.token.checkpoint_id for one in before}
    earlier = list(
        Checkpoint.objects.filter(number__in=wanted, number__lt=covering.number).order_by("number")
    )
    sizes = [one.size for one in (*earlier, covering)]
    return DossierProof(
        leaf,
        covering,
        inclusion_proof(leaf.index, covering.size),
        list(
            TimestampToken.objects.filter(checkpoint__in=[*earlier, covering])
            .select_related("checkpoint")
            .order_by("checkpoint_id", "authority")
        ),
        earlier,
        [growth(size, following) for size, following in pairwise(sizes)],
        before,
    )


def newest_stamps() -> list[TimestampToken]:
    """Of each configured authority the newest timestamp there is."""
    stamped = TimestampToken.objects.filter(state=TokenState.STAMPED.value, token__isnull=False)
    newest = (
        stamped.filter(authority=name).order_by("-checkpoint_id").first() for name in timestampers()
    )
    return [one for one in newest if one is not None]


def stamp_stream(authority: str) -> str:
    """Under which name the timestamps of an authority stand in the tree."""
    return f"{STAMPS}{authority}"


def not_before(dossier: Dossier) -> list[NotBefore]:
    """For each challenge the newest timestamp of each authority that its root holds."""
    found = []
    for number in [one.checkpoint for one in challenges(dossier)]:
        point = Checkpoint.objects.get(pk=number)
        inside = TreeLeaf.objects.filter(stream__startswith=STAMPS, index__lt=point.size)
        newest = {leaf.stream: leaf for leaf in inside.order_by("index")}
        for stream, leaf in sorted(newest.items()):
            token = TimestampToken.objects.select_related("checkpoint").get(
                checkpoint_id=leaf.length, authority=stream.removeprefix(STAMPS)
            )
            path = inclusion_proof(leaf.index, point.size)
            found.append(NotBefore(number, leaf, path, token))
    return found


def anchoring_of(dossier: Dossier) -> Anchoring:
    """The newest checkpoint that covers something of the dossier, and how far it reaches."""
    leaf = TreeLeaf.objects.filter(stream=dossier.stream).order_by("-length").first()
    covering = covering_of(leaf) if leaf else None
    if leaf is None or covering is None:
        return Anchoring(None, complete=False, tokens=[])
    complete = leaf.length == journal.head(dossier.stream).length
    return Anchoring(covering, complete, list(covering.tokens.order_by("authority")))


def covering_of(leaf: TreeLeaf) -> Checkpoint | None:
    """The first checkpoint whose tree holds the leaf."""
    return Checkpoint.objects.filter(size__gt=leaf.index).order_by("number").first()


def _hashes(size: int) -> list[bytes]:
    """The first `size` leaf hashes. Reads them all: proofs are made when a dossier leaves."""
    bodies = (
        TreeLeaf.objects.filter(index__lt=size).order_by("index").values_list("body", flat=True)
    )
    return [trees.leaf_hash(bytes(body)) for body in bodies.iterator(chunk_size=5000)]
