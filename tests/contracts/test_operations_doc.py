"""docs/operations.md says what is true: variables, commands, the composed proxy."""

import os
import re
import subprocess
import sys

from django.conf import settings
from django.core.management import get_commands

from fieldsvc.kernel import env
from fieldsvc.kernel.tasks import HEAVY_QUEUE
from tests.contracts.house import ROOT
from tests.support import compose
from tests.support.product import Cluster

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
VALUES = dict.fromkeys(
    (
        *("PUBLIC_URL", "POSTGRES_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY"),
        *("TURN_HOST", "TURN_SECRET", "MEDIA_ADDRESS"),
    ),
    "x",
)


def test_the_table_of_variables_is_the_one_the_settings_print():
    names = {variable.name for variable in env.registry()}
    clean = {name: value for name, value in os.environ.items() if name not in names}
    printed = subprocess.run(
        [sys.executable, "-m", "fieldsvc.kernel.env"],
        cwd=ROOT,
        # With Redis, so that what only matters there is in the table, too.
        env=clean | {"BROKER_URL": "redis://redis:6379/1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.strip() in TEXT


def test_every_management_command_named_exists():
    named = set(re.findall(r"manage\.py (\w+)", TEXT))
    assert named
    assert named <= set(get_commands())


def test_every_composed_variable_is_one_the_settings_read():
    names = {variable.name for variable in env.registry()} | {"TASK_VISIBILITY_SECONDS"}
    names |= {"PYTHONMALLOC", "GLIBC_TUNABLES"}  # the interpreter and libc read these
    for service in compose.services(VALUES, ("prepare", *Cluster.PROCESSES)):
        read = {name.removesuffix("_FILE") for name in service.environment}
        assert read <= names, service.name


def test_every_queue_has_its_one_kind_of_worker():
    # A transcoding takes minutes: beside four of them no message and no record would go out.
    workers = [one.command for one in compose.services(VALUES, ("worker", "worker-heavy"))]
    queues = [words[words.index("--queues") + 1] for words in workers]
    assert queues == [settings.CELERY_TASK_DEFAULT_QUEUE, HEAVY_QUEUE]


def test_the_client_address_is_believed_only_behind_nginx():
    (web,) = compose.services(VALUES, ("web",))
    assert web.environment["TRUSTED_PROXIES"] == "1"
    # daphne would believe the leftmost entry, which anybody may write.
    assert "--proxy-headers" not in web.command
    document = (ROOT / "docker-compose.yml").read_text("utf-8")
    section = document.split("\n  web:\n")[1].split("\n  media:\n")[0]
    assert "ports:" not in section
    assert "proxy_set_header X-Forwarded-For $$remote_addr;" in document
