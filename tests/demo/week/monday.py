"""What is left after the visits: calls back, bad ratings, unresolved matters, the meeting."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.demo.week.course import MONDAY, Week

MEETING_WEEK = MONDAY.date() + timedelta(days=1)


def clear_the_desk(week: Week) -> dict[str, int]:
    """Friday: every remedy, call and matter that can be answered is answered."""
    sun, feng = week.staff["sun"], week.feng
    found = {"remedies": 0, "follow_ups": 0, "unreachable": 0, "matters": 0}
    for remedy in sun.get("/aftercare/remedies")["items"]:
        if remedy["owner"] is None:
            owner = {"version": remedy["version"], "staff": feng.id}
            remedy = sun.post(f"/aftercare/remedies/{remedy['id']}/assign", owner)
        outcomes = [one["code"] for one in sun.get("/aftercare/remedies")["outcomes"]]
        closing = {
            "version": remedy["version"],
            "outcome": outcomes[0],
            "found": "上午的两单衔接太紧，路上耽误后没有提前打电话。",
            "answer": "已当面道歉，今后预计晚到十分钟以上的，专员必须先打电话。",
        }
        closer = sun if remedy["may_close"] else feng
        closer.post(f"/aftercare/remedies/{remedy['id']}/close", closing)
        found["remedies"] += 1
    _call_back(week, found)
    for matter in feng.get("/aftercare/matters")["items"]:
        _settle(week, matter)
        found["matters"] += 1
    week.say(
        f"周五清理：差评整改 {found['remedies']}，回访 {found['follow_ups']}，"
        f"办不成事 {found['matters']}"
    )
    return found


def _call_back(week: Week, found: dict[str, int]) -> None:
    feng = week.feng
    queue = feng.get("/aftercare/follow-ups")
    outcomes = {one["code"]: one["label"] for one in queue["outcomes"]}
    points = [one["code"] for one in queue["blocked_points"]]
    for number, call in enumerate(one for one in queue["items"] if one["state"] == "OPEN"):
        path = f"/aftercare/follow-ups/{call['id']}"
        if number == 1:
            feng.post(f"{path}/unreachable", {"version": call["version"]})
            found["unreachable"] += 1
            continue
        bad = call["cause"] == "BAD_RATING"
        body: dict[str, Any] = {
            "version": call["version"],
            "outcome": list(outcomes)[-1 if bad else 0],
            "said": "下次能先打个电话就好。" if bad else "都办好了，没有意见。",
        }
        if bad:
            body |= {"blocked_point": points[0], "blocked_text": "两单之间没有留出路上的余量。"}
        feng.post(f"{path}/done", body)
        found["follow_ups"] += 1


def _settle(week: Week, matter: dict[str, Any]) -> None:
    sun, feng = week.staff["sun"], week.feng
    path = f"/aftercare/matters/{matter['id']}"
    said = {
        "version": matter["version"],
        "department": "帮办代办中心",
        "opinion": "拟交帮办代办中心办理。",
    }
    matter = feng.post(f"{path}/propose", said)
    given = {
        "version": matter["version"],
        "department": "帮办代办中心",
        "instruction": "当天联系群众，说明情况。",
    }
    matter = sun.post(f"{path}/assign", given)
    answer = {"version": matter["version"], "text": "当天 13:10 到场办结，已向群众说明并道歉。"}
    matter = feng.post(f"{path}/reply", answer)
    sun.post(f"{path}/close", {"version": matter["version"], "resolved": True})


def meet(week: Week, folder: Path) -> dict[str, Any]:
    """Monday: who takes what over, what is decided, then the report is frozen and printed."""
    sun = week.staff["sun"]
    monday = MEETING_WEEK.isoformat()
    base = f"/ledger/weeks/{monday}"
    due = (MEETING_WEEK + timedelta(days=11)).isoformat()
    sun.post(
        f"{base}/obstacles",
        {
            "title": "南部乡镇上午单子集中",
            "detail": "王村、萌水两地上午只有一名专员，路上来回一小时。",
        },
    )
    for row in sun.get(base)["obstacles"]:
        if row["state"] == "OPEN":
            claim = {"version": row["version"], "due": due, "staff": week.feng.id}
            sun.post(f"/ledger/obstacles/{row['id']}/claim", claim)
    for text, owner in (
        ("预计晚到十分钟以上的，专员出发前先给群众打电话。", "冯调度"),
        ("南部乡镇每周二、四上午增派一名专员。", "孙主任"),
    ):
        sun.post(f"{base}/decisions", {"text": text, "owner": owner, "due": due})
    sun.post(f"{base}/freeze")
    (folder / "weekly-report.pdf").write_bytes(sun.download(f"{base}/report.pdf"))
    (folder / "ledger.xlsx").write_bytes(sun.download("/ledger.xlsx"))
    found: dict[str, Any] = sun.get(base)
    week.say("周例会：困难包干到人，议定事项入册，周报定稿")
    return found
