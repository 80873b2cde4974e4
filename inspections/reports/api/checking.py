"""The registered digests of a paper, for anybody who holds one; nothing of what it says."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from inspections.evidence import authority
from inspections.people.auth import anyone, client_address
from inspections.reports.services import checking

router = Router(tags=["check"])


class FileOut(Schema):
    label: str
    sha256: str


class EditionOut(Schema):
    edition: int
    state_label: str
    at: datetime
    files: list[FileOut]


class CheckOut(Schema):
    """`root_sha256` must be the fingerprint in the footer of the paper and in its code."""

    number: str
    title: str
    bureau: str
    root_sha256: str
    editions: list[EditionOut]


@router.get("/check/{document_number}", auth=anyone, response=CheckOut)
def check(request: HttpRequest, document_number: str) -> CheckOut:
    found = checking.look_up(document_number, address=client_address(request))
    return CheckOut(
        number=found.number,
        title=found.title,
        bureau=found.bureau,
        root_sha256=authority.fingerprint(),
        editions=[
            EditionOut(
                edition=one.edition,
                state_label=one.state_label,
                at=one.at,
                files=[FileOut(label=file.label, sha256=file.sha256) for file in one.files],
            )
            for one in found.editions
        ],
    )
