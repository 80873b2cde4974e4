"""The calendar feed: opened by calendar programmes, which can show no proof but the address."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fieldsvc.kernel import clock
from inspections.dispatch import export, selectors
from inspections.people.auth import anyone

router = Router(tags=["calendar"], auth=anyone)


@router.get("/calendar/{token}.ics")
def feed(request: HttpRequest, token: str) -> HttpResponse:
    _, orders = selectors.calendar_of(token)
    response = HttpResponse(
        export.calendar_file(orders, clock.now()), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="visits.ics"'
    response["Cache-Control"] = "no-store"
    return response
