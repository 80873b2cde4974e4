from ninja import Router

from inspections.dispatch.api.board import router as board
from inspections.dispatch.api.calendar import router as calendar
from inspections.dispatch.api.field import router as field

router = Router()
for part in (board, field, calendar):
    router.add_router("", part)
