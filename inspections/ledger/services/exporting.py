"""The ledger as a workbook, and the trace that it left the house."""

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import Actor
from inspections.ledger import selectors
from inspections.ledger import workbook as sheets
from inspections.ledger.rules.shapes import Filters


def workbook(filters: Filters, *, actor: Actor) -> bytes:
    """Every row that `filters` ask for as .xlsx, masked as in the list.

    Refuses: `not_allowed`, `too_many_rows`. Journal on `bureau:<id>`: `ledger.exported` with the
    names of the filters and the number of rows.
    """
    rows = list(selectors.every_row(filters, actor))
    made = sheets.make(rows, clock.now())
    with transaction.atomic():
        journal.append(
            f"bureau:{actor.scope}",
            "ledger.exported",
            actor=actor,
            data={"filters": sorted(filters.set_names()), "rows": len(rows)},
        )
    return made
