from ninja import Router

from inspections.aftercare.api.follow_ups import router as follow_ups
from inspections.aftercare.api.join import router as join
from inspections.aftercare.api.ratings import router as ratings
from inspections.aftercare.api.samples import router as samples
from inspections.aftercare.api.unresolved import router as unresolved

router = Router()
for part in (join, ratings, follow_ups, unresolved, samples):
    router.add_router("", part)
