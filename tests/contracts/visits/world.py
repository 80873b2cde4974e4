"""One delegation with its delegate at the door, and a browser or key for everybody.

A slice that needs more puts `world_<slice>.py` beside this file with
`def add(setting: Setting) -> Mapping[str, str]`: it plays its part and returns values by the
names of its routes' places.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

from django.test import Client
from PIL import Image

from fieldsvc.kernel import clock, hashing, ids
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import SYSTEM
from inspections.delegation import services
from inspections.delegation.models import Delegation
from inspections.delegation.services import NewFile, NewHandOver
from inspections.delegation.states import Direction, FilePurpose, PersonType
from inspections.people import services as people
from inspections.people.models import Staff
from inspections.people.services import Addressee, NewStaff
from inspections.people.states import AbsenceReason, LinkPurpose, Role
from inspections.reports.services import papers
from tests.contracts.visits.table import furnishers
from tests.contracts.visits.who import Who
from tests.inspections.cast import Cast
from tests.inspections.delegation.scene import Scene, register
from tests.inspections.dispatch.scene import TODAY, crew


@dataclass(frozen=True)
class Caller:
    client: Client
    headers: Mapping[str, str]


@dataclass
class Setting:
    """What a furnisher may play with: the story at the door, another one, and the clock."""

    cast: Cast
    clock: FixedClock
    story: Scene
    other: Delegation
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """`values` fill the places of a route; `callers` are strict about the CSRF token."""

    values: Mapping[str, str]
    callers: Mapping[Who, Caller]


def build(cast: Cast, standing: FixedClock) -> World:
    """Play one delegation up to the door, let every slice add its part, then seat everybody."""
    setting = _play(cast, standing)
    for add in furnishers():
        setting.values.update(add(setting))
    return World(setting.values, _callers(setting))


def picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (24, 16), (30, 90, 160)).save(target, "JPEG")
    return target.getvalue()


def _play(cast: Cast, standing: FixedClock) -> Setting:
    team = crew(cast)
    firm = PersonType.FIRM
    story = Scene(team, register(team, person_type=firm))
    # Its delegate has not been found yet, its mandate waits for a signature.
    other = register(team, person_type=firm, phone="13905330000")
    Scene(team, other).draft()
    story.accept()
    story.send()
    story.arrive()
    setting = Setting(cast, standing, story, other)
    setting.values.update(_furnished(story))
    return setting


def _furnished(story: Scene) -> dict[str, str]:
    """A mandate with its paper, a hand-over, a file, a photo, an absence to come; their ids."""
    team = story.crew
    mandate = story.sign()
    papers.freeze_paper(story.entries("mandate.drafted")[0])
    given = services.hand_over(
        story.delegation.pk,
        NewHandOver(Direction.RECEIVED, "居民户口簿", 1, original=True, occurred_at=clock.now()),
        actor=story.delegate,
    )
    data = picture()
    photo = NewFile(BytesIO(data), hashing.sha256_hex(data), FilePurpose.PLACE)
    receipt = services.add_file(story.delegation.pk, photo, actor=story.delegate)
    start = clock.now() + timedelta(days=1)
    absence = people.report_absence(
        team.chen, (start, start + timedelta(hours=4)), AbsenceReason.LEAVE, actor=team.desk
    )
    profile = people.set_photo(team.chen, data, actor=team.desk)
    profile.is_public = True
    profile.save(update_fields=["is_public"])
    assert story.order is not None
    return {
        "bureau_code": team.bureau.code,
        "staff_id": str(team.chen.pk),
        "absence_id": str(absence.pk),
        "day": TODAY.isoformat(),
        "monday": TODAY.isoformat(),
        "delegation_id": str(story.delegation.pk),
        "mandate_id": str(mandate.pk),
        "step_id": str(story.steps[0].pk),
        "hand_over_id": str(given.pk),
        "evidence_id": str(receipt.id),
        "visit_id": str(story.visit.pk),
        "order_id": str(story.order.pk),
        "paper_id": str(story.delegation.papers.earliest("frozen_at").pk),
        "document_number": story.delegation.papers.earliest("frozen_at").serial,
    }


def _callers(setting: Setting) -> dict[Who, Caller]:
    cast, team = setting.cast, setting.story.crew
    staff = {
        Who.DELEGATE: team.chen,
        Who.OTHER_DELEGATE: team.liu,
        Who.DISPATCHER: team.du,
        Who.HEAD: cast.head,
        Who.ADMINISTRATOR: _hire(cast, "wei", Role.ADMINISTRATOR),
        Who.AUDITOR: cast.auditor,
        Who.INSPECTOR: cast.wang,
        Who.STRANGER: people.add_staff(
            cast.elsewhere, NewStaff("yang", "杨外调", [Role.DISPATCHER]), password="x"
        ),
    }
    return {
        Who.ANONYMOUS: _browser(),
        Who.APPLICANT: _applicant(setting.story.delegation),
        Who.OTHER_APPLICANT: _applicant(setting.other),
        **{who: _staff(one) for who, one in staff.items()},
        Who.CLIENT: Caller(
            Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {cast.key}"}
        ),
    }


def _hire(cast: Cast, username: str, role: Role) -> Staff:
    return people.add_staff(
        cast.bureau, NewStaff(username, username, [role], badge_number=username), password="x"
    )


def _browser() -> Caller:
    client = Client(enforce_csrf_checks=True)
    token = client.get("/api/csrf").json()["csrf_token"]
    return Caller(client, {"X-CSRFToken": token})


def _applicant(delegation: Delegation) -> Caller:
    caller = _browser()
    to = Addressee(delegation.pk, delegation.stream, delegation.number, delegation.phone)
    token = people.issue_link(
        delegation.bureau_id, to, actor=SYSTEM, once=ids.new(), purpose=LinkPurpose.VISIT
    )
    opened = caller.client.post(
        "/api/join/open", {"token": token}, content_type="application/json", headers=caller.headers
    )
    assert opened.status_code == 200, opened.content
    return caller


def _staff(staff: Staff) -> Caller:
    caller = _browser()
    caller.client.force_login(staff)
    return caller
