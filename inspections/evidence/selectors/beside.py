"""What is told beside a dossier, which takes nothing any more once it is sealed: the papers that
were issued, and its custody, each on a stream of its own."""

from dataclasses import dataclass

from inspections.evidence.models import Checkpoint, Dossier, TimestampToken, TreeLeaf
from inspections.evidence.selectors.anchors import covering_of, inclusion_proof
from inspections.evidence.states import TokenState


@dataclass(frozen=True, slots=True)
class BesideProof:
    """How far such a journal is in the tree: `leaf` under `checkpoint` by `path`."""

    leaf: TreeLeaf
    checkpoint: Checkpoint
    path: list[str]


def papers_stream(dossier: Dossier) -> str:
    return f"papers:{dossier.pk}"


def beside_proof(stream: str, end: Checkpoint) -> BesideProof | None:
    """The newest state of a journal beside the dossier that is under `end`, the checkpoint of the
    dossier's own end, or under a later one that is stamped; None while there is none.

    What was told since comes with the next package.
    """
    leaves = TreeLeaf.objects.filter(stream=stream).order_by("-length")
    for leaf in leaves:
        covering = covering_of(leaf)
        if covering is None:
            continue
        point = end if covering.number <= end.number else covering
        if point.pk == end.pk or _is_stamped(point):
            return BesideProof(leaf, point, inclusion_proof(leaf.index, point.size))
    return None


def _is_stamped(checkpoint: Checkpoint) -> bool:
    tokens = TimestampToken.objects.filter(checkpoint=checkpoint)
    return tokens.filter(state=TokenState.STAMPED.value, token__isnull=False).exists()
