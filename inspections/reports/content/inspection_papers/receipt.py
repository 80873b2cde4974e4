"""送达回证: which papers were served, how, and when the applicant opened the link and said
that they have arrived."""

from datetime import datetime
from operator import itemgetter

from fieldsvc.kernel import journal
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import assigned_staff
from inspections.reports import selectors, wording
from inspections.reports.content.inspection_papers.frame import Source, frame, party_rows
from inspections.reports.shapes.inspection_paper import DeliveryLine, ReceiptContent, ServedLine
from inspections.reports.shapes.record import Row

_ACTS = {
    "notice.sent": "短信通知已发出，附办理链接",
    "notice.failed": "短信通知没有发出",
    "link.opened": "受送达人打开办理链接",
}


def service_receipt(source: Source) -> ReceiptContent:
    """The papers issued so far, and every message and opening since the first of them."""
    inspection = source.inspection
    staff = "、".join(one.name for one in assigned_staff(inspection))
    rows = [
        *party_rows(inspection),
        ["送达机关", inspection.bureau.name, "送达人", staff],
        ["送达方式", "电子送达：办理链接发送到受送达人预留的手机，凭链接阅读、下载文书"],
        _acknowledged(source),
    ]
    return {
        **frame(
            source,
            rows,
            [
                "上列时间由系统记录在案卷里，不能修改；受送达人可以随时从办理链接再次下载文书。",
                "受送达人点“我已收到”，只表示收到文书，不表示同意其中的内容。",
                "另以纸质方式送达的，由受送达人在下栏签名并写明时间；拒收、代收的，写明情况。",
                f"没有收到文书的，请致电 {inspection.bureau.phone}。",
            ],
        ),
        "documents": _served(inspection),
        "deliveries": _deliveries(source),
    }


def _acknowledged(source: Source) -> Row:
    """What the applicant said on the phone; silence is written down as such."""
    found = [
        one for one in selectors.served(source.inspection) if _is_told(one.received_at, source)
    ]
    times = sorted({wording.moment(one.received_at) for one in found})
    if not found:
        return ["签收", "受送达人还没有在手机上确认收到"]
    return ["签收", f"受送达人在手机办理链接上点“我已收到”，共 {len(found)} 份：{'、'.join(times)}"]


def _served(inspection: Inspection) -> list[ServedLine]:
    return [
        {
            "title": one.title,
            "serial": one.serial,
            "sha256": one.sha256,
            "at": wording.minute(one.issued_at),
        }
        for one in selectors.served(inspection)
    ]


def _is_told(at: datetime | None, source: Source) -> bool:
    return at is not None and at <= source.entry.at


def _deliveries(source: Source) -> list[DeliveryLine]:
    """From the verdict on: messages before it spoke of the appointment, not of papers."""
    inspection = source.inspection
    since = inspection.concluded_at or inspection.starts_at
    sent = journal.entries(inspection.case.stream).filter(
        kind__in=list(_ACTS), at__gte=since, at__lte=source.entry.at
    )
    lines = [(one.at, _ACTS[one.kind]) for one in sent]
    lines += [
        (one.at, f"受送达人在手机上确认收到：{'、'.join(selectors.confirmed_in(one))}")
        for one in selectors.confirmations(inspection)
        if _is_told(one.at, source)
    ]
    return [{"at": wording.moment(at), "act": act} for at, act in sorted(lines, key=itemgetter(0))]
