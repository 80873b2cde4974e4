from ninja import Router

from inspections.delegation.api.desk import router as desk
from inspections.delegation.api.field import router as field
from inspections.delegation.api.join import router as join
from inspections.delegation.api.public import router as public

router = Router()
for part in (desk, field, join, public):
    router.add_router("", part)
