from ninja import Router

from inspections.inspection.api.desk import router as desk
from inspections.inspection.api.evidence import router as evidence
from inspections.inspection.api.join import router as join

router = Router()
for part in (join, desk, evidence):
    router.add_router("", part)
