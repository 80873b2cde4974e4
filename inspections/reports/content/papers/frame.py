"""What every paper of a delegation has around its own content."""

from fieldsvc.kernel import clock
from inspections.reports import wording
from inspections.reports.content.marks import check_address, root_line, stamp_of
from inspections.reports.content.papers.sources import ENTRUSTING, Sources, roles_of, signers_of
from inspections.reports.shapes import DocumentLine, ItemLine, PaperContent, Signatory
from inspections.reports.states import PaperKind

_SIGNING_WORDS = {
    PaperKind.MANDATE: "以上内容我已阅读（或已向我宣读），我自愿委托。",
    PaperKind.RESUMPTION: "以上内容我已阅读（或已向我宣读），我自愿委托继续办理。",
    PaperKind.HAND_OVER: "上列材料双方当面清点无误。",
}


def frame(sources: Sources) -> PaperContent:
    """Title, numbers, places to sign and footer."""
    delegation = sources.delegation
    bureau = delegation.bureau
    return {
        "v": 2,
        "kind": sources.kind.value,
        "title": sources.kind.label,
        "bureau": {"name": bureau.name, "phone": bureau.phone},
        "number": delegation.number,
        "serial": sources.serial,
        "edition": sources.edition,
        "at": clock.iso(sources.at),
        "date": wording.day(sources.at),
        "check": check_address(sources.serial),
        "seal": "受托人" if sources.kind in ENTRUSTING else "",
        # A paper nobody signs is issued as it is frozen: sealed at once.
        "stamp": None if roles_of(sources.kind) else stamp_of(bureau.name),
        "signing_words": _SIGNING_WORDS.get(sources.kind, ""),
        "signatures": _signatures(sources),
        "signed_note": "",
        "photos": [],
        "footer": [
            f"文书编号 {sources.serial} · 办理记录时间 {wording.moment(sources.at)}",
            f"办理记录指纹 {sources.head}",
            root_line(),
        ],
    }


def items_of(sources: Sources) -> list[ItemLine]:
    return [
        {
            "title": one.title,
            "person_type": one.person_type,
            "promised": one.promised,
            "statutory": one.statutory,
        }
        for one in sources.items
    ]


def documents_of(sources: Sources) -> list[DocumentLine]:
    return [
        {
            "title": one.title,
            "copies": wording.copies(one.copies),
            "form": wording.form(original=one.original),
            "direction": _DIRECTIONS[one.direction],
            "at": wording.minute(one.at),
        }
        for one in sources.documents
    ]


_DIRECTIONS = {"RECEIVED": "收自申请人", "RETURNED": "交还申请人"}


def _signatures(sources: Sources) -> list[Signatory]:
    signers = {one.kind: one.name for one in signers_of(sources)}
    empty = "（签名）" if sources.kind not in ENTRUSTING else "（委托人签名）"
    return [
        {
            "role": role,
            "name": signers[kind],
            "at": "",
            "device": "",
            "picture": None,
            "empty": empty,
            "alt": "",
        }
        for kind, role in roles_of(sources.kind)
        if kind in signers
    ]
