from functools import partial
from pathlib import Path
from uuid import UUID

from fieldsvc.kernel.journal import Actor, JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.evidence import gateways, selectors, services
from inspections.evidence.models import Dossier
from signaling import rawkeeping, recordings


@on("recording.segment_stored")
def admit_segment(entry: JournalEntry) -> None:
    dossier = selectors.dossier_of_stream(entry.stream)
    if dossier is not None:
        segment = recordings.segment(UUID(str(entry.data["segment"])))
        services.admit_segment(dossier, segment)


@on("evidence.admitted")
def look_for_the_picture(entry: JournalEntry) -> None:
    services.look_for(UUID(str(entry.data["evidence"])))


@on("dossier.disposed")
def remove_disposed_files(entry: JournalEntry) -> None:
    services.remove_files(Dossier.objects.get(pk=str(entry.data["dossier"])))


@on("dossier.sealed")
def release_raw_journals(entry: JournalEntry) -> None:
    rawkeeping.release_raw(entry.stream, actor=entry.actor)


@on("room.closed")
def request_copy(entry: JournalEntry) -> None:
    dossier = selectors.dossier_of_stream(entry.stream)
    if dossier is not None and entry.data.get("segments"):
        services.request_copy(dossier, actor=Actor("system", "system", dossier.scope))


@on("recording.copy_requested", heavy=True, lease=3600, schedule=(30, 300, 1800))
def derive_copy(entry: JournalEntry) -> None:
    dossier_id = UUID(str(entry.data["dossier"]))
    with services.copy_job(dossier_id) as job:
        try:
            gateways.derive_in_child(job, partial(services.store_progress, dossier_id))
        except gateways.DeriveFailed as error:
            services.store_failure(dossier_id, error.code)
            raise
        services.store_copy(dossier_id, Path(job["out"]), str(entry.data["parents_sha256"]))


@on("dossier.sealed", ordered=False)
def anchor_seal(_entry: JournalEntry) -> None:
    services.anchor("seal")
    gateways.stamp_due()
