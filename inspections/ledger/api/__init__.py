from ninja import Router

from inspections.ledger.api.rows import router as rows
from inspections.ledger.api.weeks import router as weeks

router = Router()
for part in (rows, weeks):
    router.add_router("", part)
