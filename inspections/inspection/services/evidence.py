"""What the applicant's phone and the recording hand in, put into the right dossier."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from fieldsvc.kernel import clock, hashing
from fieldsvc.kernel.journal import Actor
from inspections.evidence import services as evidence
from inspections.evidence.errors import EvidenceClosed
from inspections.evidence.models import EvidenceItem
from inspections.evidence.services import Circumstances
from inspections.evidence.states import Grade, Purpose
from inspections.inspection import policies, selectors
from inspections.inspection.errors import ConsentNeeded, InspectionOver, ItemUnknown
from inspections.inspection.models import Inspection, Rectification
from inspections.inspection.services.rectification import note_upload, upload_target
from inspections.inspection.states import InspectionState


@dataclass(frozen=True, slots=True)
class Upload:
    """`sha256` as the phone computed it; place in WGS-84 degrees."""

    file: BinaryIO
    sha256: str
    purpose: Purpose
    item: str = ""
    still_request: str = ""
    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None


def admit_upload(inspection: Inspection, upload: Upload, *, actor: Actor) -> EvidenceItem:
    """Take a photo or clip of the applicant; journals `evidence.admitted`.

    PRE_SURVEY and RECTIFICATION pictures have the grade UPLOADED; a STILL counts as LIVE_CAMERA
    only while the inspection runs. Refuses with `item_unknown`, `consent_needed`,
    `inspection_over`, `rectification_not_open`, and all of evidence.services.admit.
    """
    if upload.purpose is Purpose.RECTIFICATION:
        return _admit_rectification(inspection, upload, actor)
    codes = {one.code for one in selectors.template_of(inspection).items}
    if upload.item and upload.item not in codes:
        raise ItemUnknown({"item": upload.item})
    _check_moment(inspection, upload.purpose)
    live = upload.purpose is Purpose.STILL
    how = _circumstances(upload, Grade.LIVE_CAMERA if live else Grade.UPLOADED)
    return evidence.admit(inspection.dossier, upload.file, upload.sha256, how, actor=actor)


def check_frame_wish(inspection: Inspection, item: str, *, actor: Actor) -> None:
    """Whether a frame may be taken at all: asked before the media node looks into the room.

    Refuses with `not_allowed`, `inspection_not_begun`, `inspection_over`, `item_unknown`.
    """
    refusal = policies.may_find(actor, inspection)
    if refusal is not None:
        raise refusal
    if item and item not in {one.code for one in selectors.template_of(inspection).items}:
        raise ItemUnknown({"item": item})


def admit_recording_frame(
    inspection: Inspection, jpeg: bytes, item: str, *, actor: Actor
) -> EvidenceItem:
    """Take a frame of the live picture as the server sees it (grade RECORDING_FRAME).

    Refuses with `not_allowed`, `inspection_not_begun`, `inspection_over`, `item_unknown`.
    """
    check_frame_wish(inspection, item, actor=actor)
    how = Circumstances(Purpose.STILL, item=item, grade=Grade.RECORDING_FRAME, taken_at=clock.now())
    digest = hashing.sha256_hex(jpeg)
    return evidence.admit(inspection.dossier, BytesIO(jpeg), digest, how, actor=actor)


def _check_moment(inspection: Inspection, purpose: Purpose) -> None:
    if inspection.state == InspectionState.SEALED.value:
        raise EvidenceClosed
    if inspection.state not in policies.OPEN_STATES:
        raise InspectionOver
    if purpose is Purpose.STILL:
        consent = getattr(inspection, "consent", None)
        if consent is None or not consent.accepted:
            raise ConsentNeeded
        if inspection.state != InspectionState.IN_PROGRESS.value:
            raise InspectionOver


def _admit_rectification(inspection: Inspection, upload: Upload, actor: Actor) -> EvidenceItem:
    rectification = Rectification.objects.select_related("inspection", "dossier").filter(
        inspection=inspection
    )
    row = rectification.first()
    if row is None or row.dossier is None:
        raise EvidenceClosed
    target = upload_target(row, upload.item)
    how = _circumstances(upload, Grade.UPLOADED)
    piece = evidence.admit(row.dossier, upload.file, upload.sha256, how, actor=actor)
    note_upload(row, target, piece, actor=actor)
    return piece


def _circumstances(upload: Upload, grade: Grade) -> Circumstances:
    return Circumstances(
        upload.purpose,
        item=upload.item,
        grade=grade,
        still_request=upload.still_request,
        taken_at=upload.taken_at,
        longitude=upload.longitude,
        latitude=upload.latitude,
    )
