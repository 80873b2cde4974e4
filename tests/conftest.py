"""What every test of the repository shares: its own database file, and a flush that may flush."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as examples

from fieldsvc.kernel import append_only, clock
from tests.support import migrated

# A busy machine is no fault of the code, and a run must not differ from the one before it.
examples.register_profile(
    "everywhere", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
examples.load_profile("everywhere")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The one test that is a whole run begins first: last, it would keep one core waiting."""
    items.sort(key=lambda item: item.path.name != "test_on_postgresql.py")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A real SQLite file per run: threads and processes then meet the real locks."""
    if _on_sqlite():
        file = tmp_path_factory.mktemp("database") / "db.sqlite3"
        migrated.copy_to(file)
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The copied tables are kept; PostgreSQL makes its own."""
    return _on_sqlite()


def _on_sqlite() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_append_only_triggers() -> Iterator[None]:
    """Django empties the tables between transactional tests; that one act may pass the triggers."""
    original = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        existing = set(self.connection.introspection.table_names())
        tables = sorted(append_only.protected_tables & existing)
        for table in tables:
            append_only.lift(self.connection, table)
        try:
            original(self, sql_list)
        finally:
            for table in tables:
                append_only.install(self.connection, table)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files and keys of tests stay in folders of their own, never in those of this installation."""
    settings.BLOB_ROOT = tmp_path_factory.mktemp("blobs")
    settings.AUTHORITY_FOLDER = tmp_path_factory.mktemp("authority")


@pytest.fixture
def standing_clock() -> Iterator[clock.FixedClock]:
    """2026-11-23 09:00 in Beijing, standing still until advanced."""
    with clock.using(clock.FixedClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))) as fixed:
        assert isinstance(fixed, clock.FixedClock)
        yield fixed


@pytest.fixture
def close_connections() -> Iterator[None]:
    yield
    connections.close_all()
