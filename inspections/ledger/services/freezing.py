"""Freezing a week: from then on the report says what it says."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.db import IntegrityError, transaction

from fieldsvc.kernel import blobs, clock, ids, journal
from fieldsvc.kernel.journal import Actor
from inspections.ledger import content as contents
from inspections.ledger import policies, selectors, typesetting
from inspections.ledger.errors import NotAMonday, WeekFrozen, WeekNotOver
from inspections.ledger.models import WeeklyReport
from inspections.ledger.rules import is_monday
from inspections.ledger.rules.shapes import WeekContent
from inspections.ledger.services.meeting import gather
from inspections.people.models import Bureau
from inspections.people.selectors import get_bureau, get_staff
from inspections.reports import typesetting as papers


@dataclass(frozen=True, slots=True)
class _Frozen:
    content: WeekContent
    content_key: str
    content_sha256: str
    heads_key: str
    pdf_key: str
    pdf_sha256: str
    at: datetime


def freeze(monday: date, *, actor: Actor) -> WeeklyReport:
    """Freeze the report of the week that begins on `monday` and set it in type, once.

    Refuses: `not_allowed` (heads only), `not_a_monday`, `week_not_over`, `week_frozen`,
    `glyph_missing`. Journal on `bureau:<id>`: `weekly_report.frozen` with all digests.
    """
    refusal = policies.may_decide(actor)
    if refusal is not None:
        raise refusal
    if not is_monday(monday):
        raise NotAMonday({"monday": "不是星期一"})
    at = clock.now()
    if not selectors.is_over(monday, at):
        raise WeekNotOver
    if selectors.report_of(actor.scope, monday) is not None:
        raise WeekFrozen
    bureau = get_bureau(actor.scope)
    gather(bureau.pk, monday)
    frozen = _set(bureau, monday, at)
    try:
        with transaction.atomic():
            return _store(bureau.pk, monday, frozen, actor)
    except IntegrityError:
        if selectors.report_of(actor.scope, monday) is None:
            raise
    raise WeekFrozen


def content_of(report: WeeklyReport) -> WeekContent:
    """The frozen content as stored."""
    with blobs.store().open(report.content_key) as file:
        return cast("WeekContent", json.loads(file.read()))


def preview(bureau: Bureau, monday: date) -> WeekContent:
    """What the report would say if it were frozen now."""
    return contents.gather(bureau, monday, clock.now(), contents.heads_of(bureau.pk))


def pdf_of(report: WeeklyReport) -> bytes:
    with blobs.store().open(report.pdf_key) as file:
        return file.read()


def set_again(report: WeeklyReport) -> bytes:
    """The PDF from the stored content alone, for whoever doubts the stored one."""
    with blobs.store().open(report.heads_key) as file:
        heads = file.read()
    return papers.pdf(typesetting.paper_of(content_of(report), heads, report.frozen_at))


def _set(bureau: Bureau, monday: date, at: datetime) -> _Frozen:
    heads = contents.heads_of(bureau.pk)
    content = contents.gather(bureau, monday, at, heads)
    listed = typesetting.heads_bytes(heads)
    store = blobs.store()
    body = store.put(typesetting.content_bytes(content), media_type="application/json")
    pdf = store.put(
        papers.pdf(typesetting.paper_of(content, listed, at)), media_type="application/pdf"
    )
    return _Frozen(
        content=content,
        content_key=body.key,
        content_sha256=body.sha256,
        heads_key=store.put(listed, media_type="application/json").key,
        pdf_key=pdf.key,
        pdf_sha256=pdf.sha256,
        at=at,
    )


def _store(bureau_id: UUID, monday: date, frozen: _Frozen, actor: Actor) -> WeeklyReport:
    report = WeeklyReport.objects.create(
        id=ids.new(),
        bureau_id=bureau_id,
        monday=monday,
        content_key=frozen.content_key,
        content_sha256=frozen.content_sha256,
        heads_key=frozen.heads_key,
        head=frozen.content["head"],
        pdf_key=frozen.pdf_key,
        pdf_sha256=frozen.pdf_sha256,
        frozen_at=frozen.at,
        frozen_by=get_staff(actor),
    )
    journal.append(
        f"bureau:{bureau_id}",
        "weekly_report.frozen",
        actor=actor,
        data={
            "report": str(report.pk),
            "week": monday.isoformat(),
            "content_sha256": report.content_sha256,
            "pdf_sha256": report.pdf_sha256,
            "head": report.head,
            "streams": frozen.content["streams"],
        },
    )
    return report
