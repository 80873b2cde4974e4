"""Typed reader of the environment: a wrong value stops the start and says how a right one looks."""

import os
import secrets
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    type: str
    default: str
    help: str


_PROJECT = Path(__file__).resolve().parents[2]
_registry: dict[str, Variable] = {}


def registry() -> list[Variable]:
    """Every variable that was read, by name."""
    return [_registry[name] for name in sorted(_registry)]


def text(name: str, default: str = "", *, help: str = "") -> str:
    return _read(Variable(name, "text", default, help))


def integer(
    name: str,
    default: int,
    *,
    at_least: int | None = None,
    at_most: int | None = None,
    help: str = "",
) -> int:
    raw = _read(Variable(name, "integer", str(default), help))
    try:
        value = int(raw)
    except ValueError:
        raise _wrong(name, raw, "is not a whole number", str(default)) from None
    if at_least is not None and value < at_least:
        raise _wrong(name, raw, f"is below {at_least}", str(max(default, at_least)))
    if at_most is not None and value > at_most:
        raise _wrong(name, raw, f"is above {at_most}", str(min(default, at_most)))
    return value


def flag(name: str, *, default: bool = False, help: str = "") -> bool:
    raw = _read(Variable(name, "true|false", str(default).lower(), help))
    known = {"true": True, "false": False}
    if raw.lower() not in known:
        raise _wrong(name, raw, "is neither true nor false", "true")
    return known[raw.lower()]


def choice(name: str, allowed: Iterable[str], default: str, *, help: str = "") -> str:
    names = list(allowed)
    raw = _read(Variable(name, "|".join(names), default, help))
    if raw not in names:
        raise _wrong(name, raw, f"is not one of {', '.join(names)}", default)
    return raw


def items(name: str, default: str = "", *, help: str = "") -> list[str]:
    """A list separated by commas; blanks around the parts do not count."""
    raw = _read(Variable(name, "list", default, help))
    return [part.strip() for part in raw.split(",") if part.strip()]


def pairs(name: str, *, help: str = "") -> dict[str, str]:
    """`name=value` pairs separated by commas, in their order; a name may stand once only."""
    found: dict[str, str] = {}
    for part in items(name, help=help):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise _wrong(name, part, "is no name=value pair", "first=…,second=…")
        if key in found:
            raise _wrong(name, key, "stands there twice", "first=…,second=…")
        found[key] = value
    return found


def path(name: str, default: Path, *, help: str = "") -> Path:
    """An absolute path; its folder need not exist yet."""
    raw = _read(Variable(name, "path", str(default), help))
    if default.is_relative_to(_PROJECT):
        # The table is printed into the docs, where the folder of this machine has no place.
        shown = str(default.relative_to(_PROJECT))
        _registry[name] = Variable(name, "path", shown, help)
    found = Path(raw)
    if not found.is_absolute():
        raise _wrong(name, raw, "is not an absolute path", "/srv/fieldsvc/blobs")
    return found


def web_address(name: str, default: str, *, help: str = "") -> str:
    """http:// or https:// with a host; given back without a slash at its end."""
    raw = _read(Variable(name, "address", default, help))
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _wrong(name, raw, "is no web address", "https://kanyan.example")
    return raw.rstrip("/")


def secret(name: str, default: str | None = None, *, help: str = "") -> str:
    """NAME, or the content of the file NAME_FILE names; never both; without default: required."""
    _registry[name] = Variable(name, "secret", "" if default is None else "(default)", help)
    value, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value and file:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one of them.")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(
                f"{name}_FILE names a file that cannot be read ({type(error).__name__}). "
                f"Example: {name}_FILE=/run/secrets/{name.lower()}"
            ) from None
        if not value:
            raise ImproperlyConfigured(f"{name}_FILE names an empty file.")
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Example: {name}_FILE=/run/secrets/{name.lower()}"
        )
    return default


def kept_secret(file: Path) -> str:
    """A secret of this installation: made at the first start, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    value = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="ascii") as target:
        target.write(value)
    return value


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """postgresql://user:password@host:port/name?sslmode=require, in its parts."""

    name: str
    user: str
    password: str
    host: str
    port: int
    options: dict[str, str]

    def settings(self) -> dict[str, str | int]:
        """The part of Django's DATABASES entry that the address decides."""
        return {
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
        }


def database_url(name: str = "DATABASE_URL", *, help: str = "") -> DatabaseUrl | None:
    """The parts of a PostgreSQL address, or None when the variable is not set."""
    raw = secret(name, "", help=help)
    if not raw:
        return None
    example = "postgresql://fieldsvc:password@db:5432/fieldsvc"
    parts = urlsplit(raw)
    try:
        port = parts.port or 5432
    except ValueError:
        raise _hidden(name, "has a port that is not a number", example) from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise _hidden(name, "does not begin with postgresql://", example)
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise _hidden(name, "names no database", example)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return DatabaseUrl(
        name=database,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        # A socket folder cannot stand in the host part of a URL: libpq's own way is ?host=/folder.
        host=query.pop("host", "") or unquote(parts.hostname or ""),
        port=int(query.pop("port", "0")) or port,
        options=query,
    )


def _read(variable: Variable) -> str:
    _registry[variable.name] = variable
    # An empty value means "not set": compose files pass unset variables on as empty ones.
    return os.environ.get(variable.name, "").strip() or variable.default


def _wrong(name: str, raw: str, problem: str, example: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={raw!r} {problem}. Example: {name}={example}")


def _hidden(name: str, problem: str, example: str) -> ImproperlyConfigured:
    """Like `_wrong` for values that hold a password: the value itself is not repeated."""
    return ImproperlyConfigured(f"{name} {problem}. Example: {name}={example}")


def table() -> str:
    """The registry as a Markdown table for docs/operations.md."""
    lines = ["| Variable | Type | Default | Meaning |", "| --- | --- | --- | --- |"]
    for one in registry():
        kind = one.type.replace("|", "\\|")
        shown = f"`{one.default}`" if one.default else "—"
        lines.append(f"| `{one.name}` | {kind} | {shown} | {one.help} |")
    return "\n".join(lines) + "\n"


def _main() -> None:
    # Run as a module this file exists twice; the settings fill the registry of the imported one.
    import_module("fieldsvc.settings")
    sys.stdout.write(import_module("fieldsvc.kernel.env").table())


if __name__ == "__main__":
    _main()
