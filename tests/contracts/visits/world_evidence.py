"""The dossier of the delegation, for the routes of custody."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.contracts.visits.world import Setting


def add(setting: "Setting") -> Mapping[str, str]:
    return {"dossier_id": str(setting.story.delegation.dossier_id)}
