"""What the applicant does from their own page: compare the digits, say what went wrong."""

from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import journal, workflow
from fieldsvc.kernel.journal import Actor
from inspections.delegation import policies
from inspections.delegation.errors import VisitCodeWrong, VisitNotComing
from inspections.delegation.models import Delegation
from inspections.delegation.services.common import facts, locked
from inspections.delegation.states import DoorReport
from inspections.dispatch import services as dispatch
from inspections.dispatch.errors import CodeWrong
from inspections.dispatch.selectors import live_order_of
from inspections.dispatch.states import OrderState

_COMING = frozenset({OrderState.EN_ROUTE.value, OrderState.ARRIVED.value})


@transaction.atomic
def report_door(delegation_id: UUID, kind: DoorReport, text: str, *, actor: Actor) -> None:
    """Somebody else came, or nobody: told at once, whatever state the visit is in.

    Refuses with `delegation_unknown`. Journal: `door.report_made` {kind, visit, order, staff}; what
    the applicant wrote is a secret.
    """
    delegation = _own(delegation_id, actor)
    order = live_order_of(delegation.visit) if delegation.visit else None
    journal.append(
        delegation.stream,
        "door.report_made",
        actor=actor,
        data=facts(
            delegation,
            kind=kind.value,
            visit=str(delegation.visit) if delegation.visit else None,
            order=str(order.pk) if order else None,
            staff=str(order.staff_id) if order else None,
        ),
        private={"text": text.strip()} if text.strip() else None,
    )


@transaction.atomic
def confirm_arrival(delegation_id: UUID, code: str, *, actor: Actor) -> None:
    """The applicant has compared the digits with those on the delegate's phone: 亮码.

    Refuses with `visit_not_coming` while nobody is on the way, `visit_code_wrong`. Journal:
    `order.arrived`, unless the delegate was there already.
    """
    delegation = _own(delegation_id, actor)
    order = live_order_of(delegation.visit) if delegation.visit else None
    if order is None or order.state not in _COMING:
        raise VisitNotComing
    try:
        dispatch.confirm_arrival(order.pk, code.strip(), actor=actor)
    except CodeWrong as wrong:
        raise VisitCodeWrong({"code": "与页面上的号码不一致"}) from wrong


@transaction.atomic
def note_order(delegation_id: UUID, staff_id: UUID | None) -> None:
    """Keep who is sent: the delegate of an accepted order, nobody once it bounced."""
    delegation = locked(delegation_id)
    if delegation.staff_id != staff_id:
        delegation.staff_id = staff_id
        workflow.save_fields(delegation, "staff")


def _own(delegation_id: UUID, actor: Actor) -> Delegation:
    delegation = locked(delegation_id)
    refusal = policies.may_see(actor, delegation)
    if refusal is not None:
        raise refusal
    return delegation
