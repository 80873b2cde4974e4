"""A demo bureau with people, a neighbour bureau, an approval system and one open case."""

import io
import json
import os
import re
import secrets
import time
from argparse import ArgumentParser
from pathlib import Path

import segno
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fieldsvc.kernel import clock, outbox
from fieldsvc.kernel.journal import Actor
from fieldsvc.management import home_visits
from inspections.bookings.rules import Hours
from inspections.bookings.services import set_hours
from inspections.cases.errors import CaseInvalid
from inspections.cases.models import Case
from inspections.cases.services import NewCase, receive
from inspections.cases.states import CaseState
from inspections.people import selectors
from inspections.people import services as people
from inspections.people.models import Bureau, Staff
from inspections.people.services import NewStaff, add_bureau, add_client, add_staff
from inspections.people.states import Role

PEOPLE = (
    NewStaff("wang", "王勘验", [Role.INSPECTOR], "鲁C0306001", "勘验评审科"),
    NewStaff("chen", "陈勘验", [Role.INSPECTOR], "鲁C0306002", "勘验评审科"),
    NewStaff("sun", "孙主任", [Role.HEAD], "鲁C0306010", "勘验评审科"),
    NewStaff("admin", "周管理", [Role.ADMINISTRATOR], "", "综合科"),
)
EVERYBODY = (*PEOPLE, *home_visits.STAFF)
NEIGHBOUR = NewStaff("zhao", "赵旁人", [Role.INSPECTOR], "鲁D0481001", "现场勘验科")
# Always open, so that a slot of the demo begins within half an hour whatever the time of day.
ALWAYS = Hours(
    weekdays=frozenset(range(1, 8)), windows=((0, 24 * 60),), lead_minutes=0, days_ahead=5
)
APPLICANT = "张三"
BUREAU_CODE = "370306"
LINK = re.compile(r"https?://\S+/j/#[\w-]+")


class Command(BaseCommand):
    help = "Fill an installation with the demo bureau; run again it renews the applicant's link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--public-url", default=settings.PUBLIC_URL)
        parser.add_argument("--callback-url", default=None)

    def handle(self, *args: object, **options: object) -> None:
        file = settings.VAR / "demo.json"
        known = json.loads(file.read_text("utf-8")) if file.exists() else {}
        public = str(options["public_url"])
        names = [one.username for one in (*EVERYBODY, NEIGHBOUR)]
        staff = {name: _password() for name in names} | known.get("staff", {})
        bureau = _bureaus(staff)
        _, api_key = add_client(bureau, name="审批系统(演示)", key=known.get("api_key"))
        known |= {"staff": staff, "api_key": api_key, "public_url": public}
        _write(file, known)
        callback = str(options["callback_url"] or f"{public}/demo/approval-system")
        case = self._open_case(bureau, callback)
        known["link"] = "" if case is None else _link(case)
        _write(file, known)
        self._say(known)

    def _open_case(self, bureau: Bureau, callback: str) -> Case | None:
        """The open case; none where results may not go to `callback`, and then say why."""
        try:
            return _open_case(bureau, callback)
        except CaseInvalid as refused:
            if set(refused.fields) != {"callback_url"}:
                raise
            self.stderr.write(
                f"没有建立演示事项:{refused.fields['callback_url']}。"
                "请用 --callback-url 指定允许回传的 https 地址,或由审批系统通过接口办件。"
            )
            return None

    def _say(self, known: dict[str, object]) -> None:
        say = self.stdout.write
        public, staff, link = known["public_url"], known["staff"], str(known["link"])
        assert isinstance(staff, dict)  # noqa: S101
        say("\n云勘验演示局已就绪(演示短信写入 var/sms,不会真正发出)\n")
        say(f"  工作人员登录  {public}/desk/")
        for one in (*EVERYBODY, NEIGHBOUR):
            duties = "、".join(role.label for role in one.roles)
            say(f"    {one.username:8} {staff[one.username]}   {one.name}  {duties}")
        say(f"\n  代办专员手机端  {public}/field/")
        say(f"  群众:名册和网上委托  {public}/p/{BUREAU_CODE}/")
        if link:
            say(f"\n  申请人链接    {link}")
            picture = io.StringIO()
            segno.make(link, error="l").terminal(out=picture, compact=True)
            say(picture.getvalue())
        say("\n按 Ctrl-C 停止。\n")


