"""The ledger as a workbook: 10 000 delegations exported and read back, in a database of its own.

`python -m tests.bench.ledger [--rows 10000]` prints one JSON line.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

import django

if TYPE_CHECKING:
    from fieldsvc.kernel.journal import Actor
    from inspections.people.models import Staff

WISH = "=1+1 我腿脚不便，请上门帮我办，最好上午来，家里有人。"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fieldsvc-bench-") as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
        os.environ["VAR_DIR"] = folder
        django.setup()
        report = run(given.rows)
    sys.stdout.write(json.dumps(report) + "\n")
    return 0 if report["rows"] == given.rows else 1


def run(rows: int) -> dict[str, float | int]:
    """Export three times what the slices would have left, and count the rows that came out."""
    from django.core.management import call_command
    from openpyxl import load_workbook

    from inspections.ledger import services
    from inspections.ledger.rules.shapes import Filters

    call_command("migrate", verbosity=0)
    actor = _fill(rows)
    seconds, cpu = [], []
    made = b""
    for _ in range(3):
        began, used = time.perf_counter(), time.process_time()
        made = services.workbook(Filters(), actor=actor)
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    sheet = load_workbook(BytesIO(made), read_only=True)["台账"]
    read = sum(1 for _ in sheet.iter_rows()) - 1
    return {
        "rows": read,
        "seconds": round(max(seconds), 3),
        "cpu": round(max(cpu), 3),
        "bytes": len(made),
    }


def _fill(rows: int) -> "Actor":
    from fieldsvc.kernel import ids
    from fieldsvc.kernel.journal import JournalStream
    from inspections.people import services as people
    from inspections.people.selectors import actor_of_staff
    from inspections.people.services import NewStaff
    from inspections.people.states import Role

    bureau = people.add_bureau(code="370306", name="周村区行政审批服务局", phone="0533-6190000")
    new = NewStaff("sun", "孙主任", [Role.HEAD], badge_number="0")
    head = people.add_staff(bureau, new, password="x")
    keys = [ids.new() for _ in range(rows)]
    JournalStream.objects.bulk_create(
        JournalStream(stream=f"delegation:{key}", length=9, head=f"{key.int:064x}") for key in keys
    )
    _delegations(keys, head)
    _lines(keys, head)
    return actor_of_staff(head)


def _delegations(keys: list[UUID], head: "Staff") -> None:
    from fieldsvc.kernel import clock
    from inspections.delegation.models import Delegation
    from inspections.evidence.models import Dossier

    now = clock.now()
    Dossier.objects.bulk_create(
        Dossier(id=key, stream=f"delegation:{key}", scope="x", label="x", opened_at=now)
        for key in keys
    )
    Delegation.objects.bulk_create(
        Delegation(
            id=key,
            bureau_id=head.bureau_id,
            dossier_id=key,
            number=f"DB-2026-{number:06d}",
            channel="HOTLINE",
            person_type="PERSON",
            applicant_name="李申请",
            contact_name="李申请",
            phone="13805331234",
            phone_digest="d" * 64,
            items=["SBK"],
            address="周村区丝绸路 8 号 3 号楼 1 单元 201",
            wish=WISH,
            registered_at=now - timedelta(minutes=number),
            due_at=now + timedelta(days=2),
            calendar_version="0",
            staff=head,
        )
        for number, key in enumerate(keys)
    )


def _lines(keys: list[UUID], head: "Staff") -> None:
    from fieldsvc.kernel import clock
    from inspections.ledger.models import LedgerLine

    now = clock.now()
    LedgerLine.objects.bulk_create(
        LedgerLine(
            subject=key,
            kind="DELEGATION",
            bureau_id=head.bureau_id,
            delegation_id=key,
            stream=f"delegation:{key}",
            number=f"DB-2026-{number:06d}",
            item="SBK",
            item_title="社会保障卡补办",
            items_key="|SBK|",
            items_text="社会保障卡补办",
            area_title="丝绸路片区",
            staff=head,
            channel="HOTLINE",
            state="DELIVERED",
            state_label="已送达",
            phase="FINISHED",
            registered_at=now - timedelta(minutes=number),
            due_at=now + timedelta(days=2),
            finished_at=now,
            trips=1,
            minutes_to_door=95,
        )
        for number, key in enumerate(keys)
    )


if __name__ == "__main__":
    sys.exit(main())
