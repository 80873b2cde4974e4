from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from inspections.cases.models import Case
from inspections.results import policies
from inspections.results.errors import DeliveryUnknown
from inspections.results.models import ResultDelivery, WebhookKey
from inspections.results.states import DeliveryState


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`public_key` is the raw Ed25519 key, base64."""

    id: str
    public_key: str


def keys_of(bureau_id: UUID | str) -> list[PublicKey]:
    """The keys a receiver must accept now, the oldest first."""
    rows = WebhookKey.objects.filter(bureau_id=bureau_id, retired_at__isnull=True)
    return [PublicKey(str(row.pk), row.public_key) for row in rows.order_by("created_at", "pk")]


def access_deliveries(actor: Actor, number: str) -> list[ResultDelivery]:
    """The results of a case by version; refuses with `not_found`, `not_allowed`."""
    case = Case.objects.filter(number=number, bureau_id=actor.scope).first()
    if case is None:
        raise NotFound
    refusal = policies.may_read(actor, case)
    if refusal is not None:
        raise refusal
    return list(ResultDelivery.objects.filter(case=case).order_by("version"))


def access_delivery(actor: Actor, delivery_id: UUID) -> ResultDelivery:
    """A delivery this actor may start anew; refuses with `delivery_unknown`, `not_allowed`."""
    found = ResultDelivery.objects.select_related("case").filter(pk=delivery_id).first()
    if found is None or str(found.case.bureau_id) != actor.scope:
        raise DeliveryUnknown
    refusal = policies.may_replay(actor)
    if refusal is not None:
        raise refusal
    return found


def next_in_line(case_id: UUID) -> ResultDelivery | None:
    """The earliest version without a receipt; None also when that one is dead.

    A later version never overtakes: the receiver would take the older for the newest.
    """
    waiting = ResultDelivery.objects.select_related("case", "case__client").filter(case_id=case_id)
    first = waiting.exclude(state=DeliveryState.DELIVERED.value).order_by("version").first()
    return first if first and first.state == DeliveryState.PENDING.value else None


def newest_version(case_id: UUID) -> int:
    """0 when nothing was queued yet."""
    newest = ResultDelivery.objects.filter(case_id=case_id).aggregate(newest=Max("version"))
    return newest["newest"] or 0
