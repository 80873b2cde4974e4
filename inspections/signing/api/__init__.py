from ninja import Router

from inspections.signing.api import answers, ceremony, refusals

router = Router()
for part in (ceremony, answers, refusals):
    router.add_router("", part.router)
