from ninja import Router

from inspections.inspection.api.anchors import router as anchors
from inspections.inspection.api.desk import router as desk
from inspections.inspection.api.evidence import router as evidence
from inspections.inspection.api.join import router as join
from inspections.inspection.api.probe import router as probe

router = Router()
for part in (join, probe, desk, evidence, anchors):
    router.add_router("", part)
