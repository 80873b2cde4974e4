"""The applicant's steps before the call: pre-survey, consent, place, ticket."""

from dataclasses import dataclass

from django.db import transaction

from fieldsvc.kernel import clock, hashing, journal
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.journal import Actor
from inspections.catalog import selectors as catalog
from inspections.inspection import policies, selectors
from inspections.inspection.errors import (
    ConsentAnswered,
    ConsentNeeded,
    ConsentTextChanged,
    InspectionOver,
    ItemUnknown,
    PreSurveyClosed,
    TooEarly,
)
from inspections.inspection.models import Consent, Inspection, PlaceReport, PreSurveyItem
from inspections.inspection.services.common import facts, locked, room_of
from inspections.inspection.states import InspectionState, SelfResult
from signaling import rooms


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """`device` is the user agent; only its digest is kept."""

    accepted: bool
    text_sha256: str
    location_accepted: bool
    device: str


@dataclass(frozen=True, slots=True)
class Place:
    """WGS-84 degrees and metres; no numbers when the phone's owner did not allow it."""

    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    denied: bool


def save_pre_survey_item(
    inspection: Inspection, item: str, self_result: SelfResult | None, note: str, *, actor: Actor
) -> PreSurveyItem:
    """Keep what the applicant says of one item; journals `pre_survey.item_saved`.

    Refuses with `item_unknown`, `pre_survey_closed` once submitted, `inspection_over`.
    """
    with transaction.atomic():
        inspection = _still_scheduled(inspection)
        if item not in {one.code for one in selectors.template_of(inspection).items}:
            raise ItemUnknown({"item": item})
        if inspection.pre_survey.submitted_at is not None:
            raise PreSurveyClosed
        row, _ = PreSurveyItem.objects.update_or_create(
            pre_survey=inspection.pre_survey,
            item=item,
            defaults={"self_result": self_result.value if self_result else "", "note": note},
        )
        journal.append(
            inspection.stream,
            "pre_survey.item_saved",
            actor=actor,
            data=facts(inspection, item=item, self_result=row.self_result),
            private={"note": note} if note else None,
        )
        return row


def submit_pre_survey(inspection: Inspection, *, actor: Actor) -> None:
    """Hand the pre-survey in; journals `pre_survey.submitted`. A second time changes nothing."""
    with transaction.atomic():
        inspection = _still_scheduled(inspection)
        if inspection.pre_survey.submitted_at is not None:
            return
        inspection.pre_survey.submitted_at = clock.now()
        inspection.pre_survey.save(update_fields=["submitted_at"])
        answered = inspection.pre_survey.items.exclude(self_result="").count()
        journal.append(
            inspection.stream,
            "pre_survey.submitted",
            actor=actor,
            data=facts(inspection, answered=answered),
        )


def answer_consent(inspection: Inspection, answer: ConsentAnswer, *, actor: Actor) -> Consent:
    """Keep the one answer to the recording; journals `consent.accepted` or `consent.refused`.

    A refusal leads on to an on-site inspection (a subscriber does that). Refuses with
    `consent_text_changed`, `consent_answered`, `inspection_over`. 个人信息保护法 art. 14 and 29.
    """
    text = catalog.current_consent()
    with transaction.atomic():
        inspection = _still_open(inspection)
        if getattr(inspection, "consent", None) is not None:
            if inspection.consent.accepted == answer.accepted:
                return inspection.consent
            raise ConsentAnswered
        if answer.text_sha256 != text.sha256:
            raise ConsentTextChanged({"sha256": text.sha256})
        consent = Consent.objects.create(
            inspection=inspection,
            text_version=text.version,
            text_sha256=text.sha256,
            accepted=answer.accepted,
            location_accepted=answer.accepted and answer.location_accepted,
            device_digest=hashing.sha256_hex(answer.device.encode()),
            answered_at=clock.now(),
        )
        journal.append(
            inspection.stream,
            "consent.accepted" if consent.accepted else "consent.refused",
            actor=actor,
            data=facts(
                inspection,
                text_version=consent.text_version,
                text_sha256=consent.text_sha256,
                location_accepted=consent.location_accepted,
                device_sha256=consent.device_digest,
            ),
        )
        return consent


def report_place(inspection: Inspection, place: Place, *, actor: Actor) -> PlaceReport:
    """Keep where the phone is, or that its owner did not allow it; journals `place.reported`.

    Refuses with `consent_needed`, `inspection_over`, and `not_allowed` for coordinates without the
    separate consent to them.
    """
    with transaction.atomic():
        inspection = _still_open(inspection)
        consent = _accepted_consent(inspection)
        if not place.denied and not consent.location_accepted:
            raise NotAllowed
        said = None if place.denied else place
        row = PlaceReport.objects.create(
            inspection=inspection,
            longitude=said.longitude if said else None,
            latitude=said.latitude if said else None,
            accuracy_m=said.accuracy_m if said else None,
            denied=place.denied,
            reported_at=clock.now(),
        )
        where = f"{row.longitude},{row.latitude},{row.accuracy_m}"
        journal.append(
            inspection.stream,
            "place.reported",
            actor=actor,
            data=facts(inspection, denied=row.denied, coordinate_system="WGS84"),
            private=None if row.denied else {"place": where},
        )
        return row


def applicant_ticket(inspection: Inspection, *, holder: str = "") -> str:
    """A ticket for the room; refuses with `consent_needed`, `too_early`, `inspection_over`.

    `holder` is the id of the applicant's session: when that ends, the seat is lost.
    """
    over = {InspectionState.SEALED.value, InspectionState.TRANSFERRED.value}
    if inspection.state in over or inspection.record_issued_at:
        raise InspectionOver
    _accepted_consent(inspection)
    opens = selectors.opens_at(inspection)
    if clock.now() < opens:
        raise TooEarly({"room_opens_at": clock.iso(opens)})
    return _ticket(inspection, str(inspection.case_id), holder)


def inspector_ticket(inspection: Inspection, *, actor: Actor) -> str:
    """A ticket for an assigned inspector; refuses with `not_allowed`, `inspection_over`."""
    refusal = policies.may_enter(actor, inspection)
    if refusal is not None:
        raise refusal
    return _ticket(inspection, actor.id)


def _ticket(inspection: Inspection, subject: str, holder: str = "") -> str:
    return rooms.issue_ticket(room_of(inspection).members.get(subject=subject), holder=holder)


def _accepted_consent(inspection: Inspection) -> Consent:
    consent: Consent | None = getattr(inspection, "consent", None)
    if consent is None or not consent.accepted:
        raise ConsentNeeded
    return consent


def _still_open(inspection: Inspection) -> Inspection:
    row = locked(inspection.pk)
    if row.state not in policies.OPEN_STATES:
        raise InspectionOver
    return row


def _still_scheduled(inspection: Inspection) -> Inspection:
    row = locked(inspection.pk)
    if row.state != InspectionState.SCHEDULED.value:
        raise InspectionOver
    return row
