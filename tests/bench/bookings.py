"""R19: many takers for one slot, round after round, on threads with connections of their own.

`python -m tests.bench.bookings [--takers 200] [--rounds 20]` on the database of DATABASE_URL (or
SQLite in a temporary folder); prints one JSON line and exits 1 when a promise was broken.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import django


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--takers", type=int, default=200)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--threads", type=int, default=40)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fieldsvc-bench-") as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
        os.environ["VAR_DIR"] = folder
        django.setup()
        report = run(given.takers, given.rounds, given.threads)
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    return 0 if report["kept"] else 1


def run(takers: int, rounds: int, threads: int) -> dict[str, object]:
    from django.core.management import call_command
    from django.db import connection

    from tests.inspections.bookings.scene import first_slot, new_case
    from tests.inspections.cast import gather

    call_command("migrate", verbosity=0)
    cast = gather()
    cases = [new_case(cast, f"KY-{number:05d}") for number in range(takers + rounds)]
    outcomes: Counter[str] = Counter()
    kept = True
    began = time.monotonic()
    for _ in range(rounds):
        slot = first_slot(cast.bureau.pk)
        with ThreadPoolExecutor(threads) as pool:
            got = list(pool.map(lambda case, at=slot: take(case, at), cases[:takers]))
        winners = {case.pk for case, one in zip(cases, got, strict=False) if one == "booked"}
        cases = [case for case in cases if case.pk not in winners]
        outcomes.update(got)
        kept = kept and len(winners) == 1 and set(got) == {"booked", "slot_taken+3"}
    return {
        "id": "R19",
        "database": connection.vendor,
        "takers": takers,
        "rounds": rounds,
        "seconds": round(time.monotonic() - began, 1),
        "outcomes": dict(outcomes),
        "kept": kept and no_overlap(),
    }


def take(case, starts_at) -> str:  # type: ignore[no-untyped-def]
    from django.db import connection

    from inspections.bookings import services
    from inspections.bookings.errors import SlotTaken
    from tests.inspections.bookings.scene import applicant

    try:
        services.book(case, starts_at, actor=applicant(case))
    except SlotTaken as refusal:
        alternatives = refusal.fields["alternatives"]
        assert isinstance(alternatives, list)
        return f"slot_taken+{len(alternatives)}"
    except Exception as error:  # noqa: BLE001  any other outcome is what is counted
        return type(error).__name__
    finally:
        connection.close()
    return "booked"


def no_overlap() -> bool:
    """The history: no inspector stands in two appointments at once."""
    from inspections.bookings.models import Appointment

    busy: Counter[tuple[str, object]] = Counter()
    for row in Appointment.objects.filter(state="CONFIRMED"):
        for staff in (row.first_inspector_id, row.second_inspector_id):
            busy.update((str(staff), cell) for cell in row.slot.cells())
    return not busy or max(busy.values()) == 1


if __name__ == "__main__":
    sys.exit(main())
