"""The papers over HTTP, with the real slice below: drafted at the desk, signed at the door."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client

from fieldsvc.kernel import hashing, ids, outbox
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import SYSTEM
from inspections.catalog.services import publish_calendars, publish_guides
from inspections.delegation import services as delegations
from inspections.delegation.models import Delegation
from inspections.delegation.services import NewDelegation
from inspections.delegation.states import MandateState
from inspections.people import services as people
from inspections.people.models import Staff
from inspections.people.selectors import actor_of_staff
from inspections.people.services import Addressee, NewStaff
from inspections.people.states import LinkPurpose, Role
from inspections.reports.states import PaperKind
from tests.inspections.cast import PASSWORD, PHONE, Cast
from tests.inspections.pictures import picture_bytes
from tests.inspections.signing.hand import drawing


def hire(cast: Cast, username: str, role: Role) -> Staff:
    new = NewStaff(username, f"{username}代办", [role], badge_number=username, unit="帮办代办中心")
    return people.add_staff(cast.bureau, new, password=PASSWORD)


@pytest.fixture
def delegate(cast: Cast) -> Staff:
    return hire(cast, "zhou", Role.DELEGATE)


@pytest.fixture
def owner(cast: Cast, delegate: Staff, standing_clock: FixedClock) -> Delegation:
    """Registered and drafted at the desk by the verbs of the slice; the delegate is sent."""
    publish_guides()
    publish_calendars()
    clerk = actor_of_staff(hire(cast, "feng", Role.DISPATCHER))
    new = NewDelegation(
        phone=PHONE,
        contact_name="李申请",
        applicant_name="李申请",
        items=("GTSH",),
        address="周村区大街 12 号",
    )
    made = delegations.register(new, actor=clerk)
    Delegation.objects.filter(pk=made.pk).update(staff=delegate)
    delegations.draft_mandate(made.pk, ["SUBMIT", "COLLECT"], date(2026, 12, 20), actor=clerk)
    outbox.drain()
    return Delegation.objects.get(pk=made.pk)


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def applicant_of(owner: Delegation) -> Client:
    to = Addressee(owner.pk, owner.stream, owner.number, PHONE)
    token = people.issue_link(owner.bureau_id, to, actor=SYSTEM, purpose=LinkPurpose.VISIT)
    client = Client(headers={"X-Entry": "join"})
    opened = client.post("/api/join/open", {"token": token}, content_type="application/json")
    assert opened.status_code == 200
    return client


def papers_of(client: Client, owner: Delegation) -> list[dict[str, Any]]:
    answer = client.get(f"/api/delegations/{owner.pk}/papers")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def mandate_of(client: Client, owner: Delegation) -> dict[str, Any]:
    return next(one for one in papers_of(client, owner) if one["kind"] == "MANDATE")


def act(document: str, **more: object) -> dict[str, object]:
    drawn = drawing()
    strokes = [[{"x": p.x, "y": p.y, "t": p.t, "p": p.p} for p in one] for one in drawn.strokes]
    return {
        "document_sha256": document,
        "strokes": strokes,
        "width": drawn.width,
        "height": drawn.height,
        "will": True,
        **more,
    }


def post(client: Client, path: str, body: dict[str, object], key: str = "") -> HttpResponseBase:
    headers = {"Idempotency-Key": key or str(ids.new())}
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


class TestAtTheDoor:
    def test_the_applicant_signs_on_the_delegates_phone_and_the_mandate_is_in_force(
        self, owner: Delegation, delegate: Staff
    ) -> None:
        client = signed_in(delegate)
        paper = mandate_of(client, owner)
        assert paper["state"] == "FROZEN" and paper["signatures"][0]["lendable"]
        page = client.get(paper["page_url"].replace("{n}", "1"))
        assert page.getvalue().startswith(b"\x89PNG")
        path, body = f"/api/field/papers/{paper['id']}/sign", act(paper["sha256"])
        key = str(ids.new())
        first, again = post(client, path, body, key), post(client, path, body, key)
        assert first.status_code == again.status_code == 200, first
        outbox.drain()
        assert owner.mandates.get().state == MandateState.SIGNED.value
        issued = mandate_of(client, owner)
        assert issued["state"] == "ISSUED" and issued["signed_sha256"] != issued["sha256"]
        assert issued["signatures"][0]["way"] == "SCREEN"
        copy = b"".join(client.get(issued["pdf_url"]).streaming_content)  # type: ignore[arg-type]
        assert hashing.sha256_hex(copy) == issued["signed_sha256"]

    def test_a_photo_of_the_signed_sheet_puts_it_in_force_too(
        self, owner: Delegation, delegate: Staff
    ) -> None:
        client = signed_in(delegate)
        paper = mandate_of(client, owner)
        picture = picture_bytes()
        form = {
            "file": SimpleUploadedFile("a.jpg", picture, "image/jpeg"),
            "sha256": hashing.sha256_hex(picture),
            "document_sha256": paper["sha256"],
            "longitude": "117.85",
            "latitude": "36.8",
        }
        answer = client.post(
            f"/api/field/papers/{paper['id']}/photo",
            form,
            headers={"Idempotency-Key": str(ids.new())},
        )
        assert answer.status_code == 200, answer.content
        outbox.drain()
        mandate = owner.mandates.get()
        assert (mandate.state, mandate.signed_way) == ("SIGNED", "PAPER_PHOTO")

    def test_a_refusal_names_its_code(self, owner: Delegation, delegate: Staff) -> None:
        client = signed_in(delegate)
        paper = mandate_of(client, owner)
        path = f"/api/field/papers/{paper['id']}/sign"
        wrong = post(client, path, act("e" * 64))
        assert wrong.status_code == 409
        registration = next(
            one for one in papers_of(client, owner) if one["kind"] == PaperKind.REGISTRATION.value
        )
        closed = post(
            client, f"/api/field/papers/{registration['id']}/sign", act(registration["sha256"])
        )
        assert closed.status_code == 409


class TestAtHome:
    def test_the_applicant_reads_and_signs_by_the_own_link(self, owner: Delegation) -> None:
        client = applicant_of(owner)
        paper = mandate_of(client, owner)
        assert paper in client.get("/api/join/papers").json()["items"]
        assert paper["signatures"][0]["mine"] and not paper["signatures"][0]["lendable"]
        page = client.get(paper["page_url"].replace("{n}", "1"))
        assert page.getvalue().startswith(b"\x89PNG")
        answer = post(client, f"/api/join/papers/{paper['id']}/sign", act(paper["sha256"]))
        assert answer.status_code == 200
        outbox.drain()
        assert owner.mandates.get().state == MandateState.SIGNED.value

    def test_another_bureau_another_delegate_and_an_inspector_get_nowhere(
        self, owner: Delegation, delegate: Staff, cast: Cast
    ) -> None:
        paper = mandate_of(signed_in(delegate), owner)
        stranger = signed_in(
            people.add_staff(
                cast.elsewhere, NewStaff("gao", "高旁人", [Role.DISPATCHER]), password=PASSWORD
            )
        )
        other = signed_in(hire(cast, "wu", Role.DELEGATE))
        for client, status in ((stranger, 404), (other, 404), (signed_in(cast.wang), 403)):
            for path in (
                f"/api/delegations/{owner.pk}/papers",
                f"/api/papers/{paper['id']}",
                f"/api/papers/{paper['id']}/paper.pdf",
            ):
                assert client.get(path).status_code == status, path
            sign = post(client, f"/api/field/papers/{paper['id']}/sign", act(paper["sha256"]))
            assert sign.status_code == status
