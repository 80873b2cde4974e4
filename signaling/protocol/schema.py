"""Typed dataclasses as the schema of messages: how a field is described, checked and written."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Final,
    Literal,
    NoReturn,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

JSONValue: TypeAlias = "str | int | float | bool | list[JSONValue] | dict[str, JSONValue] | None"
T = TypeVar("T")
Name: TypeAlias = str
"""An id that one side made up: 1 to 64 letters, digits, `-` and `_`."""

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a field means and within what it must lie: characters of text, value of a number."""

    doc: str
    at_most: float | None = None
    at_least: float | None = None
    name: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """One field, taken apart: its bare type, whether null and absence are allowed, its rule."""

    name: str
    kind: object
    nullable: bool
    optional: bool
    rule: Rule


class MessageRefused(Exception):
    """A message cannot be used; `code` is one of codes.ERRORS."""

    def __init__(self, code: str, *, field: str | None = None, reply_to: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.reply_to = reply_to


@cache
def shapes(cls: type) -> tuple[Shape, ...]:
    """The fields of a message or of a part of one, in order."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(_shape(field, hints[field.name]) for field in fields(cls))


def _shape(field: Field[object], hint: object) -> Shape:
    rule = Rule("")
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        rule = next((extra for extra in extras if isinstance(extra, Rule)), rule)
    nullable = False
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        nullable = len(kinds) < len(get_args(hint))
        (hint,) = kinds
    optional = field.default is not MISSING or field.default_factory is not MISSING
    return Shape(field.name, hint, nullable, optional, rule)


def read(text: str) -> dict[str, JSONValue]:
    """Parse one message to an object; refuses with `message_invalid`."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MessageRefused("message_invalid", field="") from None
    if not isinstance(value, dict):
        raise MessageRefused("message_invalid", field="")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def build(cls: Callable[..., T], data: dict[str, JSONValue]) -> T:
    """Make the dataclass from untrusted data; unknown fields are left out.

    Refuses with `message_invalid`, naming the first field that is missing or wrong.
    """
    values: dict[str, JSONValue] = {}
    for shape in shapes(cls):
        if shape.name not in data:
            if not shape.optional:
                raise MessageRefused("message_invalid", field=shape.name)
            continue
        value = data[shape.name]
        if not (value is None and shape.nullable) and not _fits(shape, value):
            raise MessageRefused("message_invalid", field=shape.name)
        values[shape.name] = value
    return cls(**values)


def _fits(shape: Shape, value: JSONValue) -> bool:
    kind = shape.kind
    if get_origin(kind) is Literal:
        return any(value == item and type(value) is type(item) for item in get_args(kind))
    if kind is bool:
        return isinstance(value, bool)
    if kind in (int, float):
        return _number_fits(shape, value)
    return isinstance(value, str) and _text_fits(shape.rule, value)


def _number_fits(shape: Shape, value: JSONValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if shape.kind is int and not isinstance(value, int):
        return False
    low, high = shape.rule.at_least, shape.rule.at_most
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return (low is None or value >= low) and (high is None or value <= high)


def _text_fits(rule: Rule, value: str) -> bool:
    if rule.name:
        return _NAME.fullmatch(value) is not None
    if rule.at_most is not None and len(value) > rule.at_most:
        return False
    if rule.at_least is not None and len(value.strip()) < rule.at_least:
        return False
    # A NUL cannot be stored by PostgreSQL and half a surrogate pair cannot be written as UTF-8.
    return "\0" not in value and not any(0xD800 <= ord(c) <= 0xDFFF for c in value)


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def plain(value: object) -> JSONValue:
    """A dataclass, or anything made of them, as JSON values."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _names(type(value))}
    raise TypeError(f"{type(value).__qualname__} does not belong into a message")
