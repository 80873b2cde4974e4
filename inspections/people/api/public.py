"""What anybody may see without signing in: who serves here, and what they look like."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from inspections.people import selectors
from inspections.people.api import present
from inspections.people.api.schemas import BureauLine, PublicRoster
from inspections.people.auth import anyone
from inspections.people.media import photo_answer

router = Router(tags=["people"], auth=anyone)

_MAY_BE_KEPT = "public, max-age=300"


@router.get("/public/{bureau_code}/roster", response=PublicRoster)
def roster(request: HttpRequest, response: HttpResponse, bureau_code: str) -> PublicRoster:
    bureau = selectors.bureau_of_code(bureau_code)
    response["Cache-Control"] = _MAY_BE_KEPT
    shown = [one for one in selectors.delegates_of(bureau.pk) if selectors.is_public(one)]
    return PublicRoster(
        bureau=BureauLine(name=bureau.name, phone=bureau.phone),
        delegates=[present.public_delegate(one) for one in shown],
        responsibility=present.public_levels(selectors.responsibility_of(bureau.pk)),
        expert_teams=[present.public_team(one) for one in selectors.expert_teams_of(bureau.pk)],
    )


@router.get("/public/delegates/{staff_id}/photo")
def photo(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    return photo_answer(selectors.public_photo(staff_id), public=True)
