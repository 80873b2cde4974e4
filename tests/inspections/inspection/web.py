"""The same scene over HTTP: one browser for the applicant, one for each member of staff."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from fieldsvc.kernel import hashing, ids
from fieldsvc.kernel.journal import SYSTEM
from inspections.cases.models import Case
from inspections.people import services as people
from inspections.people.models import Staff
from inspections.people.services import Addressee


class Browser:
    """A test client that numbers its writes, as the frontend does."""

    def __init__(self, entry: str) -> None:
        self.http = Client(headers={"x-entry": entry, "user-agent": "test browser"})

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.http.get(f"/api{path}", headers=headers)

    def send(self, method: str, path: str, body: Any = None) -> HttpResponse:
        return self.http.generic(
            method,
            f"/api{path}",
            json.dumps(body if body is not None else {}),
            content_type="application/json",
            headers={"idempotency-key": str(ids.new())},
        )

    def upload(self, data: bytes, **fields: str) -> HttpResponse:
        form = {
            "file": SimpleUploadedFile("photo.jpg", data, "image/jpeg"),
            "sha256": hashing.sha256_hex(data),
            **fields,
        }
        return self.http.post(
            "/api/join/evidence", form, headers={"idempotency-key": str(ids.new())}
        )


def as_applicant(case: Case) -> Browser:
    browser = Browser("join")
    to = Addressee(case.pk, case.stream, case.number, case.contact_phone)
    token = people.issue_link(case.bureau_id, to, actor=SYSTEM)
    answer = browser.send("POST", "/join/open", {"token": token})
    assert answer.status_code == 200, answer.content
    return browser


def as_staff(staff: Staff) -> Browser:
    browser = Browser("desk")
    browser.http.force_login(staff)
    return browser
