"""Cases whose applicants want the same slot."""

from datetime import datetime
from uuid import UUID

from fieldsvc.kernel.journal import Actor
from inspections.bookings import selectors
from inspections.cases import services
from inspections.cases.api import CaseIn
from inspections.cases.models import Case
from tests.inspections.cases.bodies import body
from tests.inspections.cast import Cast


def new_case(cast: Cast, number: str = "KY-2026-000123") -> Case:
    actor = Actor("client", str(cast.client.pk), str(cast.bureau.pk))
    return services.receive(CaseIn.model_validate(body(number)).to_new(), actor=actor)[0]


def applicant(case: Case) -> Actor:
    return Actor("applicant", str(case.pk), str(case.bureau_id))


def first_slot(bureau_id: UUID) -> datetime:
    return selectors.offer(bureau_id, limit=1)[0].starts_at
