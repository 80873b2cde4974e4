"""The demo bureau's home-visit service: delegates, their skills, areas and shifts."""

import io
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import as_file, files

from PIL import Image, ImageDraw, ImageFont

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import SYSTEM
from inspections.people import services as people
from inspections.people.models import Area, Bureau, SkillHolding, Staff
from inspections.people.services import NewProfile, NewShift, NewStaff, NewTeam
from inspections.people.states import ResponsibilityLevel, Role, Skill

HALL = (117.8612, 36.8030)


@dataclass(frozen=True)
class Delegate:
    new: NewStaff
    phone: str
    skills: tuple[Skill, ...]
    area: str
    introduction: str


def _delegate(
    username: str, name: str, badge: str, skills: str, area: str, introduction: str
) -> Delegate:
    return Delegate(
        NewStaff(username, name, [Role.DELEGATE], badge, "帮办代办中心"),
        f"1396430{badge[-4:]}",
        tuple(Skill(one) for one in skills.split()),
        area,
        introduction,
    )


DISPATCHER = NewStaff("feng", "冯调度", [Role.DISPATCHER], "周政0301", "帮办代办中心")
LIAISON = NewStaff("tian", "田包联", [Role.LIAISON], "周政0302", "营商环境科")
DELEGATES = (
    _delegate(
        "liuyang",
        "刘洋",
        "周代0101",
        "ENTERPRISE TAX SOCIAL_INSURANCE",
        "CENTRE",
        "企业开办、税务登记，七年窗口经验。",
    ),
    _delegate(
        "sunli",
        "孙莉",
        "周代0102",
        "SOCIAL_INSURANCE SIGN_LANGUAGE ENTERPRISE",
        "CENTRE",
        "社保医保、残疾人服务，持手语翻译证。",
    ),
    _delegate(
        "machao",
        "马超",
        "周代0103",
        "ENTERPRISE CONSTRUCTION TAX VIDEO_KIT",
        "NORTH",
        "园区企业、工程建设项目，可携带视频勘验设备。",
    ),
    _delegate(
        "gaoxin",
        "高欣",
        "周代0104",
        "REAL_ESTATE SOCIAL_INSURANCE TAX",
        "CENTRE",
        "不动产登记、继承过户。",
    ),
    _delegate(
        "xufang",
        "许芳",
        "周代0105",
        "SOCIAL_INSURANCE DIALECT ENTERPRISE",
        "SOUTH",
        "南部乡镇，会说王村、萌水话。",
    ),
    _delegate(
        "dengkai",
        "邓凯",
        "周代0106",
        "ENTERPRISE SOCIAL_INSURANCE DIALECT INSPECTION",
        "SOUTH",
        "南部乡镇，食品、卫生许可，可做现场勘验。",
    ),
)
STAFF = (DISPATCHER, LIAISON, *(one.new for one in DELEGATES))
AREAS = (
    ("CENTRE", "城区片", ((117.82, 36.78), (117.90, 36.78), (117.90, 36.83), (117.82, 36.83))),
    ("NORTH", "北部园区片", ((117.82, 36.83), (117.93, 36.83), (117.93, 36.90), (117.82, 36.90))),
    ("SOUTH", "南部乡镇片", ((117.68, 36.62), (117.90, 36.62), (117.90, 36.78), (117.68, 36.78))),
)
_MORNING, _EVENING = 8 * 60 + 30, 17 * 60 + 30


def seed(bureau: Bureau, head: Staff) -> None:
    """Fill the bureau's home-visit service once; a second call changes nothing."""
    if SkillHolding.objects.filter(staff__bureau=bureau).exists():
        return
    areas = {
        code: people.add_area(bureau, code, title, polygon, actor=SYSTEM)
        for code, title, polygon in AREAS
    }
    everyone = {staff.username: staff for staff in Staff.objects.filter(bureau=bureau)}
    for one in DELEGATES:
        _equip(everyone[one.new.username], one, areas)
    # Who answers for the service stands by it with their name.
    for leader in (head, everyone["feng"]):
        people.set_profile(leader, NewProfile(is_public=True), actor=SYSTEM)
    level = ResponsibilityLevel
    for row in (
        (level.LEADER, "全区帮办代办工作", head),
        (level.CHAIN_TEAM, "北郊产业链专班", everyone["tian"]),
        (level.DEPARTMENT, "帮办代办中心", everyone["feng"]),
        (level.OFFICER, "城区片", everyone["liuyang"]),
        (level.OFFICER, "南部乡镇片", everyone["xufang"]),
    ):
        people.set_responsibility(*row, actor=SYSTEM)
    for title, scope, names in (
        ("企业登记专家组", "疑难登记、章程、股权", ("liuyang", "machao")),
        ("民生事项专家组", "社保、医保、残疾人服务", ("sunli", "xufang")),
        ("不动产与税务专家组", "继承、过户、税费核算", ("gaoxin",)),
    ):
        team = NewTeam(title, scope, [everyone[name] for name in names])
        people.set_expert_team(bureau, team, actor=SYSTEM)


def _equip(staff: Staff, one: Delegate, areas: dict[str, Area]) -> None:
    today = clock.now().date()
    for skill in one.skills:
        people.hold_skill(
            staff,
            skill,
            actor=SYSTEM,
            valid_from=today - timedelta(days=30),
            valid_until=today + timedelta(days=700),
        )
    shifts = [
        NewShift(weekday, _MORNING, _EVENING, 11 * 60 + 30, 13 * 60, 45) for weekday in range(1, 8)
    ]
    people.set_shifts(staff, shifts, actor=SYSTEM)
    people.set_profile(
        staff, NewProfile(one.phone, HALL, one.introduction, is_public=True), actor=SYSTEM
    )
    people.set_photo(staff, _badge_photo(staff.name), actor=SYSTEM)
    people.assign_areas(staff, [areas[one.area].pk], actor=SYSTEM)


def _badge_photo(name: str) -> bytes:
    """A drawn picture that nobody takes for a photo of somebody: surname on a plain ground."""
    picture = Image.new("RGB", (480, 640), "#E8EEF7")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((140, 110, 340, 310), fill="#9DB4D6")
    draw.rounded_rectangle((70, 340, 410, 700), 140, fill="#1F5FBF")
    with as_file(files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf") as path:
        font = ImageFont.truetype(path, 150)
    draw.text((240, 490), name[0], fill="white", font=font, anchor="mm")
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()
