"""A spoken objection: the recording comes first, the objection names it."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from fieldsvc.kernel.idempotency import idempotent
from inspections.evidence.answers import handed_in
from inspections.people.selectors import actor_of
from inspections.signing import selectors, services

router = Router(tags=["signing"])


class VoiceForm(Schema):
    """`upload` names a finished resumable upload in place of the file."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
    upload: UUID | None = None


class VoiceOut(Schema):
    """`id` is what the objection names."""

    id: UUID
    sha256: str
    size: int
    media_type: str


@router.post("/signatures/{signature_id}/voice", response={201: VoiceOut})
@idempotent
def add_voice(
    request: HttpRequest,
    signature_id: UUID,
    body: Form[VoiceForm],
    file: File[UploadedFile | None] = None,
) -> Status[VoiceOut]:
    actor = actor_of(request)
    wanted = selectors.access_signature(actor, signature_id)
    with handed_in(file, body.upload, actor=actor) as bytes_of_it:
        item = services.add_voice(wanted, bytes_of_it, body.sha256, actor=actor)
    return Status(
        201,
        VoiceOut(id=item.pk, sha256=item.sha256, size=item.size, media_type=item.media_type),
    )
