"""Log lines carry fields, and never the text of an error."""

import json
import logging
import sys

from fieldsvc.kernel.logs import JsonLines, Plain


def record(error: BaseException | None = None, **fields: object) -> logging.LogRecord:
    logger = logging.getLogger("test")
    info = (type(error), error, error.__traceback__) if error else None
    return logger.makeRecord(
        "test", logging.WARNING, __file__, 1, "row failed", (), info, extra=fields
    )


def failure() -> BaseException:
    try:
        try:
            raise KeyError("13800001234")
        except KeyError as inner:
            raise ValueError("李申请 lives at 13800001234") from inner
    except ValueError:
        error = sys.exc_info()[1]
        assert error is not None
        return error


def test_a_json_line_holds_message_and_fields():
    line = json.loads(JsonLines().format(record(row=7, code="stale_version")))
    assert line["message"] == "row failed"
    assert (line["row"], line["code"], line["level"]) == (7, "stale_version", "WARNING")
    assert "trace" not in line


def test_both_forms_show_where_an_error_was_and_not_what_it_said():
    for formatter in (JsonLines(), Plain()):
        text = formatter.format(record(failure()))
        assert "builtins.ValueError" in text
        assert "builtins.KeyError" in text
        assert "test_logs.py" in text
        assert "13800001234" not in text
        assert "李申请" not in text


def test_a_field_that_is_no_plain_value_is_left_out():
    assert "object at" not in JsonLines().format(record(thing=object()))


def test_a_line_break_in_a_field_does_not_start_a_second_json_line():
    assert "\n" not in JsonLines().format(record(code="a\nb"))
