"""送达回证: which papers were served, how, and when the applicant opened the link."""

from datetime import datetime

from fieldsvc.kernel import journal
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import assigned_staff
from inspections.reports import wording
from inspections.reports.content.inspection_papers.frame import Source, frame, party_rows
from inspections.reports.shapes.inspection_paper import DeliveryLine, ReceiptContent, ServedLine
from inspections.reports.states import InspectionPaperKind, RecordState

_ACTS = {
    "notice.sent": "短信通知已发出，附办理链接",
    "notice.failed": "短信通知没有发出",
    "link.opened": "受送达人打开办理链接",
}
# Of our own doing, not for the applicant.
_NOT_SERVED = {
    InspectionPaperKind.SERVICE_RECEIPT.value,
    InspectionPaperKind.SIGNING_TRAIL.value,
}


def service_receipt(source: Source) -> ReceiptContent:
    """The papers issued so far, and every message and opening since the first of them."""
    inspection = source.inspection
    staff = "、".join(one.name for one in assigned_staff(inspection))
    rows = [
        *party_rows(inspection),
        ["送达机关", inspection.bureau.name, "送达人", staff],
        ["送达方式", "电子送达：办理链接发送到受送达人预留的手机，凭链接阅读、下载文书"],
    ]
    return {
        **frame(
            source,
            rows,
            [
                "上列时间由系统记录在案卷里，不能修改；受送达人可以随时从办理链接再次下载文书。",
                "另以纸质方式送达的，由受送达人在下栏签名并写明时间；拒收、代收的，写明情况。",
                f"没有收到文书的，请致电 {inspection.bureau.phone}。",
            ],
        ),
        "documents": _served(inspection),
        "deliveries": _deliveries(source),
    }


def _served(inspection: Inspection) -> list[ServedLine]:
    found = [
        _line(wording.TITLE, inspection.number, one.signed_sha256, one.issued_at)
        for one in inspection.records.filter(state=RecordState.ISSUED.value)
    ]
    found.extend(
        _line(InspectionPaperKind(one.kind).label, one.serial, one.sha256, one.issued_at)
        for one in inspection.papers.exclude(kind__in=_NOT_SERVED).order_by("issued_at", "serial")
    )
    return found


def _line(title: str, serial: str, sha256: str, at: datetime | None) -> ServedLine:
    return {"title": title, "serial": serial, "sha256": sha256, "at": wording.minute(at)}


def _deliveries(source: Source) -> list[DeliveryLine]:
    """From the verdict on: messages before it spoke of the appointment, not of papers."""
    inspection = source.inspection
    since = inspection.concluded_at or inspection.starts_at
    found = journal.entries(inspection.case.stream).filter(
        kind__in=list(_ACTS), at__gte=since, at__lte=source.entry.at
    )
    return [{"at": wording.moment(one.at), "act": _ACTS[one.kind]} for one in found]
