"""What every paper beside a record has around its own content."""

from dataclasses import dataclass

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.masking import mask_phone
from inspections.catalog.selectors import service_item_title
from inspections.inspection.models import Inspection
from inspections.reports import wording
from inspections.reports.content.marks import check_address, root_line, stamp_of
from inspections.reports.shapes.inspection_paper import InspectionPaperContent
from inspections.reports.shapes.record import Row
from inspections.reports.states import InspectionPaperKind


@dataclass(frozen=True, slots=True)
class Source:
    """A paper is written as of `entry`, the journal entry that calls for it."""

    kind: InspectionPaperKind
    edition: int
    inspection: Inspection
    entry: JournalEntry

    @property
    def serial(self) -> str:
        return f"{self.inspection.number}-{self.kind.code}{self.edition}"


def frame(source: Source, rows: list[Row], clauses: list[str]) -> InspectionPaperContent:
    """Title, numbers, seal and footer around the rows and clauses every such paper has."""
    inspection, entry = source.inspection, source.entry
    bureau = inspection.bureau
    return {
        "v": 1,
        "kind": source.kind.value,
        "title": source.kind.label,
        "bureau": {"name": bureau.name, "phone": bureau.phone},
        "number": inspection.number,
        "number_label": "勘验编号",
        "serial": source.serial,
        "edition": source.edition,
        "at": clock.iso(entry.at),
        "date": wording.day(entry.at),
        "check": check_address(source.serial),
        "seal": "",
        "stamp": stamp_of(bureau.name),
        "signing_words": "",
        "signatures": [],
        "signed_note": "",
        "photos": [],
        "rows": rows,
        "clauses": clauses,
        "footer": [
            f"文书编号 {source.serial} · 办理记录时间 {wording.moment(entry.at)}",
            f"办理记录指纹 {entry.digest}",
            root_line(),
        ],
    }


def party_rows(inspection: Inspection) -> list[Row]:
    """Whom and what it is about, as every paper begins."""
    case = inspection.case
    return [
        ["申请人", case.applicant_name, "统一社会信用代码", case.credit_code],
        ["事项", service_item_title(case.service_item), "办件编号", case.number],
        ["经营场所", case.premises_name],
        ["地址", case.address],
        ["联系人", case.contact_name, "联系电话", mask_phone(case.contact_phone)],
    ]
