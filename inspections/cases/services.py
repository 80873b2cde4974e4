"""Taking cases in and keeping their state in step with their inspections."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from fieldsvc.kernel import clock, glyphs, ids, journal, workflow
from fieldsvc.kernel.hashing import JSONValue, canonical, sha256_hex
from fieldsvc.kernel.journal import Actor
from inspections.cases import policies, rules, selectors
from inspections.cases.errors import CaseInvalid, CaseNumberTaken
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.catalog.selectors import find_service_item
from inspections.catalog.states import Outcome
from inspections.people.models import Client
from inspections.people.selectors import get_client


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case as handed in, blanks stripped. Coordinates are WGS-84 degrees."""

    number: str
    service_item: str
    applicant_name: str
    credit_code: str
    premises_name: str
    address: str
    contact_name: str
    contact_phone: str
    callback_url: str
    longitude: float | None = None
    latitude: float | None = None
    accepted_at: datetime | None = None
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A version of the result that the approval system gave a receipt for at `at`."""

    outcome: Outcome
    version: int
    rectifying: bool
    at: datetime


def receive(new: NewCase, *, actor: Actor) -> tuple[Case, bool]:
    """Take a case in; returns it and whether it is new.

    The same number with the same content gives the same case again. Refuses, with nothing stored:
    `case_invalid` (fields.errors names each field), `case_number_taken` (the number is in use with
    other content), `glyph_missing` (a name or address that no font of the papers can print),
    `not_allowed`. Journal: `case.received`.
    """
    refusal = policies.may_hand_in(actor)
    if refusal is not None:
        raise refusal
    client = get_client(actor)
    _check(new, client)
    digest = _digest(new)
    try:
        with transaction.atomic():
            return _store(new, client, digest, actor), True
    except IntegrityError:
        known = Case.objects.select_related("bureau", "client").filter(
            bureau_id=client.bureau_id, number=new.number
        )
        case = known.first()
        if case is None:
            raise
    if case.client_id != client.pk or case.body_sha256 != digest:
        raise CaseNumberTaken({"number": new.number})
    return case, False


def callback_policy(client: Client) -> rules.CallbackPolicy:
    """Where this client's results may go: the deployment's places and the client's own."""
    return rules.CallbackPolicy(
        hosts=frozenset(settings.CALLBACK_HOSTS) | frozenset(client.callback_hosts),
        loopback=settings.EMBEDDED,
    )


def mark_scheduled(case: Case, *, actor: Actor, appointment: UUID) -> None:
    """An appointment stands. Journal: `case.scheduled`."""
    _move(case, "schedule", actor, "case.scheduled", {"appointment": str(appointment)})


def mark_unscheduled(case: Case, *, actor: Actor, appointment: UUID) -> None:
    """The appointment was given up. Journal: `case.unscheduled`."""
    _move(case, "unschedule", actor, "case.unscheduled", {"appointment": str(appointment)})


def mark_concluded(case: Case, *, actor: Actor, outcome: Outcome) -> None:
    """The inspection has its verdict. Journal: `case.concluded`."""
    _move(case, "conclude", actor, "case.concluded", {"verdict": outcome.value})


def mark_rectifying(case: Case, *, actor: Actor) -> None:
    """A rectification was ordered. Journal: `case.rectifying`."""
    _move(case, "rectify", actor, "case.rectifying", {})


def mark_transferred(case: Case, *, actor: Actor, reason: str) -> None:
    """The inspection goes on on site; `reason` is a code. Journal: `case.transferred`."""
    _move(case, "transfer", actor, "case.transferred", {"reason": reason})


def mark_reopened(case: Case, *, actor: Actor) -> None:
    """Back from the visit to a video call: it may be booked again. Journal: `case.reopened`."""
    _move(case, "reopen", actor, "case.reopened", {})


def close(case: Case, *, actor: Actor) -> None:
    """Nothing more is due. Journal: `case.closed`."""
    _move(case, "close", actor, "case.closed", {})


@transaction.atomic
def record_result(case_id: UUID | str, confirmed: Confirmed, *, actor: Actor) -> None:
    """Show the result the approval system has confirmed; an older version never replaces a newer.

    Closes the case unless a rectification is still due or a site visit takes over.
    Journal: `case.result_recorded`, `case.closed`. Does nothing for a version already shown.
    """
    case = selectors.case_of(case_id)
    if case.result_version is not None and case.result_version >= confirmed.version:
        return
    case.outcome = confirmed.outcome.value
    case.result_version = confirmed.version
    case.result_delivered_at = confirmed.at
    workflow.save_fields(case, "outcome", "result_version", "result_delivered_at")
    journal.append(
        case.stream,
        "case.result_recorded",
        actor=actor,
        data={
            "case": str(case.pk),
            "version": confirmed.version,
            "verdict": confirmed.outcome.value,
        },
    )
    open_ended = confirmed.rectifying or confirmed.outcome is Outcome.ON_SITE_REQUIRED
    if not open_ended and case.state in {CaseState.CONCLUDED.value, CaseState.RECTIFYING.value}:
        close(case, actor=actor)


def _check(new: NewCase, client: Client) -> None:
    fields = rules.Fields(
        number=new.number,
        applicant_name=new.applicant_name,
        credit_code=new.credit_code,
        premises_name=new.premises_name,
        address=new.address,
        contact_name=new.contact_name,
        contact_phone=new.contact_phone,
        longitude=new.longitude,
        latitude=new.latitude,
    )
    unknown = None if find_service_item(new.service_item) else "没有这个事项，或该事项不能云勘验"
    found = rules.problems(
        fields,
        [
            ("service_item", unknown),
            ("callback_url", rules.callback_problem(new.callback_url, callback_policy(client))),
        ],
    )
    if found:
        raise CaseInvalid(found)
    glyphs.refuse_missing(
        {
            "applicant.name": new.applicant_name,
            "premises.name": new.premises_name,
            "premises.address": new.address,
            "contact.name": new.contact_name,
        }
    )


def _store(new: NewCase, client: Client, digest: str, actor: Actor) -> Case:
    case = Case.objects.create(
        **asdict(new),
        id=ids.new(),
        bureau_id=client.bureau_id,
        client=client,
        body_sha256=digest,
        received_at=clock.now(),
    )
    journal.append(
        case.stream,
        "case.received",
        actor=actor,
        data={
            "case": str(case.pk),
            "number": case.number,
            "service_item": case.service_item,
            "client": str(client.pk),
            "body_sha256": digest,
        },
        private={
            "applicant_name": case.applicant_name,
            "credit_code": case.credit_code,
            "address": case.address,
            "contact_name": case.contact_name,
            "contact_phone": case.contact_phone,
        },
    )
    return case


def erase_contact(case: Case) -> None:
    """Take the contact out of the case and its personal values out of its chain, once all its
    dossiers are disposed of; the chain still verifies. Idempotent, journals nothing here."""
    with transaction.atomic():
        journal.forget(case.stream)
        Case.objects.filter(pk=case.pk).update(contact_name="", contact_phone="")


def _digest(new: NewCase) -> str:
    body: dict[str, JSONValue] = {
        name: clock.iso(value) if isinstance(value, datetime) else value
        for name, value in asdict(new).items()
    }
    return sha256_hex(canonical(body))


def _move(case: Case, transition: str, actor: Actor, kind: str, data: dict[str, JSONValue]) -> None:
    workflow.move(
        case,
        transition,
        actor=actor,
        kind=kind,
        stream=case.stream,
        data={"case": str(case.pk), **data},
    )
