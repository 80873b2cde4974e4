"""代办登记表 and 受理单: what was asked for, and what the applicant is told at once."""

from fieldsvc.kernel.masking import mask_phone
from inspections.delegation.states import Channel, Need
from inspections.reports import wording
from inspections.reports.content.papers.frame import frame, items_of
from inspections.reports.content.papers.sources import Sources, dash, person_type
from inspections.reports.shapes import AcceptanceContent, RegistrationContent, Row

FREE = "代办服务自愿、免费。工作人员不收取任何费用，不推荐、不指定任何中介机构。"
PROVISIONAL = "（跨年工作日安排尚未公布，按周一至周五暂算）"


def registration(sources: Sources) -> RegistrationContent:
    """The registration as it stood when the call ended."""
    delegation = sources.delegation
    return {
        **frame(sources),
        "applicant": [
            ["申请人", delegation.applicant_name, "申请人类型", person_type(delegation)],
            ["联系人", dash(delegation.contact_name), "联系电话", mask_phone(delegation.phone)],
            ["上门地址", dash(delegation.address)],
        ],
        "items": items_of(sources),
        "wishes": [
            ["希望时间", wording.window(delegation.window_from, delegation.window_until)],
            ["特殊需要", _needs(sources), "指定代办专员", _wanted(sources)],
            ["申请人自述", dash(delegation.wish)],
        ],
        "intake": [
            [
                "登记渠道",
                Channel(delegation.channel).label,
                "登记时间",
                wording.minute(delegation.registered_at),
            ],
            [
                "承诺回电",
                _before(wording.minute(delegation.callback_due_at)),
                "办理时限",
                _before(wording.minute(delegation.due_at)),
            ],
            ["时限计算", _calendar(sources)],
        ],
        "clauses": [
            "办理时限从登记时起算，不因派单、改派或者退单重新计算。",
            FREE,
            f"对代办服务有意见的，请致电 {delegation.bureau.phone}，并报代办编号。",
        ],
    }


def acceptance(sources: Sources) -> AcceptanceContent:
    """The acceptance with the one-time notice of all materials."""
    delegation = sources.delegation
    return {
        **frame(sources),
        "rows": [
            ["申请人", delegation.applicant_name, "申请人类型", person_type(delegation)],
            ["联系人", dash(delegation.contact_name), "联系电话", mask_phone(delegation.phone)],
            ["上门地址", dash(delegation.address)],
            *_times(sources),
            [
                "代办专员",
                delegation.staff.name if delegation.staff else "派单后短信告知",
                "咨询电话",
                delegation.bureau.phone,
            ],
        ],
        "items": [
            {
                "title": one.title,
                "basis": dash(one.basis),
                "conditions": dash(one.conditions),
                "promised": one.promised,
                "statutory": one.statutory,
                "materials": one.materials,
            }
            for one in sources.items
        ],
        "clauses": [
            "以上为本次办理需要的全部材料。没有列出的材料，我们不会再向您索要；"
            "工作人员要求提供清单以外材料的，您可以拒绝并致电反映。",
            "注明「免提交」的材料由我们通过电子证照或者数据共享核验，核验不到时再请您补充。",
            "同一份材料多个事项都要用的，只需提供一次。",
            FREE,
        ],
    }


def _times(sources: Sources) -> list[Row]:
    delegation = sources.delegation
    return [
        [
            "登记时间",
            wording.minute(delegation.registered_at),
            "受理时间",
            wording.minute(sources.at),
        ],
        ["办理时限", _before(wording.minute(delegation.due_at)) + _note(sources)],
    ]


def _before(text: str) -> str:
    return text if text == wording.NOTHING else f"{text} 前"


def _note(sources: Sources) -> str:
    return PROVISIONAL if sources.delegation.provisional else ""


def _calendar(sources: Sources) -> str:
    version = sources.delegation.calendar_version
    return f"自登记时起算，按工作日历 {dash(version)} 计算{_note(sources)}"


def _needs(sources: Sources) -> str:
    return "、".join(Need(one).label for one in sources.delegation.needs) or wording.NOTHING


def _wanted(sources: Sources) -> str:
    wanted = sources.delegation.wanted_staff
    return wanted.name if wanted else "不指定"
