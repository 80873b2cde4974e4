"""Opening a dossier and closing it for good."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import blobs, clock, hashing, ids, journal, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import SYSTEM, Actor
from inspections.evidence.covers import entries_root
from inspections.evidence.errors import EvidenceClosed
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.evidence.selectors import entry_digests
from signaling import checking


def open_dossier(  # noqa: PLR0913  what a dossier is, said once and by keyword
    label: str,
    *,
    scope: str,
    actor: Actor,
    previous_head: str = "",
    subject: UUID | None = None,
    stream: str = "",
    service_item: str = "",
) -> Dossier:
    """Open a dossier; journals `dossier.opened`, the first entry of a stream of its own.

    `previous_head` is the head digest of the sealed dossier this one continues, if any. `stream`
    lets the dossier keep its evidence in the chain of whoever opens it; `service_item` is the
    code of the service item, for the retention class.
    """
    dossier_id = subject or ids.new()
    with transaction.atomic():
        dossier = Dossier.objects.create(
            id=dossier_id,
            stream=stream or f"dossier:{dossier_id}",
            scope=scope,
            label=label,
            service_item=service_item,
            previous_head=previous_head,
            opened_at=clock.now(),
        )
        data: dict[str, JSONValue] = {"dossier": str(dossier.id), "label": label}
        if previous_head:
            data["previous_head"] = previous_head
        journal.append(dossier.stream, "dossier.opened", actor=actor, data=data)
        return dossier


def seal(dossier_id: UUID, *, actor: Actor = SYSTEM) -> Dossier:
    """Close a dossier for good: manifest as a blob, `dossier.sealed` as the stream's last entry.

    The manifest is canonical JSON (RFC 8785) of every piece's digests and the journal's head.
    `entries_root` is the root over all entries under covers, whose seed is kept as a personal
    value: from it one finding can be proved without the others. A dossier that is already sealed
    is returned as it is.
    """
    with transaction.atomic():
        dossier = locked(dossier_id)
        if dossier.is_sealed:
            return dossier
        at = clock.now()
        manifest = hashing.canonical(manifest_of(dossier, at))
        blob = blobs.store().put(manifest, media_type="application/json")
        head = journal.head(dossier.stream)
        seed = secrets.token_hex(32)
        workflow.move(
            dossier,
            lambda: dossier.seal(at=at, manifest_key=blob.key, manifest_sha256=blob.sha256),
            actor=actor,
            kind="dossier.sealed",
            stream=dossier.stream,
            data={
                "dossier": str(dossier.id),
                "manifest_sha256": blob.sha256,
                "journal_head": head.digest,
                "journal_length": head.length,
                "evidence": dossier.items.count(),
                "entries_root": entries_root(seed, entry_digests(dossier.stream)),
            },
            private={"covers": seed},
        )
        return dossier


def manifest_of(dossier: Dossier, at: datetime) -> dict[str, JSONValue]:
    head = journal.head(dossier.stream)
    return {
        "v": 1,
        "dossier": str(dossier.id),
        "stream": dossier.stream,
        "label": dossier.label,
        "previous_head": dossier.previous_head,
        "sealed_at": clock.iso(at),
        "journal": {"length": head.length, "head": head.digest},
        "evidence": [described(item) for item in dossier.items.order_by("number")],
        "recording": _recording(dossier),
    }


def _recording(dossier: Dossier) -> JSONValue:
    """What the check of the recording's time came to, as journalled; null without a recording."""
    checked = journal.entries(dossier.stream).filter(kind=checking.KIND).last()
    return checked.data if checked is not None else None


def described(item: EvidenceItem) -> dict[str, JSONValue]:
    """One line of the manifest."""
    return {
        "id": str(item.id),
        "number": item.number,
        "kind": item.kind,
        "grade": item.grade,
        "purpose": item.purpose,
        "item": item.item,
        "segment": item.segment,
        "media_type": item.media_type,
        "size": item.size,
        "sha256": item.sha256,
        "sm3": item.sm3,
    }


def locked(dossier_id: UUID) -> Dossier:
    """The dossier under its row lock: who holds it decides before anybody can seal or add."""
    return Dossier.objects.select_for_update().get(pk=dossier_id)


def refuse_closed(dossier: Dossier) -> None:
    if Dossier.objects.get(pk=dossier.pk).is_sealed:
        raise EvidenceClosed
