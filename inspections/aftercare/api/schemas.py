"""Shapes that several of these routers share."""

from datetime import datetime

from ninja import Schema
from pydantic import ConfigDict, Field

from inspections.people.models import Staff


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=1000)


class Versioned(Strict):
    version: int = Field(ge=0)


class PersonOut(Schema):
    id: str
    name: str


class FormOut(Schema):
    """One paper of a procedure: its name, who signed it, when; both None while it is open."""

    form: str
    by: str | None
    at: datetime | None


def person(staff: Staff | None) -> PersonOut | None:
    return PersonOut(id=str(staff.pk), name=staff.name) if staff else None
