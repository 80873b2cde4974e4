"""A process with one subscriber, to be killed at a named point: `python -m tests.kernel.effects`.

effects.py FILE append          commit one fact, die before anybody is told of it
effects.py FILE die-in-handler  deliver what is due, die in the middle of it
effects.py FILE run             sweep and deliver until nothing is due
effects.py FILE write N         append N facts to the stream "shared"
"""

import os
import signal
import sys
from pathlib import Path

import django


def main(file: Path, act: str, count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
    django.setup()
    from django.db import transaction

    from fieldsvc.kernel import journal, outbox

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    @outbox.on("effect.wanted", name="test.effect", lease=0.3)
    def effect(entry: journal.JournalEntry) -> None:
        if act == "die-in-handler":
            die()
        with file.open("a") as target:
            target.write(f"{entry.number}\n")

    def append(stream: str) -> None:
        with transaction.atomic():
            journal.append(stream, "effect.wanted", actor=journal.SYSTEM, data={})

    if act == "append":
        outbox.poke_with(die)
        append("effects")
    elif act == "write":
        outbox.poke_with(None)
        for _ in range(count):
            append("shared")
    else:
        outbox.poke_with(lambda row_id, heavy: outbox.deliver(row_id) and None)
        outbox.sweep()
        outbox.drain()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
