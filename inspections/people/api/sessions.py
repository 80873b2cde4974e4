from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Field, Router, Schema, Status

from inspections.people import selectors, services
from inspections.people.auth import anyone, applicant_auth, client_address, staff_auth
from inspections.people.models import Bureau, Staff
from inspections.people.rules import SESSION_LIFETIME

router = Router(tags=["people"])

# These writes carry no Idempotency-Key: each is idempotent by nature or counted by a throttle, and
# an answer kept for an anonymous caller would hand one person's session to another.


class Credentials(Schema):
    username: str = Field(max_length=40)
    password: str = Field(max_length=128)


class BureauOut(Schema):
    """`code` is what the bureau's public page is found by: /p/{code}/."""

    id: str
    code: str
    name: str
    phone: str


class Me(Schema):
    id: str
    name: str
    unit: str
    badge_number: str
    roles: list[str]
    bureau: BureauOut
    csrf_token: str


class CsrfOut(Schema):
    csrf_token: str


class TokenIn(Schema):
    token: str = Field(max_length=64)


class BureauLine(Schema):
    name: str
    phone: str


class JoinOut(Schema):
    case_number: str
    purpose: str
    bureau: BureauLine


class ResendOut(Schema):
    sent_to: str


@router.post("/session", auth=anyone, response=Me)
def sign_in(request: HttpRequest, body: Credentials) -> Me:
    staff = services.sign_in(body.username, body.password, address=client_address(request))
    login(request, staff, backend="django.contrib.auth.backends.ModelBackend")
    return _me(request, staff)


@router.get("/session", auth=staff_auth, response=Me)
def session(request: HttpRequest) -> Me:
    return _me(request, selectors.get_staff(selectors.actor_of(request)))


@router.delete("/session", auth=staff_auth, response={204: None})
def sign_out(request: HttpRequest) -> Status[None]:
    services.sign_out(selectors.get_staff(selectors.actor_of(request)))
    logout(request)
    return Status(204, None)


@router.get("/csrf", auth=None, response=CsrfOut)
def csrf(request: HttpRequest) -> CsrfOut:
    return CsrfOut(csrf_token=get_token(request))


@router.post("/join/open", auth=anyone, response=JoinOut)
def open_link(request: HttpRequest, response: HttpResponse, body: TokenIn) -> JoinOut:
    opened = services.open_link(body.token, secret=request.COOKIES.get(selectors.COOKIE))
    if opened.secret is not None:
        response.set_cookie(
            selectors.COOKIE,
            opened.secret,
            max_age=int(SESSION_LIFETIME.total_seconds()),
            secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return JoinOut(
        case_number=opened.link.label,
        purpose=opened.link.purpose,
        bureau=_line(opened.link.bureau),
    )


@router.post("/join/resend", auth=anyone, response=ResendOut)
def resend(request: HttpRequest, body: TokenIn) -> ResendOut:
    return ResendOut(sent_to=services.resend(body.token))


@router.delete("/join/session", auth=applicant_auth, response={204: None})
def leave(request: HttpRequest, response: HttpResponse) -> Status[None]:
    services.end_session(request.COOKIES.get(selectors.COOKIE))
    response.delete_cookie(selectors.COOKIE, samesite="Lax")
    return Status(204, None)


def _me(request: HttpRequest, staff: Staff) -> Me:
    bureau = staff.bureau
    return Me(
        id=str(staff.pk),
        name=staff.name,
        unit=staff.unit,
        badge_number=staff.badge_number,
        roles=list(staff.roles),
        bureau=BureauOut(id=str(bureau.pk), code=bureau.code, name=bureau.name, phone=bureau.phone),
        csrf_token=get_token(request),
    )


def _line(bureau: Bureau) -> BureauLine:
    return BureauLine(name=bureau.name, phone=bureau.phone)
