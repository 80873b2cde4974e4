"""Everybody of the second authorisation table who may ask people and catalogue, signed in."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from django.test import Client
from PIL import Image

from fieldsvc.kernel import clock, ids
from fieldsvc.kernel.journal import SYSTEM
from inspections.people import selectors, services
from inspections.people.models import Absence, Staff
from inspections.people.services import Addressee, NewProfile, NewStaff
from inspections.people.states import AbsenceReason, Role
from tests.contracts.visits.who import Who
from tests.inspections.cast import PASSWORD, PHONE, Cast

_ROLES = {
    Who.DELEGATE: Role.DELEGATE,
    Who.OTHER_DELEGATE: Role.DELEGATE,
    Who.DISPATCHER: Role.DISPATCHER,
    Who.HEAD: Role.HEAD,
    Who.ADMINISTRATOR: Role.ADMINISTRATOR,
    Who.AUDITOR: Role.AUDITOR,
    Who.INSPECTOR: Role.INSPECTOR,
    Who.STRANGER: Role.DISPATCHER,
}


@dataclass(frozen=True)
class Callers:
    cast: Cast
    staff: dict[Who, Staff]
    absence: Absence

    def client(self, who: Who) -> Client:
        """A browser (or system) of theirs; writes carry a fresh Idempotency-Key by `headers`."""
        if who is Who.CLIENT:
            return Client(headers={"Authorization": f"Bearer {self.cast.key}"})
        browser = Client()
        if who in self.staff:
            browser.force_login(self.staff[who])
        elif who is not Who.ANONYMOUS:
            subject = ids.new()
            to = Addressee(subject, f"delegation:{subject}", "DB-2026-000001", PHONE)
            token = services.issue_link(self.cast.bureau.pk, to, actor=SYSTEM)
            browser.post("/api/join/open", {"token": token}, content_type="application/json")
        return browser


def callers(cast: Cast) -> Callers:
    """One member of staff for each; the delegate has a public photo and an absence to come."""
    staff = {}
    for number, (who, role) in enumerate(_ROLES.items()):
        bureau = cast.elsewhere if who is Who.STRANGER else cast.bureau
        new = NewStaff(f"who{number}", f"某{number}", [role], f"W-{number}", "帮办代办科")
        staff[who] = services.add_staff(bureau, new, password=PASSWORD)
    delegate = staff[Who.DELEGATE]
    actor = selectors.actor_of_staff(staff[Who.HEAD])
    services.set_profile(delegate, NewProfile(PHONE, (117.86, 36.8), "", True), actor=actor)
    services.set_photo(delegate, photo(), actor=actor)
    start = clock.now() + timedelta(days=1)
    absence = services.report_absence(
        delegate, (start, start + timedelta(hours=8)), AbsenceReason.LEAVE, actor=actor
    )
    return Callers(cast, staff, absence)


def photo(size: tuple[int, int] = (600, 800), form: str = "PNG") -> bytes:
    """A picture of one colour."""
    target = BytesIO()
    Image.new("RGB", size, (30, 90, 160)).save(target, form)
    return target.getvalue()
