"""A draft of the day for the board's routes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from inspections.dispatch import services
from tests.inspections.dispatch.scene import TODAY

if TYPE_CHECKING:
    from tests.contracts.visits.world import Setting


def add(setting: "Setting") -> Mapping[str, str]:
    team = setting.story.crew
    asked = services.request_plan(team.bureau.pk, TODAY, actor=team.desk)
    plan = services.make_plan(asked.pk)
    return {"plan_id": str(plan.pk), "other_id": str(plan.pk)}
