"""`make demo-week`: a week of home visits in minutes, and the report for Monday's meeting."""

import json
import shutil
import sys
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from fieldsvc.kernel.clock import ShiftedClock
from tests.demo.week import monday, pages
from tests.demo.week.course import MONDAY, SICK_AT, SICK_DAY, Week
from tests.support.product import Embedded

FOLDER = Path("var/demo-week").resolve()


def main() -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "screens").mkdir(parents=True)
    clock_file = FOLDER / "clock"
    ShiftedClock.set(clock_file, MONDAY)
    product = Embedded(FOLDER / "product", {"DEMO_CLOCK": str(clock_file)})
    began = time.monotonic()
    try:
        product.start()
        print(f"演示服务 {product.url}")
        week = Week(product, clock_file)
        found = play(week, FOLDER)
    finally:
        product.stop()
    found["minutes"] = round((time.monotonic() - began) / 60, 1)
    text = json.dumps(found, ensure_ascii=False, indent=1, default=str)
    (FOLDER / "week.json").write_text(text, "utf-8")
    print(text)
    problems = wrong(found)
    for line in problems:
        print(f"不对：{line}")
    return 1 if problems else 0


def play(week: Week, folder: Path) -> dict[str, Any]:
    """The whole week; what came of it."""
    week.sign_in()
    week.plan_calls()
    for day in range(5):
        week.at(day, 7 * 60 + 45, lambda: week.replan("早班排班"))
        week.at(day, 10 * 60 + 50, lambda: week.replan("上午补排"))
        week.at(day, 13 * 60 + 50, lambda: week.replan("下午补排"))
    week.at(SICK_DAY, SICK_AT, week.fall_ill)
    with pages.open_desk(week, folder / "screens") as desk:
        week.at(0, 9 * 60, desk.take_a_call)
        week.at(0, 9 * 60 + 5, desk.look_at_the_board)
        week.at(2, 9 * 60 + 10, desk.look_at_the_phone)
        week.run()
        week.go_to(MONDAY + timedelta(days=4, hours=16, minutes=30))
        after = monday.clear_the_desk(week)
        week.go_to(MONDAY + timedelta(days=7, hours=9))
        meeting = monday.meet(week, folder)
        desk.look_at_the_meeting()
        took = desk.intake_seconds
    chains = json.loads(week.product.manage("verify_journal", "--json"))
    return {
        **asdict(week.facts),
        "after": after,
        "intake_seconds": took,
        "head": meeting["report"]["head"],
        "obstacles": len(meeting["obstacles"]),
        "decisions": len(meeting["decisions"]),
        "chains": len(chains),
        "entries": sum(one["length"] for one in chains),
        "chains_intact": all(one["ok"] for one in chains),
    }


def wrong(found: dict[str, Any]) -> list[str]:
    """What a bureau could not accept."""
    checks = {
        "已接单的上门被移动": found["accepted_moved"] == 0,
        "撤回委托后还能继续办": found["revoked"] in {"mandate_revoked", "delegation_closed"},
        "没有差评": any(grade <= 2 for grade in found["ratings"]),
        "病假没有收回任何一单": found["withdrawn_on_sickness"] > 0,
        "送达的太少": found["delivered"] >= 12,
        "差评没有整改": found["after"]["remedies"] >= 1,
        "有链条断开": found["chains_intact"],
    }
    return [words for words, good in checks.items() if not good]


if __name__ == "__main__":
    sys.exit(main())
