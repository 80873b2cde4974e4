"""What whoever handed in a file holds against us."""

from dataclasses import dataclass
from datetime import datetime

from fieldsvc.kernel.journal import JournalEntry
from inspections.evidence.models import Checkpoint, EvidenceItem
from inspections.evidence.selectors.anchors import checkpoint_after


@dataclass(frozen=True, slots=True)
class Receipt:
    """`stream_head` is the digest of entry `number`, whose bytes name the file's `sha256`.

    `checkpoint` is the first that covers this entry: None at the moment of the upload, there
    within half a minute.
    """

    sha256: str
    number: int
    stream_head: str
    at: datetime
    checkpoint: Checkpoint | None


def receipt_of(item: EvidenceItem) -> Receipt:
    stream = item.dossier.stream
    entry = JournalEntry.objects.get(stream=stream, number=item.number)
    covering = checkpoint_after(stream, item.number)
    return Receipt(item.sha256, item.number, entry.digest, entry.at, covering)
