"""The tables of the kernel live beside their verbs; Django looks for them here."""

from fieldsvc.kernel.idempotency import IdempotentCall
from fieldsvc.kernel.journal import JournalEntry, JournalSecret, JournalStream
from fieldsvc.kernel.outbox import OutboxRow
from fieldsvc.kernel.personal import StreamKey

__all__ = [
    "IdempotentCall",
    "JournalEntry",
    "JournalSecret",
    "JournalStream",
    "OutboxRow",
    "StreamKey",
]
