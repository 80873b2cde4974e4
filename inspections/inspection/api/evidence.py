"""Pictures and recordings of an inspection."""

from typing import Literal
from uuid import UUID

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponseBase
from ninja import Router

from fieldsvc.kernel.idempotency import idempotent
from inspections.evidence import media
from inspections.evidence import selectors as evidence
from inspections.evidence import services as evidence_services
from inspections.evidence.answers import Stored, blob_answer, drawn_answer, is_first_piece
from inspections.evidence.errors import EvidenceUnknown, RecordingMissing
from inspections.evidence.models import EvidenceItem
from inspections.evidence.states import CopyState, EvidenceKind
from inspections.inspection import selectors, services
from inspections.inspection.api import present
from inspections.inspection.api.recordings import (
    CopyOut,
    CoverageOut,
    RecordingOut,
    SegmentOut,
    SpanOut,
)
from inspections.inspection.api.schemas import EvidenceRef, StillIn
from inspections.inspection.models import Inspection
from inspections.people.auth import signed_in, staff_auth
from inspections.people.selectors import actor_of
from signaling import recordings, rooms
from signaling.models import Room, Segment
from signaling.states import CAUSE_LABELS, Role

router = Router(tags=["evidence"], auth=staff_auth)
Variant = Literal["thumb", "view", "stamped", "original"]
VIEW_BOX = (1920, 1440)
_PICTURES = {EvidenceKind.STILL.value, EvidenceKind.PHOTO.value}

_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/webm": "weba",
    "audio/mp4": "m4a",
    "application/pdf": "pdf",
    "application/json": "json",
}


@router.get("/evidence/{evidence_id}/content", auth=signed_in, include_in_schema=True)
def content(
    request: HttpRequest, evidence_id: UUID, variant: Variant = "original"
) -> HttpResponseBase:
    """`thumb` and `view` are pictures drawn anew without any metadata, `stamped` a copy with case,
    time and place burned in that cites its original; `original` is a download."""
    actor = actor_of(request)
    piece = selectors.access_evidence(actor, evidence_id)
    if variant != "thumb" and is_first_piece(request):
        evidence_services.note_view(piece.dossier, str(piece.pk), variant, actor=actor)
    with evidence.telling_disposal(piece.dossier_id):
        return _content(request, piece, variant)


def _content(request: HttpRequest, piece: EvidenceItem, variant: Variant) -> HttpResponseBase:
    if variant == "thumb":
        return blob_answer(request, _thumbnail(piece.thumbnail_key, piece.id))
    if variant == "view" and piece.kind in _PICTURES:
        return drawn_answer(media.reencoded(piece.blob_key, VIEW_BOX), f"{piece.id}.jpg")
    if variant == "stamped" and piece.kind in _PICTURES:
        copied = media.stamped(piece.blob_key, selectors.stamp_of(piece), piece.sha256)
        return drawn_answer(copied, f"{piece.item or 'photo'}-{piece.number}-copy.jpg")
    name = f"{piece.item or piece.kind.lower()}-{piece.number}"
    suffix = _SUFFIXES.get(piece.media_type, "bin")
    return blob_answer(
        request, Stored(piece.blob_key, piece.size, piece.media_type, f"{name}.{suffix}")
    )


# Not idempotent on purpose: asking again means another frame, and waiting for the media node
# inside the transaction of an idempotent call would keep everybody else from writing.
@router.post("/inspections/{inspection_id}/stills/from-recording", response=EvidenceRef)
def still_from_recording(request: HttpRequest, inspection_id: UUID, body: StillIn) -> EvidenceRef:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    services.check_frame_wish(wanted, body.item, actor=actor)
    jpeg = async_to_sync(rooms.grab_frame)(wanted.room, str(wanted.case_id))
    piece = services.admit_recording_frame(wanted, jpeg, body.item, actor=actor)
    return present.evidence_ref(piece, "desk")


@router.get("/inspections/{inspection_id}/recording", response=RecordingOut, by_alias=True)
def recording(request: HttpRequest, inspection_id: UUID) -> RecordingOut:
    return _recording(selectors.access_inspection(actor_of(request), inspection_id))