def _bureaus(passwords: dict[str, str]) -> Bureau:
    bureau = add_bureau(
        code=BUREAU_CODE,
        name="周村区行政审批服务局",
        phone="0533-6190000",
        address="山东省淄博市周村区新建东路88号政务服务中心三楼",
    )
    set_hours(bureau, ALWAYS)
    for one in EVERYBODY:
        _hire(bureau, one, passwords)
    home_visits.seed(bureau, Staff.objects.get(username="sun"))
    other = add_bureau(code="370481", name="滕州市行政审批服务局", phone="0632-5500000")
    _hire(other, NEIGHBOUR, passwords)
    return bureau


def _hire(bureau: Bureau, new: NewStaff, passwords: dict[str, str]) -> None:
    """Only who is not there yet: hashing fourteen passwords again would slow every start."""
    if not Staff.objects.filter(username=new.username, bureau=bureau).exists():
        add_staff(bureau, new, password=passwords[new.username])


def _open_case(bureau: Bureau, callback: str) -> Case:
    """The demo's case that still waits for a slot; a new one when the last has gone on."""
    waiting = Case.objects.filter(
        bureau=bureau, number__startswith="KY-DEMO-", state=CaseState.RECEIVED.value
    )
    case = waiting.order_by("received_at").last()
    if case is not None and case.callback_url == callback:
        return case
    count = Case.objects.filter(bureau=bureau, number__startswith="KY-DEMO-").count()
    client, _ = add_client(bureau, name="审批系统(演示)", key=_known_key())
    actor = Actor("client", str(client.pk), str(bureau.pk))
    case, _ = receive(
        NewCase(
            number=f"KY-DEMO-{count + 1:04d}",
            service_item="CY",
            applicant_name="周村区张三小馆(个体工商户)",
            credit_code="92370306MA3C00001F",
            premises_name="张三小馆",
            address="山东省淄博市周村区丝绸路街道大街路126号",
            contact_name=APPLICANT,
            contact_phone="13805331234",
            callback_url=callback,
            longitude=117.8698,
            latitude=36.8036,
            accepted_at=clock.now(),
        ),
        actor=actor,
    )
    return case


def _known_key() -> str:
    return str(json.loads((settings.VAR / "demo.json").read_text("utf-8"))["api_key"])


def _link(case: Case) -> str:
    """The link in the newest message to this case's phone; one that was opened is sent anew."""
    link = _wait_for_link(case, other_than=None)
    if selectors.is_open(link.rpartition("#")[2]):
        return link
    people.resend(link.rpartition("#")[2])
    return _wait_for_link(case, other_than=link)


def _wait_for_link(case: Case, *, other_than: str | None) -> str:
    """Embedded the message is sent here; in production it is the worker's, wherever it runs."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if settings.EMBEDDED:
            outbox.drain()
        found = [link for link in _sent_links(case) if link != other_than]
        if found:
            return found[-1]
        time.sleep(0.1)
    raise CommandError("演示短信没有写出来。请看日志,或运行 manage.py outbox。")


def _sent_links(case: Case) -> list[str]:
    file = settings.SMS_FOLDER / "sms.jsonl"
    if not file.exists():
        return []
    texts = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    matches = [LINK.search(text) for text in texts if case.number in text]
    return [match.group() for match in matches if match]


def _password() -> str:
    return secrets.token_urlsafe(9)


def _write(file: Path, data: dict[str, object]) -> None:
    """Readable by its owner only: it holds sign-ins of the demo."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        json.dump(data, target, ensure_ascii=False, indent=1)
