"""What people in the district ask for in one week: made up, but the way they ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """One wish as it reaches the bureau; places in WGS-84 degrees.

    `day` counts from Monday, `at` is minutes of that day in Beijing.
    """

    day: int
    at: int
    name: str
    phone: str
    items: tuple[str, ...]
    place: str
    longitude: float
    latitude: float
    wish: str
    channel: str = "HOTLINE"
    needs: tuple[str, ...] = ()
    applicant: str = ""
    grade: int = 5
    words: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def person_type(self) -> str:
        return "FIRM" if self.applicant else "PERSON"


def _at(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


WEEK: tuple[Call, ...] = (
    Call(
        0,
        _at(8, 12),
        "张桂兰",
        "13805330011",
        ("SBK",),
        "淄博市周村区丝绸路街道太和社区 7 号楼 2 单元 101",
        117.8612,
        36.8106,
        "腿脚不好，社保卡丢了，自己去不了大厅，想请人上门补办。",
        needs=("DISABLED",),
        words="小伙子很有耐心，等我找户口本等了半天也没催。",
    ),
    Call(
        0,
        _at(8, 40),
        "李建国",
        "13805330012",
        ("GTSH",),
        "淄博市周村区大街街道大街路 126 号",
        117.8557,
        36.8041,
        "想把小饭馆的个体户执照办下来，白天看店走不开。",
        applicant="周村区李记面馆",
        words="当天就拿到执照，省得关门一天。",
    ),
    Call(
        0,
        _at(9, 25),
        "王秀英",
        "13805330013",
        ("YLRZ",),
        "淄博市周村区王村镇王村村 45 号",
        117.7395,
        36.6768,
        "老人八十六了，养老金资格认证手机上弄不了。",
        needs=("ELDERLY", "DIALECT"),
        words="说话听得懂，办得快。",
    ),
    Call(
        0,
        _at(10, 5),
        "陈志强",
        "13805330014",
        ("QYKB",),
        "淄博市周村区北郊镇和平产业园 3 号楼",
        117.8719,
        36.8532,
        "新公司开办，执照、刻章、税务、社保、开户想一次办完。",
        channel="WEB",
        applicant="淄博星桥机电有限公司",
        words="一上午五件事都办了。",
    ),
    Call(
        0,
        _at(14, 30),
        "赵丽华",
        "13805330015",
        ("CY",),
        "淄博市周村区永安街街道新建中路 58 号",
        117.8641,
        36.8003,
        "开早餐店要食品经营许可证，材料总是不知道缺什么。",
        applicant="周村区丽华早餐店",
    ),
    Call(
        1,
        _at(8, 20),
        "刘明",
        "13805330016",
        ("BDC",),
        "淄博市周村区城北路街道恒星花园 12 号楼 1 单元 502",
        117.8487,
        36.8179,
        "父亲的房子要过户，老人瘫痪在床，不能到场。",
        needs=("DISABLED",),
        grade=4,
        words="就是跑了两趟，第一趟少带一张表。",
    ),
    Call(
        1,
        _at(9, 10),
        "孙桂芝",
        "13805330017",
        ("CJRZ",),
        "淄博市周村区南郊镇韩家村 18 号",
        117.8345,
        36.7690,
        "残疾人证到期要换，听不见，希望来的人会手语。",
        needs=("DISABLED", "SIGN_LANGUAGE"),
        words="会手语，第一次不用写字条办事。",
    ),
    Call(
        1,
        _at(11, 0),
        "周海涛",
        "13805330018",
        ("ZS",),
        "淄博市周村区丝绸路街道正阳路 212 号",
        117.8530,
        36.8120,
        "理发店的公共场所卫生许可证。",
        channel="COUNTER",
        applicant="周村区海涛理发店",
    ),
    Call(
        2,
        _at(8, 5),
        "马秀云",
        "13805330019",
        ("YLRZ",),
        "淄博市周村区萌水镇萌水村 77 号",
        117.8021,
        36.7405,
        "老伴刚出院，今天不认证下个月养老金就停了。",
        needs=("ELDERLY", "DISABLED"),
        words="下午就来了，没想到这么快。",
    ),
    Call(
        2,
        _at(10, 40),
        "吴磊",
        "13805330020",
        ("GTSH", "CY"),
        "淄博市周村区商家镇商家村 3 号",
        117.7893,
        36.7812,
        "小超市要执照和食品经营许可，一起办行不行。",
        applicant="周村区商家镇吴磊超市",
        grade=2,
        words="约好上午来，等到下午，也没人提前打电话。",
    ),
    Call(
        2,
        _at(15, 15),
        "郑红",
        "13805330021",
        ("SBK",),
        "淄博市周村区青年路街道青年路 9 号",
        117.8685,
        36.7962,
        "孩子的社保卡照片不对，要换一张。",
    ),
    Call(
        3,
        _at(8, 50),
        "冯国庆",
        "13805330022",
        ("QYKB",),
        "淄博市周村区北郊镇固玄村 201 号",
        117.8816,
        36.8447,
        "合伙开公司，材料交给代办员办。",
        applicant="淄博固玄包装有限公司",
        extra={"revoked": True},
    ),
    Call(
        3,
        _at(13, 40),
        "高素珍",
        "13805330023",
        ("CJRZ",),
        "淄博市周村区大街街道长行街 31 号",
        117.8579,
        36.8029,
        "残疾人证换领，眼睛看不清。",
        needs=("DISABLED", "ELDERLY"),
        words="表格念给我听了两遍，放心。",
    ),
    Call(
        4,
        _at(8, 30),
        "韩伟",
        "13805330024",
        ("CY",),
        "淄博市周村区永安街街道机场路 66 号",
        117.8702,
        36.8015,
        "奶茶店变更法人，食品证要换。",
        channel="COUNTER",
        applicant="周村区韩伟饮品店",
    ),
    Call(
        4,
        _at(9, 45),
        "林桂香",
        "13805330025",
        ("YLRZ",),
        "淄博市周村区王村镇彭家村 12 号",
        117.7461,
        36.6653,
        "九十岁了，认证。",
        needs=("ELDERLY", "DIALECT"),
        words="好。",
    ),
)