@router.post("/inspections/{inspection_id}/recording/mp4", response=CopyOut)
@idempotent
def request_copy(request: HttpRequest, inspection_id: UUID) -> CopyOut:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    evidence_services.request_copy(wanted.dossier, actor=actor)
    return _copy(wanted)


@router.get("/inspections/{inspection_id}/recording/copy.mp4")
def copy(request: HttpRequest, inspection_id: UUID) -> HttpResponseBase:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    found = evidence.recording_copy(wanted.dossier)
    if found is None or found.state != CopyState.READY.value:
        raise RecordingMissing
    if is_first_piece(request):
        evidence_services.note_view(wanted.dossier, "recording", "copy", actor=actor)
    return blob_answer(
        request, Stored(found.blob_key, found.size, "video/mp4", f"{wanted.number}.mp4")
    )


@router.get("/inspections/{inspection_id}/recording/sheet.jpg")
def sheet(request: HttpRequest, inspection_id: UUID) -> HttpResponseBase:
    wanted = selectors.access_inspection(actor_of(request), inspection_id)
    found = evidence.recording_copy(wanted.dossier)
    if found is None or not found.sheet_key:
        raise RecordingMissing
    name = f"{wanted.number}.jpg"
    return blob_answer(
        request, Stored(found.sheet_key, found.sheet_size, "image/jpeg", name, inline=True)
    )


@router.get("/inspections/{inspection_id}/recording/segments/{segment_id}")
def segment(request: HttpRequest, inspection_id: UUID, segment_id: UUID) -> HttpResponseBase:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    found = Segment.objects.filter(pk=segment_id, room=wanted.room).first()
    if found is None:
        raise RecordingMissing
    if is_first_piece(request):
        evidence_services.note_view(wanted.dossier, f"segment {found.pk}", "original", actor=actor)
    name = f"{wanted.number}-{found.number:04d}.webm"
    with evidence.telling_disposal(wanted.dossier_id):
        return blob_answer(request, Stored(found.blob_key, found.size, found.media_type, name))


def _thumbnail(key: str, evidence_id: UUID) -> Stored:
    if not key:
        raise EvidenceUnknown
    size = evidence.blob_size(key)
    return Stored(key, size, "image/jpeg", f"{evidence_id}.jpg", inline=True)


def _recording(wanted: Inspection) -> RecordingOut:
    room = Room.objects.get(pk=wanted.room)
    coverage = recordings.coverage(room)
    base = f"/api/inspections/{wanted.pk}/recording"
    return RecordingOut(
        segments=[
            SegmentOut(
                number=row.number,
                source=row.source_id,
                source_label=row.source.label or row.source.name,
                main=row.source.role == Role.GUEST.value,
                started_at=row.started_at,
                ended_at=row.ended_at,
                url=f"{base}/segments/{row.pk}",
                sha256=row.sha256,
                width=row.width,
                height=row.height,
                video_frames=row.video_frames,
            )
            for row in recordings.segments(room)
        ],
        coverage=CoverageOut(
            percent=coverage.percent,
            spans=[
                SpanOut(
                    from_=span.starts_at,
                    to=span.ends_at,
                    state=span.state.value,
                    cause=span.cause.value if span.cause else None,
                    cause_label=CAUSE_LABELS[span.cause] if span.cause else None,
                )
                for span in coverage.spans
            ],
        ),
        mp4=_copy(wanted),
    )


def _copy(wanted: Inspection) -> CopyOut:
    found = evidence.recording_copy(wanted.dossier)
    if found is None:
        return CopyOut(state=CopyState.NONE.value, percent=0, started_at=None, url=None, sheet=None)
    ready = found.state == CopyState.READY.value
    base = f"/api/inspections/{wanted.pk}/recording"
    return CopyOut(
        state=found.state,
        percent=found.percent,
        started_at=evidence.copy_starts_at(wanted.dossier) if ready else None,
        url=f"{base}/copy.mp4" if ready else None,
        sheet=f"{base}/sheet.jpg" if ready and found.sheet_key else None,
    )
