"""The only place that sees every slice's api."""

from ninja import Router

from inspections.aftercare.api import router as aftercare
from inspections.bookings.api import router as bookings
from inspections.cases.api import router as cases
from inspections.catalog.api import router as catalog
from inspections.delegation.api import router as delegation
from inspections.dispatch.api import router as dispatch
from inspections.evidence.api import router as evidence
from inspections.inspection.api import router as inspection
from inspections.ledger.api import router as ledger
from inspections.people.api import router as people
from inspections.reports.api import router as reports
from inspections.results.api import router as results
from inspections.signing.api import router as signing


def routers() -> list[tuple[str, Router]]:
    """Prefix under /api and router of each slice."""
    # results before cases: a case number may hold slashes, so the route of cases takes them all.
    slices = (
        *(people, catalog, evidence, signing, results, cases, bookings, dispatch),
        *(inspection, delegation, reports, aftercare, ledger),
    )
    return [("", router) for router in slices]
