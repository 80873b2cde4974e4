"""The people of the tests: two inspectors of 周村, one of another bureau, an applicant's case."""

from dataclasses import dataclass

from inspections.people import services
from inspections.people.models import Bureau, Client, Staff
from inspections.people.services import NewStaff
from inspections.people.states import Role

PASSWORD = "yun-kanyan-2026"
PHONE = "13805331234"


@dataclass(frozen=True, slots=True)
class Cast:
    bureau: Bureau
    elsewhere: Bureau
    wang: Staff
    chen: Staff
    head: Staff
    auditor: Staff
    zhao: Staff
    client: Client
    key: str
    other_client: Client
    other_key: str


def gather() -> Cast:
    """Write everybody to the database; the passwords of all staff are PASSWORD."""
    bureau = services.add_bureau(
        code="370306", name="周村区行政审批服务局", phone="0533-6190000", address="周村区政务中心"
    )
    elsewhere = services.add_bureau(
        code="370481", name="滕州市行政审批服务局", phone="0632-5500000"
    )

    def staff(where: Bureau, username: str, name: str, role: Role, badge: str) -> Staff:
        new = NewStaff(username, name, [role], badge_number=badge, unit="勘验科")
        return services.add_staff(where, new, password=PASSWORD)

    client, key = services.add_client(bureau, name="审批系统")
    other_client, other_key = services.add_client(elsewhere, name="滕州审批系统")
    return Cast(
        bureau=bureau,
        elsewhere=elsewhere,
        wang=staff(bureau, "wang", "王勘验", Role.INSPECTOR, "0306-01"),
        chen=staff(bureau, "chen", "陈勘验", Role.INSPECTOR, "0306-02"),
        head=staff(bureau, "sun", "孙主任", Role.HEAD, "0306-00"),
        auditor=staff(bureau, "qian", "钱审计", Role.AUDITOR, "0306-90"),
        zhao=staff(elsewhere, "zhao", "赵旁人", Role.INSPECTOR, "0481-01"),
        client=client,
        key=key,
        other_client=other_client,
        other_key=other_key,
    )
