"""What an inspection that goes on at the place itself still has before it."""

from dataclasses import dataclass

from inspections.catalog.rules import is_unsettled
from inspections.catalog.selectors import TemplateItem
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.dispatch.selectors import live_order_of, visits_of
from inspections.inspection.models import Inspection
from inspections.inspection.selectors.inspections import template_of
from inspections.inspection.selectors.judging import judged_items


@dataclass(frozen=True, slots=True)
class OnSite:
    """The open items and the visit for them; `visit` is None until the place is known."""

    items: list[TemplateItem]
    visit: Visit | None
    order: DispatchOrder | None


def open_items(inspection: Inspection) -> list[TemplateItem]:
    """What has not passed: not judged, not to be judged remotely, or failed with no demand made."""
    wanted = {one.code for one in judged_items(inspection) if is_unsettled(one)}
    return [item for item in template_of(inspection).items if item.code in wanted]


def on_site_of(inspection: Inspection) -> OnSite | None:
    """The on-site part of an inspection; None while there is none."""
    if not inspection.goes_on_site:
        return None
    visit = next(iter(visits_of(inspection.pk)), None)
    return OnSite(
        open_items(inspection), visit, live_order_of(visit.pk) if visit is not None else None
    )
