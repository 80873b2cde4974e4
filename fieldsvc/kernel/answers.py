"""A word as answers tell it: the code programs compare and the label people read."""

from collections.abc import Iterable

from ninja import Schema

from fieldsvc.kernel.labels import Labelled


class Word(Schema):
    code: str
    label: str


def words(known: Iterable[Labelled]) -> list[Word]:
    return [Word(code=one.value, label=one.label) for one in known]
