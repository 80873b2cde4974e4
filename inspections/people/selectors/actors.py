"""Who is asking, and who works where."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest

from fieldsvc.kernel import clock
from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.hashing import sha256_hex
from fieldsvc.kernel.journal import Actor
from inspections.people.models import ApplicantSession, Bureau, Client, Link, Staff
from inspections.people.states import Role

COOKIE = "join"
ANONYMOUS = Actor("anonymous", "anonymous")
Kind = Literal["staff", "applicant", "client"]

_MEMO = "inspections.actor"


def actor_of(request: HttpRequest) -> Actor:
    """Who makes this request: staff, applicant, client or anonymous; looked up once per request.

    A browser may hold a staff session and an applicant's cookie at once (one machine for both).
    The staff session then speaks, unless the page says `X-Entry: join` (or `?entry=join`, for
    pictures, which cannot carry a header).
    """
    known = request.META.get(_MEMO)
    if isinstance(known, Actor):
        return known
    order: list[Kind] = ["client", "staff", "applicant"]
    if (request.headers.get("X-Entry") or request.GET.get("entry")) == "join":
        order = ["client", "applicant", "staff"]
    for kind in order:
        actor = find_actor(request, kind)
        if actor is not None:
            return remember_actor(request, actor)
    return ANONYMOUS


def find_actor(request: HttpRequest, kind: Kind) -> Actor | None:
    """The actor of that one kind, or None when the request carries no such proof."""
    if kind == "staff":
        user = getattr(request, "user", None)
        return actor_of_staff(user) if isinstance(user, Staff) and user.is_active else None
    if kind == "applicant":
        session = find_session(request.COOKIES.get(COOKIE))
        return actor_of_session(session) if session else None
    client = _find_client(request.headers.get("Authorization", ""))
    return Actor("client", str(client.pk), str(client.bureau_id)) if client else None


def remember_actor(request: HttpRequest, actor: Actor) -> Actor:
    """Let `actor` speak for the rest of this request."""
    request.META[_MEMO] = actor
    return actor


def actor_of_staff(staff: Staff) -> Actor:
    return Actor("staff", str(staff.pk), str(staff.bureau_id), frozenset(staff.roles))


def actor_of_session(session: ApplicantSession) -> Actor:
    return Actor("applicant", str(session.subject), str(session.bureau_id))


def find_session(secret: str | None) -> ApplicantSession | None:
    """The living applicant session behind a cookie, or None."""
    if not secret:
        return None
    return (
        ApplicantSession.objects.select_related("link", "bureau")
        .filter(
            secret_digest=sha256_hex(secret.encode()),
            ended_at__isnull=True,
            expires_at__gt=clock.now(),
        )
        .first()
    )


def is_open(token: str) -> bool:
    """Whether a link still waits to be opened."""
    return Link.objects.filter(
        token_digest=sha256_hex(token.encode()),
        redeemed_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=clock.now(),
    ).exists()


def get_staff(actor: Actor) -> Staff:
    """The row behind a staff actor; refuses with `not_found`."""
    return access_staff(UUID(actor.id)) if actor.kind == "staff" else _missing()


def access_staff(staff_id: UUID) -> Staff:
    staff = Staff.objects.select_related("bureau").filter(pk=staff_id).first()
    return staff or _missing()


def inspectors_of(bureau_id: UUID) -> list[Staff]:
    """Active staff of the bureau who may conduct inspections, by badge number."""
    # JSON containment does not exist on SQLite; a bureau has tens of staff, not thousands.
    everyone = Staff.objects.filter(bureau_id=bureau_id, is_active=True)
    return [one for one in everyone.order_by("badge_number", "pk") if one.has_role(Role.INSPECTOR)]


def get_bureau(bureau_id: UUID | str) -> Bureau:
    bureau = Bureau.objects.filter(pk=bureau_id).first()
    if bureau is None:
        raise NotFound
    return bureau


def bureau_of_code(code: str) -> Bureau:
    """The bureau with that administrative division code; refuses with `not_found`."""
    bureau = Bureau.objects.filter(code=code).first()
    if bureau is None:
        raise NotFound
    return bureau


def get_client(actor: Actor) -> Client:
    client = Client.objects.filter(pk=actor.id).first() if actor.kind == "client" else None
    if client is None:
        raise NotFound
    return client


def _find_client(header: str) -> Client | None:
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return None
    digest = sha256_hex(key.strip().encode())
    return Client.objects.filter(key_digest=digest, is_active=True).first()


def _missing() -> Staff:
    raise NotFound
