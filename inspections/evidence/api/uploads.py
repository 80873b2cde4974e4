"""Resumable uploads: tus 1.0.0, core with creation, checksum, expiration and termination.

What is finished here is handed in by the route that takes such a file, by the id of the upload.
"""

from email.utils import format_datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from inspections.evidence import policies, selectors, services
from inspections.evidence.errors import (
    ImageTooLarge,
    UploadMalformed,
    UploadMediaType,
    UploadVersion,
)
from inspections.evidence.models import PartialUpload
from inspections.evidence.services.uploads import (
    ALGORITHMS,
    MAX_BYTES,
    PIECE_MAX_BYTES,
    Checksum,
)
from inspections.people.auth import anyone, signed_in
from inspections.people.selectors import actor_of

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
router = Router(tags=["uploads"], auth=signed_in)


@router.api_operation(["OPTIONS"], "/uploads", auth=anyone, response={204: None})
def abilities(request: HttpRequest) -> HttpResponse:
    del request
    answer = _answer(204)
    answer["Tus-Version"] = VERSION
    answer["Tus-Extension"] = "creation,checksum,expiration,termination"
    answer["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    answer["Tus-Max-Size"] = str(MAX_BYTES)
    return answer


# Not idempotent by key, none of these: a place that is already taken is refused, and a file that
# was begun twice runs out by itself.
@router.post("/uploads", response={201: None})
def begin(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    policies.permit(policies.may_upload(actor))
    _check_version(request)
    made = services.begin_upload(_number(request, "Upload-Length"), actor=actor)
    answer = _stands(made, 201)
    answer["Location"] = f"/api/uploads/{made.pk}"
    return answer


@router.api_operation(["HEAD"], "/uploads/{upload_id}", response={200: None})
def standing(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    found = selectors.access_upload(actor_of(request), upload_id)
    _check_version(request)
    answer = _stands(found, 200)
    answer["Upload-Length"] = str(found.length)
    return answer


@router.patch("/uploads/{upload_id}", response={204: None})
def append(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    found = selectors.access_upload(actor_of(request), upload_id)
    _check_version(request)
    if request.content_type != PIECE_TYPE:
        raise UploadMediaType
    claimed = request.headers.get("Upload-Checksum")
    checksum = Checksum.read(claimed) if claimed is not None else None
    offset = _number(request, "Upload-Offset")
    # One byte more than may be: enough to know that it is too much.
    data = request.read(PIECE_MAX_BYTES + 1)
    if len(data) > PIECE_MAX_BYTES:
        raise ImageTooLarge({"limit_bytes": PIECE_MAX_BYTES})
    return _stands(services.append_piece(found, offset, data, checksum), 204)


@router.delete("/uploads/{upload_id}", response={204: None})
def end(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    found = selectors.access_upload(actor_of(request), upload_id)
    _check_version(request)
    services.drop_upload(found)
    return _answer(204)


def _check_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise UploadVersion({"version": VERSION})


def _number(request: HttpRequest, header: str) -> int:
    value = request.headers.get(header, "")
    # No file is longer than 18 digits say; more would not fit a column.
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise UploadMalformed({"header": header})
    return int(value)


def _stands(upload: PartialUpload, status: int) -> HttpResponse:
    answer = _answer(status)
    answer["Upload-Offset"] = str(upload.offset)
    answer["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return answer


def _answer(status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    answer["Tus-Resumable"] = VERSION
    answer["Cache-Control"] = "no-store"
    return answer
