from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from fieldsvc.kernel.idempotency import idempotent
from inspections.people.auth import client_auth, staff_auth, staff_or_client
from inspections.people.selectors import actor_of
from inspections.results import keys, selectors, services
from inspections.results.models import ResultDelivery
from inspections.results.states import DeliveryState

router = Router(tags=["results"])


class KeyOut(Schema):
    id: str
    public_key: str


class KeysOut(Schema):
    keys: list[KeyOut]


class DeliveryOut(Schema):
    id: str
    version: int
    state: str
    state_label: str
    attempts: int
    last_status: int | None
    last_code: str | None
    next_attempt_at: datetime | None
    receipt_id: str | None
    delivered_at: datetime | None


class DeliveryList(Schema):
    items: list[DeliveryOut]


@router.get("/webhook-keys", auth=client_auth, response=KeysOut)
def list_webhook_keys(request: HttpRequest) -> KeysOut:
    bureau_id = actor_of(request).scope
    keys.ensure_key(bureau_id)
    return KeysOut(keys=[KeyOut.from_orm(key) for key in selectors.keys_of(bureau_id)])


@router.get("/cases/{path:number}/results", auth=staff_or_client, response=DeliveryList)
def list_results(request: HttpRequest, number: str) -> DeliveryList:
    rows = selectors.access_deliveries(actor_of(request), number)
    return DeliveryList(items=[_out(row) for row in rows])


@router.post("/results/{delivery_id}/replay", auth=staff_auth, response=DeliveryOut)
@idempotent
def replay_result(request: HttpRequest, delivery_id: UUID) -> DeliveryOut:
    actor = actor_of(request)
    delivery = selectors.access_delivery(actor, delivery_id)
    return _out(services.replay(delivery, actor=actor))


def _out(row: ResultDelivery) -> DeliveryOut:
    return DeliveryOut(
        id=str(row.pk),
        version=row.version,
        state=row.state,
        state_label=DeliveryState(row.state).label,
        attempts=row.attempts,
        last_status=row.last_status,
        last_code=row.last_code or None,
        next_attempt_at=row.next_attempt_at,
        receipt_id=row.receipt_id or None,
        delivered_at=row.delivered_at,
    )
