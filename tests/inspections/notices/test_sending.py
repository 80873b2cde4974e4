import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from fieldsvc.kernel import journal, outbox
from fieldsvc.kernel.journal import JournalEntry
from inspections.cases.models import Case
from inspections.notices import services
from inspections.notices.errors import SmsUnavailable
from inspections.notices.gateways import FileSmsGateway
from inspections.notices.models import Notice
from inspections.notices.states import NoticeKind
from inspections.people.models import Link
from tests.inspections.bookings.scene import new_case
from tests.inspections.cast import PHONE, Cast

TOKEN = re.compile(r"/j/#([\w-]+)")


@dataclass
class Phone:
    """A gateway that keeps what it gets, and is away for the first `away` messages."""

    away: int = 0
    got: list[tuple[str, str, UUID]] = field(default_factory=list)
    name: str = "phone"

    def send(self, phone: str, text: str, *, reference: UUID) -> str:
        if self.away:
            self.away -= 1
            raise SmsUnavailable
        self.got.append((phone, text, reference))
        return f"P-{len(self.got)}"


def received(case: Case) -> JournalEntry:
    return journal.entries(case.stream).get(kind="case.received")


def kinds(case: Case) -> list[str]:
    return [entry.kind for entry in journal.entries(case.stream)]


def token_of(text: str) -> str:
    found = TOKEN.search(text)
    assert found is not None
    return found[1]


class TestTheFirstMessage:
    def test_its_link_opens_the_case(self, cast: Cast, client: Client) -> None:
        case, phone = new_case(cast), Phone()
        services.send(NoticeKind.LINK, received(case), phone)
        ((number, text, _),) = phone.got
        assert number == PHONE
        answer = client.post(
            "/api/join/open", {"token": token_of(text)}, content_type="application/json"
        )
        assert answer.json()["case_number"] == case.number

    def test_one_entry_is_one_message(self, cast: Cast) -> None:
        case, phone = new_case(cast), Phone()
        for _ in range(3):
            services.send(NoticeKind.LINK, received(case), phone)
        assert len(phone.got) == 1
        assert kinds(case).count("notice.sent") == 1

    def test_neither_chain_nor_table_knows_number_text_or_token(self, cast: Cast) -> None:
        case, phone = new_case(cast), Phone()
        services.send(NoticeKind.LINK, received(case), phone)
        text = phone.got[0][1]
        written = b"".join(bytes(entry.body) for entry in journal.entries(case.stream)).decode()
        kept = written + str(list(Notice.objects.values())) + str(list(Link.objects.values()))
        for word in (PHONE, token_of(text), "李申请"):
            assert word not in kept
        assert Notice.objects.get().sent_to == "138****1234"


class TestAGatewayThatIsAway:
    def test_the_try_is_written_down_and_the_next_carries_the_same_link(self, cast: Cast) -> None:
        case, phone = new_case(cast), Phone(away=1)
        with pytest.raises(SmsUnavailable):
            services.send(NoticeKind.LINK, received(case), phone)
        assert kinds(case) == ["case.received", "link.issued", "notice.failed"]
        first = Link.objects.get().token_digest
        services.send(NoticeKind.LINK, received(case), phone)
        assert Link.objects.get().token_digest == first
        assert kinds(case)[-1] == "notice.sent"
        assert phone.got[0][2] == Notice.objects.get().pk


class TestTheFileGateway:
    @pytest.fixture
    def folder(self, settings: Any, tmp_path: Path) -> Path:
        settings.SMS_FOLDER = tmp_path / "sms"
        return tmp_path / "sms"

    def test_a_received_case_ends_in_a_labelled_line(
        self, cast: Cast, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        new_case(cast)
        outbox.drain()
        (line,) = (folder / "sms.jsonl").read_text("utf-8").splitlines()
        message = json.loads(line)
        assert message["label"] == "演示短信通道,未真正发出"
        assert message["to"] == PHONE
        assert (folder / "sms.jsonl").stat().st_mode & 0o077 == 0
        printed = capsys.readouterr().out
        assert "演示短信通道,未真正发出" in printed
        assert PHONE not in printed

    def test_a_wish_for_a_new_link_sends_one(
        self, cast: Cast, folder: Path, client: Client
    ) -> None:
        new_case(cast)
        outbox.drain()
        first = token_of((folder / "sms.jsonl").read_text("utf-8"))
        client.post("/api/join/resend", {"token": first}, content_type="application/json")
        outbox.drain()
        lines = (folder / "sms.jsonl").read_text("utf-8").splitlines()
        second = token_of(json.loads(lines[-1])["text"])
        assert second != first
        answer = client.post("/api/join/open", {"token": second}, content_type="application/json")
        assert answer.status_code == 200

    def test_a_folder_that_cannot_be_written_is_a_refusal(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        gateway = FileSmsGateway(tmp_path / "file")
        with pytest.raises(SmsUnavailable):
            gateway.send(PHONE, "x", reference=UUID(int=1))
