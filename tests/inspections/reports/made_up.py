"""Papers from made-up rows that no database has seen: short ones, and the longest we know of."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from inspections.delegation.models import Delegation, HandOver, Mandate, Step
from inspections.delegation.states import DelegationState, StepState
from inspections.people.models import Bureau, Staff
from inspections.reports.content.papers import ItemFacts, Sources
from inspections.reports.shapes import MaterialLine
from inspections.reports.states import PaperKind

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
LONG_FIRM = "淄博市周村区丝绸路街道办事处便民餐饮服务连锁经营管理有限责任公司第三分公司古商城直营店"
LONG_ADDRESS = (
    "山东省淄博市周村区丝绸路街道办事处大街社区银子市街与丝市街交叉口东北角"
    "古商城文化旅游综合体二期 B 区 3 号楼沿街商铺 106、107、108 室（一层及夹层）"
)
LONG_NAME = "阿依努尔·买买提吐尔逊·阿卜杜热合曼"
MARKUP = (
    '*粗体* _斜_ #strong[a] $x^2$ <script>alert(1)</script> \\ @ref = 标题 // 注释 `code` "引号"'
)
ACTIONS = {
    "FILL": "代填申请表格（由委托人核对后签名）",
    "SUBMIT": "代为提交申请材料，接收受理、补正通知",
    "TRACK": "代为查询办理进度",
    "COLLECT": "代领许可证、营业执照等结果文书并送达委托人",
}


def _materials(count: int) -> list[MaterialLine]:
    lines: list[MaterialLine] = [
        {"title": "申请人身份证件", "copies": "1 份", "form": "原件", "note": "核验后当面交还"},
        {"title": "营业执照", "copies": "—", "form": "免提交", "note": "由电子证照核验"},
        {
            "title": "食品安全管理人员健康证明及食品安全知识培训考核合格证明材料",
            "copies": "2 份",
            "form": "复印件",
            "note": "可以书面承诺代替，事后核查；有样表",
        },
        {"title": "经营场所平面布局图", "copies": "1 份", "form": "复印件", "note": "—"},
    ]
    return (lines * (count // 4 + 1))[:count]


ITEMS = [
    ItemFacts(
        "GT01",
        "个体工商户登记",
        "个人",
        "《促进个体工商户发展条例》",
        "有经营能力的公民；有固定的经营场所",
        "当场办结",
        "3 个工作日",
        _materials(4),
    ),
    ItemFacts(
        "SP01",
        "食品经营许可（餐饮服务，含网络经营、中央厨房配送、集体用餐配送）",
        "企业、个人",
        "《中华人民共和国食品安全法》第三十五条；《食品经营许可和备案管理办法》",
        "具有与经营的食品品种、数量相适应的场所、设备设施、人员和制度",
        "8 个工作日",
        "20 个工作日",
        _materials(7),
    ),
]


def delegation(**changes: object) -> Delegation:
    bureau = Bureau(name="周村区行政审批服务局", phone="0533-6190000", created_at=AT)
    staff = Staff(
        bureau=bureau, name="周代办", badge_number="0306-D1", unit="帮办代办中心", created_at=AT
    )
    values: dict[str, object] = {
        "id": UUID(int=7),
        "bureau": bureau,
        "staff": staff,
        "number": "DB-2026-000123",
        "channel": "HOTLINE",
        "person_type": "PERSON",
        "applicant_name": "李申请",
        "contact_name": "李申请",
        "phone": "13805331234",
        "address": "周村区大街 12 号",
        "state": DelegationState.REGISTERED.value,
        "registered_at": AT - timedelta(hours=20),
        "due_at": AT + timedelta(days=9),
        "calendar_version": "2026-1",
        **changes,
    }
    return Delegation(**values)


def longest() -> Delegation:
    found = delegation(
        person_type="FIRM",
        applicant_name=LONG_FIRM,
        contact_name=LONG_NAME,
        address=LONG_ADDRESS,
        wish=MARKUP + "我母亲八十多岁，腿脚不便，只会说方言，希望上午来，不要太早。" * 6,
        needs=["DISABLED", "ELDERLY", "DIALECT", "SIGN_LANGUAGE"],
        window_from=AT,
        window_until=AT + timedelta(minutes=90),
        callback_due_at=AT + timedelta(minutes=30),
        provisional=True,
    )
    found.bureau.name = "淄博市周村区行政审批服务局政务服务大厅帮办代办与企业开办服务中心"
    assert found.staff is not None
    found.staff.name = "欧阳买买提·阿卜杜热合曼"
    found.staff.unit = "帮办代办中心（第二办公区）与镇街便民服务联络科"
    return found


def mandate(owner: Delegation) -> Mandate:
    return Mandate(
        delegation=owner,
        number=f"{owner.number}-W1",
        scope=list(ACTIONS),
        items=[one.code for one in ITEMS],
        valid_until=date(2026, 12, 23),
        drafted_at=AT,
    )


def steps(owner: Delegation) -> list[Step]:
    names = ["核对材料", "网上申报", "领取营业执照"]
    return [
        Step(
            delegation=owner,
            position=number,
            item=item.code,
            code=f"S{number}",
            title=name,
            state=(StepState.DONE if item.code == "GT01" or number == 0 else StepState.OPEN).value,
        )
        for item in ITEMS
        for number, name in enumerate(names)
    ]


def documents(owner: Delegation, count: int = 3) -> list[HandOver]:
    titles = [
        "居民身份证",
        "房屋租赁合同",
        "食品安全管理人员健康证明及食品安全知识培训考核合格证明材料（含附件）",
    ]
    return [
        HandOver(
            delegation=owner,
            direction="RETURNED" if number % 4 == 3 else "RECEIVED",
            staff=owner.staff,
            title=titles[number % 3],
            copies=number % 3 + 1,
            original=number % 2 == 0,
            at=AT + timedelta(minutes=number),
        )
        for number in range(count)
    ]


def sources(kind: PaperKind, owner: Delegation | None = None, **changes: object) -> Sources:
    owner = owner or delegation()
    values: dict[str, object] = {
        "kind": kind,
        "edition": 1,
        "at": AT,
        "head": "0f" * 32,
        "delegation": owner,
        "items": ITEMS,
        "actions": ACTIONS,
        "mandate": mandate(owner),
        "steps": steps(owner),
        "documents": documents(owner),
        "reason": "申请人需要补办房屋租赁合同备案，预计一周。",
        "suspended_at": AT - timedelta(days=3),
        **changes,
    }
    return Sources(**values)  # type: ignore[arg-type]
