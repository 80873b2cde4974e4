"""Words that programs compare and people read."""

from enum import StrEnum


class Labelled(StrEnum):
    """A StrEnum whose members are written `NAME = "NAME", "中文"`; `label` is what people read."""

    label: str

    # The default is for type checkers, to whom `State("OPEN")` is a call of this.
    def __new__(cls, value: str, label: str | None = None) -> "Labelled":
        if label is None:
            raise TypeError(f"{cls.__name__}.{value} has no label")
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
