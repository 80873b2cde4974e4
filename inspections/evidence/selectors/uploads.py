"""Files that are still on their way."""

from uuid import UUID

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import Actor
from inspections.evidence.errors import UploadUnknown
from inspections.evidence.models import PartialUpload


def owner_of(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def access_upload(actor: Actor, upload_id: UUID) -> PartialUpload:
    """The actor's own upload that has not run out; everybody else is told `upload_unknown`."""
    found = PartialUpload.objects.filter(
        pk=upload_id, owner=owner_of(actor), expires_at__gt=clock.now()
    ).first()
    if found is None:
        raise UploadUnknown
    return found
