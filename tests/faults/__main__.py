"""`make faults`: kills, cuts, floods and bad lines, and what was lost.

`python -m tests.faults [--only R4 --only R12] [--kills 20] [--idle 600]` takes as much as the
promises say; without the last two it is 5 kills and 2 idle minutes. `--seconds 10`, `--rounds 10`
and `--calls 3` make the others smaller, too. It says what it begins with, prints one JSON row as
each figure is taken, a table at the end, and writes var/faults/faults.json, whole after each
experiment; exit status 1 when a row is not met. What could not be taken, or not within `--patience`
seconds, is a row that is not met and says why.
"""

import argparse
import asyncio
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.faults import (
    air,
    burst,
    disk,
    engine,
    leaks,
    ordeal,
    power,
    restarts,
    shapes,
    sockets,
    weakcall,
    weakline,
)
from tests.faults.book import Book
from tests.faults.hall import Site
from tests.faults.plan import Experiment, Wish, within
from tests.faults.radio import RadioMissing, radio
from tests.support.processes import leave_on_signals
from tests.support.product import Cluster
from tests.support.rows import report

FOLDER = Path("var/faults").resolve()
# Deliveries are tried again within seconds, so that a run does not take hours.
# The later calls' slots lie ahead, and their rooms must be open, too.
QUICK = {
    "RESULT_SCHEDULE": ",".join(["2"] * 30),
    "INSPECTION_ROOM_OPENS_MINUTES": "20000",
    "METRICS_TOKEN": sockets.METRICS_TOKEN,
}
EXPERIMENTS = (
    Experiment(("R3",), alone=power.lost),
    Experiment(("R11",), alone=burst.nothing_lost),
    Experiment(("R13",), alone=disk.rows),
    Experiment(("R14",), alone=shapes.turned),
    Experiment(("R15",), alone=shapes.in_step),
    Experiment(("R16",), alone=shapes.out_of_time),
    Experiment(("R17",), alone=engine.responsive),
    Experiment(("S4",), alone=engine.raced),
    Experiment(("W1", "W2"), alone=weakline.led),
    Experiment(("R4", "R5", "R6", "R7"), on_product=air.bad_air),
    Experiment(("W3",), on_product=weakcall.thin),
    Experiment(("R18",), on_product=leaks.none),
    Experiment(("R10",), on_product=sockets.idle),
    Experiment(("S3",), on_product=sockets.flooded),
    Experiment(("R12",), on_product=sockets.bounded),
    Experiment(("R8",), on_product=restarts.redis_away),
    Experiment(("R9",), on_product=restarts.web_restarts),
    Experiment(("R1", "R2", "R13", "R20", "R23"), on_product=ordeal.endured),
    Experiment(("R21",), on_product=ordeal.worker_killed),
)
PROMISES = sorted(
    {name for one in EXPERIMENTS for name in one.promises}, key=lambda n: (n[0], int(n[1:]))
)


def run_alone(wish: Wish, book: Book) -> None:
    for one in EXPERIMENTS:
        if one.alone is not None and wish.wants(*one.promises):
            book.begins(one)
            try:
                book.add(one.alone(wish))
            except Exception as error:  # noqa: BLE001  a figure that could not be taken is a row
                book.failed(one, error)


def run_on_product(wish: Wish, book: Book) -> None:
    """All on one product and one event loop, for its calls and sockets are used again."""
    wanted = [one for one in EXPERIMENTS if one.on_product and wish.wants(*one.promises)]
    if not wanted:
        return
    with ExitStack() as stack:
        try:
            site = _open_site(stack)
        except Exception as error:  # noqa: BLE001  a product that does not start has no figures
            for one in wanted:
                book.failed(one, error)
            return
        runner = stack.enter_context(asyncio.Runner())
        for one in wanted:
            assert one.on_product is not None
            book.begins(one)
            try:
                book.add(runner.run(within(wish.patience, one.on_product(site, wish))))
            except Exception as error:  # noqa: BLE001  a figure that could not be taken is a row
                book.failed(one, error)
        runner.run(site.hall.close())


def _open_site(stack: ExitStack) -> Site:
    """The product at an address that the phone's line reaches, or on loopback without a line."""
    line, missing = None, ""
    try:
        line = stack.enter_context(radio())
    except RadioMissing as error:
        missing = str(error)
    product = Cluster(
        FOLDER / "product", QUICK, address=line.here if line is not None else "127.0.0.1"
    )
    stack.callback(product.stop)
    product.start()
    return Site(product, line, missing)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", action="append", choices=PROMISES, default=[])
    options.add_argument("--kills", type=int, default=Wish.kills)
    options.add_argument("--seconds", type=float, default=Wish.seconds)
    options.add_argument("--idle", type=float, default=Wish.idle)
    options.add_argument("--rounds", type=int, default=Wish.rounds)
    options.add_argument("--calls", type=int, default=Wish.calls)
    options.add_argument("--patience", type=float, default=Wish.patience)
    given = options.parse_args()
    wish = Wish(
        only=frozenset(given.only),
        kills=given.kills,
        seconds=given.seconds,
        idle=given.idle,
        rounds=given.rounds,
        calls=given.calls,
        patience=given.patience,
    )
    leave_on_signals()
    shutil.rmtree(FOLDER / "product", ignore_errors=True)
    book = Book(wish, FOLDER / "faults.json")
    try:
        run_alone(wish, book)
        run_on_product(wish, book)
    finally:
        # Also of a run that is stopped: what was taken, and what was not.
        book.close(PROMISES)
    return report(book.rows, FOLDER / "faults.json")


if __name__ == "__main__":
    sys.exit(main())
