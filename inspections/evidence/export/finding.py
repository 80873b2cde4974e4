"""One finding as a package of its own, showing nothing else of its dossier."""

from pathlib import Path

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import JournalEntry
from inspections.evidence import trees
from inspections.evidence.covers import cover, covered_leaves
from inspections.evidence.export.anchors import as_json, put_anchors
from inspections.evidence.export.bag import new_bag
from inspections.evidence.export.dossier import COVERS, Exported, put_item
from inspections.evidence.models import Dossier
from inspections.evidence.selectors import entry_digests, proof_of
from inspections.evidence.verifier.kinds import entry_path


class Unprovable(ValueError):
    """There is no such finding, or no tree to prove it from."""


def export_finding(dossier: Dossier, item: str, out: Path) -> Exported:
    """Write the last finding of checklist item `item`, its pictures, and a path for each entry.

    The paths lead to the root in the seal; the neighbours on them are hidden under covers.
    Unprovable when it is not sealed, the item was not judged, or the covers were destroyed.
    """
    seal = journal.entries(dossier.stream).last()
    finding = _finding(dossier, item)
    seed = journal.reveal(seal, COVERS) if seal is not None and dossier.is_sealed else None
    if seal is None or finding is None or seed is None:
        raise Unprovable
    cited = finding.data.get("evidence")
    named = [str(one) for one in cited] if isinstance(cited, list) else []
    pieces = list(dossier.items.filter(pk__in=named).order_by("number"))
    numbers = sorted([finding.number, *(piece.number for piece in pieces)])
    leaves = covered_leaves(seed, entry_digests(dossier.stream)[: seal.number - 1])
    paths: list[dict[str, JSONValue]] = [
        {
            "number": number,
            "cover": cover(seed, number).hex(),
            "path": [step.hex() for step in trees.inclusion_proof(leaves, number - 1)],
        }
        for number in numbers
    ]
    with new_bag(out) as bag:
        for entry in journal.entries(dossier.stream).filter(number__in=[*numbers, seal.number]):
            bag.put(entry_path(entry.number), bytes(entry.body))
        for piece in pieces:
            put_item(bag, piece)
        said: dict[str, JSONValue] = {
            "v": 1,
            "item": item,
            "seal": seal.number,
            "entries": paths,
        }
        bag.put("data/finding.json", as_json(said))
        due = put_anchors(bag, proof_of(dossier))
        bag.close("finding", dossier.stream, clock.iso(seal.at))
        return Exported(out, len(bag.digests), due)


def _finding(dossier: Dossier, item: str) -> JournalEntry | None:
    judged = journal.entries(dossier.stream).filter(kind="finding.recorded")
    return next((one for one in reversed(list(judged)) if one.data["item"] == item), None)
