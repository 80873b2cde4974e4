from ninja import Router

from inspections.signing.api import answers, ceremony, refusals, voice

router = Router()
for part in (ceremony, answers, refusals, voice):
    router.add_router("", part.router)
