#!/usr/bin/env python
import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["plan_day"]:
        # From a file to a file: loading the apps would take longer than the plan itself.
        from inspections.dispatch.planning.__main__ import main as plan_day

        sys.exit(plan_day(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
