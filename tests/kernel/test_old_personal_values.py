"""Personal values an earlier version kept plain are encrypted by the migration, and readable."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.processes import ROOT

# In a process and a database of its own: the tables stand as they did before.
SCRIPT = """
import json, django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from fieldsvc.kernel import clock, journal

old = [("kernel", "0002_append_only")]
MigrationExecutor(connection).migrate(old)
before = MigrationExecutor(connection).loader.project_state(old).apps
entries, secrets = (before.get_model("kernel", name) for name in ("JournalEntry", "JournalSecret"))
values = [("s1", 1, "name", "李申请"), ("s1", 2, "phone", "13800001234"), ("s2", 1, "name", "䶮某")]
for place, (stream, number, name, value) in enumerate(values):
    entry = entries.objects.create(
        stream=stream, number=number, kind="test.told", at=clock.now(), body=b"{}",
        prev="0" * 64, digest=str(place) * 64,
    )
    secrets.objects.create(entry=entry, name=name, salt="ab" * 16, value=value)
MigrationExecutor(connection).migrate([("kernel", "0004_no_plain_values")])
found = [
    [one.salt, one.value]
    for entry in journal.JournalEntry.objects.order_by("id")
    for one in journal.disclose(entry).values()
]
boxes = b"".join(bytes(one.sealed) for one in journal.JournalSecret.objects.all())
print(json.dumps({"found": found, "keys": journal.personal.StreamKey.objects.count(),
                  "plain": "13800001234".encode() in boxes}))
"""


def test_old_rows_are_encrypted_under_a_key_of_their_stream_and_still_read(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "fieldsvc.settings",
        "VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "found": [["ab" * 16, one] for one in ("李申请", "13800001234", "䶮某")],
        "keys": 2,
        "plain": False,
    }
