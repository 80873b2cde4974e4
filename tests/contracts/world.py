"""One sealed inspection with a rectification, and a browser or key for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.test import Client

from fieldsvc.kernel import ids
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import SYSTEM
from inspections.cases.models import Case
from inspections.people import services as people
from inspections.people.models import Staff
from inspections.people.services import Addressee, NewStaff
from inspections.people.states import Role
from inspections.results.models import ResultDelivery
from inspections.signing.models import SignatureRequest
from signaling.models import Segment
from tests.contracts.authorisation import Who
from tests.inspections.bookings.scene import new_case
from tests.inspections.cast import Cast
from tests.inspections.inspection.scene import Scene


@dataclass(frozen=True)
class World:
    """`values` fill the places of a route; `callers` are strict about the CSRF token."""

    values: Mapping[str, str]
    callers: Mapping[Who, "Caller"]


@dataclass(frozen=True)
class Caller:
    client: Client
    headers: Mapping[str, str]


def build(cast: Cast, clock: FixedClock) -> World:
    """Play one inspection to its seal, with one item failed, then bring everybody to the door."""
    scene = Scene(cast, clock)
    scene.play_to_seal({"CY10": "保洁柜门坏了"})
    elsewhere = new_case(cast, "KY-2026-000999")
    inspection = scene.inspection
    values = {
        "code": "CY",
        "number": scene.case.number,
        "item": "CY10",
        "inspection_id": str(inspection.pk),
        "rectification_id": str(inspection.rectification.pk),
        "evidence_id": str(inspection.dossier.items.first().pk),
        "segment_id": str(Segment.objects.earliest("number").pk),
        "record_id": str(inspection.records.get().pk),
        "inspection_paper_id": str(inspection.papers.earliest("serial").pk),
        "signature_id": str(SignatureRequest.objects.get(signer="APPLICANT").pk),
        "delivery_id": str(ResultDelivery.objects.get().pk),
    }
    return World(values, _callers(cast, scene, elsewhere))


def _callers(cast: Cast, scene: Scene, elsewhere: Case) -> dict[Who, Caller]:
    assigned = scene.pair[0]
    staff = {
        Who.ASSIGNED: assigned,
        Who.COLLEAGUE: _hire(cast, "zheng", Role.INSPECTOR),
        Who.HEAD: cast.head,
        Who.DISPATCHER: _hire(cast, "feng", Role.DISPATCHER),
        Who.AUDITOR: cast.auditor,
        Who.ADMINISTRATOR: _hire(cast, "wei", Role.ADMINISTRATOR),
        Who.STRANGER: cast.zhao,
    }
    return {
        Who.ANONYMOUS: _browser(),
        Who.APPLICANT: _applicant(scene.case),
        Who.OTHER_APPLICANT: _applicant(elsewhere),
        **{who: _staff(one) for who, one in staff.items()},
        Who.CLIENT: _client(cast.key),
        Who.OTHER_CLIENT: _client(cast.other_key),
    }


def _hire(cast: Cast, username: str, role: Role) -> Staff:
    return people.add_staff(
        cast.bureau, NewStaff(username, username, [role], badge_number=username), password="x"
    )


def _browser() -> Caller:
    client = Client(enforce_csrf_checks=True)
    token = client.get("/api/csrf").json()["csrf_token"]
    return Caller(client, {"X-CSRFToken": token})


def _applicant(case: Case) -> Caller:
    caller = _browser()
    to = Addressee(case.pk, case.stream, case.number, case.contact_phone)
    token = people.issue_link(case.bureau_id, to, actor=SYSTEM, once=ids.new())
    opened = caller.client.post(
        "/api/join/open", {"token": token}, content_type="application/json", headers=caller.headers
    )
    assert opened.status_code == 200, opened.content
    return caller


def _staff(staff: Staff) -> Caller:
    caller = _browser()
    caller.client.force_login(staff)
    return caller


def _client(key: str) -> Caller:
    return Caller(Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {key}"})
