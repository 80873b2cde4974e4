"""代办服务委托书 and 续办委托书 (annexes C and E)."""

from datetime import date

from fieldsvc.kernel.masking import mask_phone
from inspections.delegation.models import Mandate
from inspections.reports import wording
from inspections.reports.content.papers.frame import frame, items_of
from inspections.reports.content.papers.sources import Sources, dash, person_type
from inspections.reports.shapes import MandateContent, Row
from inspections.reports.states import PaperKind

# What no scope may ever hold; the same words on every mandate.
WITHHELD = (
    "代替委托人签名、盖章，或者以委托人名义作出声明、承诺、放弃权利的表示；",
    "代替委托人陈述、申辩、参加听证，或者提出行政复议、诉讼；",
    "代收、代垫、代缴任何款项；",
    "超出办理所需留存、使用委托人的证件原件、印章、账户和口令；",
    "转委托他人办理；",
    "上列委托权限以外的其他事务。确有需要的，须由委托人重新签署委托书。",
)


def mandate(sources: Sources) -> MandateContent:
    """The mandate with its scope, its limits, its end and the right to revoke it."""
    found = sources.mandate
    if found is None:
        raise ValueError("a mandate paper needs its mandate")
    return {
        **frame(sources),
        "opening": _opening(sources),
        "parties": _parties(sources),
        "items": items_of(sources),
        "allowed": [sources.actions.get(code, code) for code in found.scope],
        "withheld": list(WITHHELD),
        "term": _term(found),
        "clauses": _clauses(sources),
    }


def _opening(sources: Sources) -> list[Row]:
    if sources.kind is not PaperKind.RESUMPTION:
        return []
    return [
        [
            "中止时间",
            wording.minute(sources.suspended_at),
            "恢复时间",
            wording.minute(sources.resumed_at) if sources.resumed_at else "签署后恢复",
        ],
        ["中止原因", dash(sources.reason)],
    ]


def _parties(sources: Sources) -> list[Row]:
    delegation, staff = sources.delegation, sources.delegation.staff
    delegate = staff.name if staff else "由本局指派，上门时出示工作证件"
    return [
        ["委托人", delegation.applicant_name, "类型", person_type(delegation)],
        ["联系人", dash(delegation.contact_name), "联系电话", mask_phone(delegation.phone)],
        ["地址", dash(delegation.address)],
        ["受托人", delegation.bureau.name, "代办专员", delegate],
        [
            "代办专员单位",
            dash(staff.unit if staff else ""),
            "工作证号",
            dash(staff.badge_number if staff else ""),
        ],
    ]


def _term(found: Mandate) -> list[Row]:
    return [
        ["委托编号", found.number],
        ["开始", "委托人签名之时", "届满", f"{_day(found.valid_until)} 24:00"],
        ["提前终止", "事项全部办结、委托人撤销委托或者代办终止的，委托即时终止。"],
    ]


def _clauses(sources: Sources) -> list[str]:
    phone = sources.delegation.bureau.phone
    return [
        "委托人始终是申报主体，对材料的真实、合法、有效负责；受托人不改动材料内容，"
        "办理结果以审批部门的决定为准。",
        "代办服务自愿、免费。受托人不收取任何费用，不推荐、不指定中介机构。"
        "依法应由委托人缴纳的规费，由委托人直接向收费单位缴纳。",
        "委托人可以随时撤销委托，不需要说明理由：打开短信中的链接办理，"
        f"或者致电 {phone}，或者当面告知代办专员。撤销从登记时起生效，此前已办的步骤仍然有效；"
        "撤销后受托人立即停止办理，并当面交还材料。",
        "受托人只在委托权限和委托期限内办理。超出权限、委托撤销或者期满后，"
        "本局办理系统不接受受托人以委托人名义办理的任何步骤。",
        "材料交接逐件登记，以双方签名的《材料交接清单》为准。",
        "受托人对委托人的个人信息和商业秘密保密，只用于办理上列事项。",
        "委托人可以对代办服务评价、投诉，不影响事项办理。",
    ]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
