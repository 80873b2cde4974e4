"""A case whose result is ready, without the inspection behind it."""

from datetime import timedelta
from typing import Any

from fieldsvc.kernel import clock, ids
from fieldsvc.kernel.journal import Actor
from inspections.cases.api import CaseIn
from inspections.cases.models import Case
from inspections.cases.services import receive
from inspections.inspection.facts import FailedItem, InspectionResult
from tests.inspections.cases.bodies import body
from tests.inspections.cast import Cast


def case_with_callback(cast: Cast, url: str, number: str = "KY-2026-000123") -> Case:
    actor = Actor("client", str(cast.client.pk), str(cast.bureau.pk))
    return receive(CaseIn.model_validate(body(number, callback_url=url)).to_new(), actor=actor)[0]


def result(case: Case, **changes: Any) -> InspectionResult:
    facts: dict[str, Any] = {
        "inspection_id": ids.new(),
        "inspection_number": "YKY-2026-000001",
        "case_id": case.pk,
        "case_number": case.number,
        "round": 1,
        "version": 1,
        "verdict": "NON_CONFORMING",
        "counts": {"total": 16, "key_failed": 1},
        "failed_items": (FailedItem("CY10", "餐用具消毒保洁", "KEY", "保洁柜门坏了"),),
        "rectification_deadline": clock.now() + timedelta(days=10),
        "record_sha256": "a" * 64,
        "dossier_id": ids.new(),
        "dossier_head": "b" * 64,
        "at": clock.now(),
    }
    return InspectionResult(**{**facts, **changes})
