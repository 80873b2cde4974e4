"""Log lines: a static message and fields. JSON for machines, plain for a terminal.

A traceback is written as places and the exception's type; its text is left out, because it may
quote a name, a phone number or a token.
"""

import json
import logging
import traceback
from datetime import UTC, datetime

_DJANGO = ("django", "django.server")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """What the caller gave as `extra`."""
    return {
        key: value
        for key, value in vars(record).items()
        if key not in _STANDARD and isinstance(value, str | int | float | bool | None)
    }


def trace_of(record: logging.LogRecord) -> list[str]:
    """Where it happened and what kind of error it was, one place a line, without its text."""
    if not record.exc_info or record.exc_info[1] is None:
        return []
    error: BaseException | None = record.exc_info[1]
    lines: list[str] = []
    while error is not None:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        lines.extend(
            f"  {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **fields_of(record),
        }
        if trace := trace_of(record):
            line["trace"] = trace
        return json.dumps(line, ensure_ascii=False, default=str)


class Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        fields = " ".join(f"{key}={value}" for key, value in fields_of(record).items())
        head = f"{at} {record.levelname:<7} {record.name}: {record.getMessage()} {fields}".rstrip()
        return "\n".join([head, *trace_of(record)])


_QUIET = {"celery": "WARNING", "kombu": "ERROR", "aioice": "WARNING", "daphne": "WARNING"}


def configuration(*, level: str, json_lines: bool) -> dict[str, object]:
    """The LOGGING setting: everything to stderr, through one formatter, at `level`."""
    formatter = f"{__name__}.{JsonLines.__name__ if json_lines else Plain.__name__}"
    return {
        "version": 1,
        # True would mute daphne's report of a crashed consumer.
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own handlers would write each line a second time, with the error's text.
        "loggers": {
            **{name: {"handlers": [], "propagate": True} for name in _DJANGO},
            # A line per task and per candidate check says nothing that the rows do not say.
            **({} if level == "DEBUG" else {n: {"level": quiet} for n, quiet in _QUIET.items()}),
        },
    }
