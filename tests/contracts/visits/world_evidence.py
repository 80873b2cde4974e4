"""The dossier of the delegation, for the routes of custody, and an upload of its delegate."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from inspections.evidence import services

if TYPE_CHECKING:
    from tests.contracts.visits.world import Setting


def add(setting: "Setting") -> Mapping[str, str]:
    upload = services.begin_upload(10, actor=setting.story.delegate)
    return {
        "dossier_id": str(setting.story.delegation.dossier_id),
        "upload_id": str(upload.pk),
    }
