from ninja import Router

from inspections.catalog.api.calendar import router as calendar
from inspections.catalog.api.checklists import router as checklists
from inspections.catalog.api.guides import router as guides

router = Router()
for part in (checklists, guides, calendar):
    router.add_router("", part)
