from ninja import Router

from inspections.evidence.api.custody import router as custody
from inspections.evidence.api.uploads import router as uploads

router = Router()
for part in (custody, uploads):
    router.add_router("", part)
