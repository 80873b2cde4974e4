"""材料交接清单: which documents changed hands."""

from inspections.reports import wording
from inspections.reports.content.papers.frame import documents_of, frame
from inspections.reports.content.papers.sources import Sources, dash, delegate_of
from inspections.reports.shapes import HandOverContent


def hand_over(sources: Sources) -> HandOverContent:
    """Each document with copies, form, direction and time, to be signed by both."""
    delegation, staff = sources.delegation, delegate_of(sources)
    return {
        **frame(sources),
        "rows": [
            ["申请人", delegation.applicant_name, "联系人", dash(delegation.contact_name)],
            ["地址", dash(delegation.address)],
            [
                "代办专员",
                staff.name if staff else wording.NOTHING,
                "工作证号",
                dash(staff.badge_number if staff else ""),
            ],
            ["单位", delegation.bureau.name, "咨询电话", delegation.bureau.phone],
        ],
        "documents": documents_of(sources),
        "total": _total(sources),
        "clauses": [
            "原件用后当面交还，交还时另列清单签收；未经申请人同意不作他用。",
            "复印件只用于办理委托事项，随案卷保存。",
            f"对清单有疑问的，请当场提出，或者致电 {delegation.bureau.phone}。",
        ],
    }


def _total(sources: Sources) -> str:
    originals = sum(one.copies for one in sources.documents if one.original)
    others = sum(one.copies for one in sources.documents if not one.original)
    return (
        f"合计 {len(sources.documents)} 种，{originals + others} 份："
        f"原件 {originals} 份，复印件 {others} 份。以下空白。"
    )
