"""A wrong value in the environment stops the start and says how a right one looks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from fieldsvc.kernel import env
from tests.support.processes import ROOT


def test_an_unset_or_empty_variable_gives_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("T_EMPTY", "")
    assert env.text("T_EMPTY", "x") == "x"
    assert env.integer("T_UNSET", 3) == 3


def test_values_are_read_in_their_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name, value in {"T_I": "7", "T_F": "true", "T_L": "a, b,,c", "T_P": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    assert env.integer("T_I", 1) == 7
    assert env.flag("T_F") is True
    assert env.items("T_L") == ["a", "b", "c"]
    assert env.path("T_P", Path("/tmp")) == tmp_path


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("seven", lambda: env.integer("T_BAD", 1)),
        ("0", lambda: env.integer("T_BAD", 5, at_least=1)),
        ("9", lambda: env.integer("T_BAD", 5, at_most=8)),
        ("yes", lambda: env.flag("T_BAD")),
        ("green", lambda: env.choice("T_BAD", ["red", "blue"], "red")),
        ("var/blobs", lambda: env.path("T_BAD", Path("/tmp"))),
        ("ftp://host", lambda: env.web_address("T_BAD", "http://localhost")),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_an_example(
    value: str, read, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("T_BAD", value)
    with pytest.raises(ImproperlyConfigured) as error:
        read()
    assert "T_BAD" in str(error.value)
    assert value in str(error.value)
    assert "Example: T_BAD=" in str(error.value)


def test_a_secret_may_come_from_a_file_and_a_missing_file_is_loud(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "key").write_text("s3cret\n")
    monkeypatch.setenv("T_SECRET_FILE", str(tmp_path / "key"))
    assert env.secret("T_SECRET") == "s3cret"
    monkeypatch.setenv("T_SECRET_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="T_SECRET_FILE"):
        env.secret("T_SECRET", "default")


def test_a_secret_without_default_is_required_and_never_given_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    with pytest.raises(ImproperlyConfigured, match="T_SECRET is not set"):
        env.secret("T_SECRET")
    monkeypatch.setenv("T_SECRET", "a")
    monkeypatch.setenv("T_SECRET_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="both set"):
        env.secret("T_SECRET")


def test_a_kept_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path):
    file = tmp_path / "var" / "secret.key"
    first = env.kept_secret(file)
    assert env.kept_secret(file) == first
    assert len(first) >= 48
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_postgresql_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("T_DB", "postgresql://us%40er:p%2Fw@db.example:6543/name?sslmode=require")
    url = env.database_url("T_DB")
    assert url is not None
    assert url.settings() == {
        "NAME": "name",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": 6543,
    }
    assert url.options == {"sslmode": "require"}


@pytest.mark.parametrize(
    "value", ["mysql://u:hunter2@h/n", "postgresql://u:hunter2@h", "postgresql://u:hunter2@h:x/n"]
)
def test_a_wrong_database_address_is_refused_without_repeating_the_password(
    value: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("T_DB", value)
    with pytest.raises(ImproperlyConfigured) as error:
        env.database_url("T_DB")
    assert "T_DB" in str(error.value)
    assert "hunter2" not in str(error.value)


def _settings(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import fieldsvc.settings as s; print(s.DATABASES, s.LOCAL_APPS)"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


PRODUCTION = {
    "FIELDSVC_MODE": "production",
    "SECRET_KEY": "k" * 40,
    "PERSONAL_KEY": "p" * 40,
    "DATABASE_URL": "postgresql://u:p@db/fieldsvc",
    "CHANNEL_REDIS_URL": "redis://redis:6379/0",
    "BROKER_URL": "redis://redis:6379/1",
    "PUBLIC_URL": "https://kanyan.example",
}


def test_production_starts_with_its_variables(tmp_path: Path):
    answer = _settings(**PRODUCTION, VAR_DIR=str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    assert "postgresql" in answer.stdout


@pytest.mark.parametrize("missing", ["SECRET_KEY", "PERSONAL_KEY", "DATABASE_URL", "BROKER_URL"])
def test_production_refuses_to_start_without(missing: str, tmp_path: Path):
    variables = {**PRODUCTION, "VAR_DIR": str(tmp_path)}
    del variables[missing]
    answer = _settings(**variables)
    assert answer.returncode != 0
    assert "ImproperlyConfigured" in answer.stderr
    assert missing in answer.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("DEBUG", "true"), ("ALLOWED_HOSTS", "*"), ("SECRET_KEY", "short"), ("BLOBS", "s3")],
)
def test_production_refuses_a_dangerous_value(name: str, value: str, tmp_path: Path):
    answer = _settings(**{**PRODUCTION, "VAR_DIR": str(tmp_path), name: value})
    assert answer.returncode != 0
    assert f"ImproperlyConfigured: {name}" in answer.stderr


def test_every_variable_is_printed_with_its_meaning_and_no_path_of_this_machine():
    answer = subprocess.run(
        [sys.executable, "-m", "fieldsvc.kernel.env"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split(" | ") for line in answer.stdout.splitlines()[2:]]
    assert len(rows) > 15
    assert all(row[-1].strip(" |") for row in rows)
    assert str(ROOT) not in answer.stdout
