"""What can be offered instead to those who wait, as the board stands at this moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from fieldsvc.kernel import clock
from inspections.dispatch import planning, rules
from inspections.dispatch.planning.insertion import Walk
from inspections.dispatch.planning.shapes import Alternative, Assignment, Reason
from inspections.dispatch.selectors.picture import Picture
from inspections.dispatch.selectors.planned import Planned
from inspections.dispatch.shapes import AssignmentJSON, SpotJSON, UnplacedJSON


class Openings:
    """The day walked as it stands, and as it would stand with a draft published.

    A start counts only where it fits both, now and in a quarter of an hour: whoever takes it from
    the board is not refused, and the draft can still be published afterwards.
    """

    def __init__(self, seen: Picture, draft: Sequence[AssignmentJSON] = ()) -> None:
        self._soon = Planned(replace(seen, now=seen.now + rules.TO_PUBLISH))
        self._now = Planned(seen)
        self._draft = draft

    def refreshed(self, told: UnplacedJSON) -> UnplacedJSON:
        """The same reason with the starts that can be had now, in the sentence, too."""
        visit_id, reason = UUID(told["visit"]), Reason(told["reason"])
        job = self._soon.job(self._soon.picture.visits[visit_id])
        found: list[Alternative] = []
        if reason is not Reason.NO_SKILL:
            found = planning.openings(self._walks(visit_id), job)
        offer = planning.offer(reason, found, promised=job.promised)
        return UnplacedJSON(
            **{
                **told,
                "text": told["because"] + offer,
                "alternatives": [self._spot(one) for one in found],
            }
        )

    def _walks(self, visit_id: UUID) -> list[Walk]:
        seen = self._soon.picture
        if visit_id not in seen.holds and seen.live(visit_id) is None:
            return self._shared
        # What is taken for this very visit now is free for it.
        return self._walked(visit_id)

    @cached_property
    def _shared(self) -> list[Walk]:
        return self._walked(None)

    def _walked(self, but: UUID | None) -> list[Walk]:
        walks = []
        for planned in (self._soon, self._now):
            rows = planned.live_rows(but)
            walks.append(
                planning.standing_walk(planned.day(rows), planned.result(rows).assignments)
            )
        if self._draft:
            day = self._soon.day(self._soon.picture.pledged())
            walks.append(planning.standing_walk(day, [self._proposed(one) for one in self._draft]))
        return walks

    def _proposed(self, one: AssignmentJSON) -> Assignment:
        starts_at = datetime.fromisoformat(one["starts_at"])
        return Assignment(one["visit"], one["staff"], self._soon.down(starts_at))

    def _spot(self, one: Alternative) -> SpotJSON:
        return SpotJSON(
            staff=one.agent,
            staff_name=self._soon.picture.name_of(UUID(one.agent)),
            starts_at=clock.iso(self._soon.instant(one.start)),
        )
