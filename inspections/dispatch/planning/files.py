"""From a day's file to its plan's file: what `manage.py plan_day` and `python -m` both do."""

import argparse
import json
from pathlib import Path

from inspections.dispatch.planning.faults import PlanningFault
from inspections.dispatch.planning.reading import plan_as_json, read_day
from inspections.dispatch.planning.solving import DEFAULT_LEVEL, solve

HELP = "读入一天的人员和上门(格式见 tests/data/dispatch/README.md),写出排班结果;不用数据库。"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("day", type=Path, help="当天的人员、上门和路程(JSON)")
    parser.add_argument("--out", type=Path, required=True, help="排班结果写到这个文件")
    parser.add_argument(
        "--level", type=int, choices=range(6), default=DEFAULT_LEVEL, help="搜索深度,默认 3"
    )


def plan_file(source: Path, target: Path, level: int) -> str:
    """Write the plan and say in one line what it is.

    Refuses: PlanningFault when the day cannot be read or planned, or the plan not be written; then
    `target` is left as it was.
    """
    try:
        given: object = json.loads(source.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise PlanningFault(f"读不出 {source}:{error}") from error
    file = read_day(given)
    result = solve(file.day, level)
    text = json.dumps(plan_as_json(file, result), ensure_ascii=False, indent=1)
    try:
        target.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise PlanningFault(f"写不了 {target}:{error}") from error
    return (
        f"排入 {len(result.assignments)} 次,未排 {len(result.unplaced)} 次,"
        f"路上 {result.travel_s / 3600:.2f} 小时,用时 {result.seconds:.2f} 秒"
    )
