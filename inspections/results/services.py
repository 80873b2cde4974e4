"""The result of an inspection, sent to the approval system until it gives a receipt."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from fieldsvc.kernel import clock, ids, journal
from fieldsvc.kernel.hashing import JSONValue, sha256_hex
from fieldsvc.kernel.journal import Actor
from inspections.cases import services as cases
from inspections.cases.models import Case
from inspections.cases.rules import callback_problem, is_loopback_name
from inspections.cases.services import Confirmed
from inspections.catalog.states import Outcome
from inspections.inspection.facts import InspectionResult
from inspections.results import content, keys, policies, rules, selectors
from inspections.results.errors import DeliveryNotDead, EarlierResultMissing
from inspections.results.models import ResultDelivery
from inspections.results.rules import Answer, Judgement, Reach
from inspections.results.states import DeliveryState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """One signed HTTP request that is to be made."""

    url: str
    headers: dict[str, str]
    body: bytes
    reach: Reach


class Gateway(Protocol):
    def post(self, post: Post) -> Answer:
        """Make the request once, follow nothing, never raise for what the other side does."""
        ...


@dataclass(frozen=True, slots=True)
class Tried:
    """`again_in` are the seconds until the next try; None when none is due."""

    code: str
    again_in: float | None = None


def queue(result: InspectionResult) -> ResultDelivery:
    """Write down the result of a sealed dossier as the next version of its case.

    The same dossier again gives the same delivery. Refuses with `earlier_result_missing` while
    an earlier version of the inspection was not queued. Journal: `result.queued`.
    """
    with transaction.atomic():
        # Of two workers with the same entry the second finds the row of the first.
        case = Case.objects.select_for_update().get(pk=result.case_id)
        known = ResultDelivery.objects.filter(dossier=result.dossier_id).first()
        if known is not None:
            return known
        before = ResultDelivery.objects.filter(inspection=result.inspection_id).count()
        if before < result.version - 1:
            raise EarlierResultMissing
        keys.ensure_key(case.bureau_id)
        delivery = _store(case, result)
        journal.append(
            case.stream,
            "result.queued",
            actor=_system(case),
            data=_facts(delivery, body_sha256=delivery.body_sha256),
        )
        return delivery


def attempt(case_id: UUID, gateway: Gateway, *, schedule: Sequence[float]) -> Tried:
    """Try once to deliver the earliest undelivered version of a case; does nothing without one.

    Standard Webhooks 1.0: the same `webhook-id` and body at every try, a new timestamp and
    signature. Only a 2xx with a JSON `receipt_id` delivers; a redirect is a failure; 410 and the
    end of `schedule` (seconds before each further try) stop. Journal: `result.attempted`, and
    `result.delivered` with the receipt.
    """
    delivery = selectors.next_in_line(case_id)
    if delivery is None:
        return Tried("nothing_due")
    early = _seconds_early(delivery)
    if early > 0:
        return Tried("not_due_yet", early)
    answer = _send(delivery, gateway)
    with transaction.atomic():
        return _settle(delivery, rules.judge(answer, clock.now()), schedule)


def replay(delivery: ResultDelivery, *, actor: Actor) -> ResultDelivery:
    """Give a dead delivery its whole schedule again; refuses with `delivery_not_dead`.

    Journal: `result.replayed`.
    """
    refusal = policies.may_replay(actor)
    if refusal is not None:
        raise refusal
    with transaction.atomic():
        row = ResultDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
        if row.state != DeliveryState.DEAD.value:
            raise DeliveryNotDead
        row.state = DeliveryState.PENDING.value
        row.attempts = 0
        row.save(update_fields=["state", "attempts"])
        journal.append(row.case.stream, "result.replayed", actor=actor, data=_facts(row))
        return row


def _store(case: Case, result: InspectionResult) -> ResultDelivery:
    delivery_id, version = ids.new(), selectors.newest_version(case.pk) + 1
    body = content.body_of(result, delivery=delivery_id, version=version)
    return ResultDelivery.objects.create(
        id=delivery_id,
        case=case,
        inspection=result.inspection_id,
        dossier=result.dossier_id,
        version=version,
        outcome=Outcome(result.verdict).value,
        rectifying=result.rectification_deadline is not None,
        callback_url=case.callback_url,
        body=body,
        body_sha256=sha256_hex(body),
        queued_at=clock.now(),
    )


def _seconds_early(delivery: ResultDelivery) -> float:
    """A worker may have died after the try was noted and before its return was planned."""
    if delivery.next_attempt_at is None:
        return 0.0
    return (delivery.next_attempt_at - clock.now()).total_seconds()


def _send(delivery: ResultDelivery, gateway: Gateway) -> Answer:
    case, url = delivery.case, delivery.callback_url
    # Asked anew at every try: a place may have been taken off the list since.
    if callback_problem(url, cases.callback_policy(case.client)) is not None:
        return Answer(None, failure="url_refused")
    timestamp = str(int(clock.now().timestamp()))
    body = bytes(delivery.body)
    signed = f"{delivery.pk}.{timestamp}.".encode() + body
    headers = {
        "content-type": "application/json",
        "user-agent": "fieldsvc-results/1",
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": timestamp,
        "webhook-signature": keys.sign(case.bureau_id, signed),
    }
    return gateway.post(Post(url, headers, body, _reach(url)))


def _settle(delivery: ResultDelivery, judgement: Judgement, schedule: Sequence[float]) -> Tried:
    """Write down what one try brought; of two at once only one may end the delivery."""
    row = ResultDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if row.state != DeliveryState.PENDING.value:
        return Tried("settled_elsewhere")
    row.attempts += 1
    ok = judgement.code == "ok"
    wait = None if ok or judgement.stop else _wait(row, judgement, schedule)
    now = clock.now()
    row.last_status, row.last_code = judgement.status, judgement.code
    row.next_attempt_at = None if wait is None else now + timedelta(seconds=wait)
    if ok:
        row.state = DeliveryState.DELIVERED.value
        row.receipt_id, row.delivered_at = judgement.receipt_id, now
    elif wait is None:
        row.state = DeliveryState.DEAD.value
    row.save()
    _journal_attempt(row)
    if ok:
        _confirm(row)
    elif wait is None:
        fields = {"delivery": str(row.pk), "code": row.last_code, "attempts": row.attempts}
        logger.error("result delivery is dead", extra=fields)
    return Tried(judgement.code, wait)


def _wait(row: ResultDelivery, judgement: Judgement, schedule: Sequence[float]) -> float | None:
    spread = row.pk.int % 1000 / 1000
    return rules.next_wait(schedule, row.attempts, asked=judgement.wait, spread=spread)


def _journal_attempt(row: ResultDelivery) -> None:
    again_at = None if row.next_attempt_at is None else clock.iso(row.next_attempt_at)
    data = _facts(
        row, attempt=row.attempts, status=row.last_status, code=row.last_code, again_at=again_at
    )
    journal.append(row.case.stream, "result.attempted", actor=_system(row.case), data=data)


def _confirm(row: ResultDelivery) -> None:
    """The approval system has it: both sides can prove the hand-over, and the case shows it."""
    actor = _system(row.case)
    data = _facts(row, receipt_id=row.receipt_id, body_sha256=row.body_sha256, verdict=row.outcome)
    journal.append(row.case.stream, "result.delivered", actor=actor, data=data)
    at = row.delivered_at or clock.now()
    confirmed = Confirmed(Outcome(row.outcome), row.version, row.rectifying, at)
    cases.record_result(row.case_id, confirmed, actor=actor)


def _reach(url: str) -> Reach:
    parts = urlsplit(url)
    host = parts.hostname or ""
    place = f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    listed = place in settings.CALLBACK_PRIVATE_HOSTS
    # Only a name that says so itself leads to this machine, never one that a DNS server sends here.
    return Reach(private=listed, loopback=is_loopback_name(host) and (listed or settings.EMBEDDED))


def _facts(delivery: ResultDelivery, **more: JSONValue) -> dict[str, JSONValue]:
    return {
        "case": str(delivery.case_id),
        "inspection": str(delivery.inspection),
        "delivery": str(delivery.pk),
        "version": delivery.version,
        **more,
    }


def _system(case: Case) -> Actor:
    return Actor("system", "system", str(case.bureau_id))
