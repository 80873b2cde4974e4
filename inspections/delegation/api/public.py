"""The form on the web: anybody may ask, nobody may flood it."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status

from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor
from inspections.delegation import services
from inspections.delegation.api.bodies import IntakeIn
from inspections.delegation.states import Channel, DelegationState
from inspections.people.auth import anyone, client_address
from inspections.people.selectors import bureau_of_code

router = Router(tags=["delegation"])


class RegisteredOut(Schema):
    """Nothing of the person: the answer may be shown again to whoever repeats the request."""

    number: str
    state_label: str
    bureau_name: str
    bureau_phone: str
    registered_at: datetime
    callback_due_at: datetime | None
    due_at: datetime


def counted(request: HttpRequest) -> Actor:
    """Anybody, each try counted by network address; refuses with `intake_throttled`."""
    actor = anyone(request)
    services.count_attempt(client_address(request))
    return actor


@router.post("/public/{bureau_code}/delegations", auth=counted, response={201: RegisteredOut})
@idempotent
def register(request: HttpRequest, bureau_code: str, body: IntakeIn) -> Status[RegisteredOut]:
    bureau = bureau_of_code(bureau_code)
    made = services.register(
        body.to_new(Channel.WEB), actor=Actor("anonymous", "anonymous", str(bureau.pk))
    )
    return Status(
        201,
        RegisteredOut(
            number=made.number,
            state_label=DelegationState(made.state).label,
            bureau_name=bureau.name,
            bureau_phone=bureau.phone,
            registered_at=made.registered_at,
            callback_due_at=made.callback_due_at,
            due_at=made.due_at,
        ),
    )
