from ninja import Router

from inspections.reports.api.checking import router as checking
from inspections.reports.api.inspection_papers import router as inspection_papers
from inspections.reports.api.papers import router as papers
from inspections.reports.api.records import router as records

router = Router()
for part in (records, papers, inspection_papers, checking):
    router.add_router("", part)
