"""Which fact calls for which message."""

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.notices import gateways, services
from inspections.notices.states import NoticeKind

_KINDS = {
    "case.received": NoticeKind.LINK,
    "link.resend_asked": NoticeKind.LINK,
    "inspection.scheduled": NoticeKind.APPOINTMENT,
    "inspection.transferred": NoticeKind.ON_SITE,
    "rectification.ordered": NoticeKind.RECTIFICATION,
    "rectification.returned": NoticeKind.RETURNED,
    "rectification.accepted": NoticeKind.ACCEPTED,
    "result.delivered": NoticeKind.RESULT,
}


# One message that cannot be sent must not hold back the others of its case.
@on(*_KINDS, ordered=False)
def send(entry: JournalEntry) -> None:
    # While a rectification is due, its own message has said what the result was.
    if entry.kind == "result.delivered" and entry.data.get("rectifying"):
        return
    services.send(_KINDS[entry.kind], entry, gateways.sms())
