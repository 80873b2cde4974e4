"""Which fact calls for which message."""

from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.catalog.states import Outcome
from inspections.dispatch.states import VisitKind
from inspections.notices import gateways, selectors, services
from inspections.notices.states import NoticeKind
from inspections.people.states import LinkPurpose
from inspections.signing import selectors as signing

_KINDS = {
    "case.received": NoticeKind.LINK,
    "link.resend_asked": NoticeKind.LINK,
    "inspection.scheduled": NoticeKind.APPOINTMENT,
    "inspection.transferred": NoticeKind.ON_SITE,
    "rectification.ordered": NoticeKind.RECTIFICATION,
    "rectification.returned": NoticeKind.RETURNED,
    "rectification.accepted": NoticeKind.ACCEPTED,
    "case.reopened": NoticeKind.VIDEO,
    "result.delivered": NoticeKind.RESULT,
}
_DELEGATION_KINDS = {
    "delegation.registered": NoticeKind.REGISTERED,
    "delegation.delivered": NoticeKind.DELIVERED,
    "delegation.suspended": NoticeKind.SUSPENDED,
    "delegation.terminated": NoticeKind.TERMINATED,
    "mandate.revoked": NoticeKind.REVOKED,
}
_VISIT_KINDS = {
    "visit.promised": (NoticeKind.PROMISED, NoticeKind.SITE_PROMISED),
    "order.departed": (NoticeKind.DEPARTED, NoticeKind.SITE_DEPARTED),
}
_RESENT = {
    LinkPurpose.VISIT.value: NoticeKind.VISIT_LINK,
    LinkPurpose.RATING.value: NoticeKind.RATING_LINK,
}
# A mandate that ended with its delegation, or was replaced by a new draft, has its message there.
_WITHOUT_OWN_MESSAGE = {"mandate.revoked": {"REPLACED", "TERMINATED"}}
# Who revoked the mandate has just been told that the work stopped.
_WITHOUT_OWN_MESSAGE["delegation.suspended"] = {"MANDATE_REVOKED"}


# One message that cannot be sent must not hold back the others of its case.
@on(*_KINDS, ordered=False)
def send(entry: JournalEntry) -> None:
    # While a rectification is due, its own message has said what the result was.
    if entry.kind == "result.delivered" and entry.data.get("rectifying"):
        return
    kind = _KINDS[entry.kind]
    if entry.kind == "link.resend_asked":
        kind = _RESENT.get(str(entry.data.get("purpose")), kind)
    services.send(kind, entry, gateways.sms())


@on("inspection.concluded", ordered=False)
def tell_of_site_visit(entry: JournalEntry) -> None:
    """A verdict that leaves items to a visit is a transfer for the applicant all the same."""
    if entry.data["verdict"] == Outcome.ON_SITE_REQUIRED.value:
        services.send(NoticeKind.ON_SITE, entry, gateways.sms())


@on("inspection.closed", ordered=False)
def ask_for_rating(entry: JournalEntry) -> None:
    # Whoever still has to rectify is asked with the message that tells of the acceptance.
    if not selectors.is_rectifying(UUID(str(entry.data["inspection"]))):
        services.send(NoticeKind.RATING, entry, gateways.sms())


@on("signature.code_sent", ordered=False)
def send_code(entry: JournalEntry) -> None:
    """A code that came too late for its ten minutes would only lead astray."""
    if signing.is_live(UUID(str(entry.data["code"]))):
        services.send(NoticeKind.SIGNING_CODE, entry, gateways.sms())


@on(*_DELEGATION_KINDS, ordered=False)
def tell_of_delegation(entry: JournalEntry) -> None:
    if entry.data.get("cause") not in _WITHOUT_OWN_MESSAGE.get(entry.kind, set()):
        services.send(_DELEGATION_KINDS[entry.kind], entry, gateways.sms())


@on(*_VISIT_KINDS, ordered=False)
def tell_of_visit(entry: JournalEntry) -> None:
    ours, on_site = _VISIT_KINDS[entry.kind]
    kind = ours if entry.data["kind"] == VisitKind.DELEGATION.value else on_site
    services.send(kind, entry, gateways.sms())
