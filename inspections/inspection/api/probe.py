"""A place to send noise to: the phone measures its line before the call."""

from typing import ClassVar

from django.http import HttpRequest
from ninja import Router, Status

from fieldsvc.kernel.errors import Refusal
from inspections.people.auth import applicant_auth

MOST_BYTES = 1024 * 1024

router = Router(tags=["join"], auth=applicant_auth)


class ProbeTooLarge(Refusal):
    code: ClassVar[str] = "probe_too_large"
    status: ClassVar[int] = 413
    title: ClassVar[str] = "测速数据太大"
    action: ClassVar[str] = "请刷新页面后重新检测。"


@router.post("/join/probe", response={204: None})
def probe(request: HttpRequest) -> Status[None]:
    """Take at most 1 MiB and keep none of it; refuses `probe_too_large`. Writes nothing."""
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        raise ProbeTooLarge
    len(request.body)
    return Status(204, None)
