"""`python -m inspections.dispatch.planning DAY.json --out PLAN.json`: plan_day without Django."""

import argparse
import sys
from collections.abc import Sequence

from inspections.dispatch.planning.faults import PlanningFault
from inspections.dispatch.planning.files import HELP, add_arguments, plan_file


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="plan_day", description=HELP)
    add_arguments(parser)
    given = parser.parse_args(words)
    try:
        said = plan_file(given.day, given.out, given.level)
    except PlanningFault as fault:
        sys.stderr.write(f"没有排班:{fault}\n")
        return 2
    sys.stdout.write(said + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
