from ninja import Router

from inspections.people.api.delegates import router as delegates
from inspections.people.api.public import router as public
from inspections.people.api.sessions import router as sessions

router = Router()
for part in (sessions, delegates, public):
    router.add_router("", part)
