"""The applicant's side: rate once, by one's own link."""

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fieldsvc.kernel.answers import Word, words
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor
from inspections.aftercare import selectors, services
from inspections.aftercare.api.schemas import Strict
from inspections.aftercare.services import NewRating
from inspections.aftercare.states import Grade, Tag
from inspections.people.auth import applicant_auth
from inspections.people.selectors import actor_of

router = Router(tags=["aftercare"], auth=applicant_auth)


class GradeOut(Schema):
    grade: int
    label: str
    tags: list[Word]


class BureauOut(Schema):
    name: str
    phone: str


class RatingAsk(Schema):
    """`may_rate` is true between the end of the service and the one rating."""

    subject_kind: str
    subject_label: str
    number: str
    items: list[str]
    bureau: BureauOut
    finished: bool
    given: bool
    may_rate: bool
    promise: str
    grades: list[GradeOut]


class RatingIn(Strict):
    grade: Grade
    tags: list[Tag] = Field(default_factory=list, max_length=14)
    text: str = Field(default="", max_length=500)


PROMISE = "您的评价直接交给本局负责人，为您服务的人员看不到，也不知道您评没评。"


@router.get("/join/rating", response=RatingAsk)
def asked(request: HttpRequest) -> RatingAsk:
    return _ask(actor_of(request))


@router.post("/join/rating", response=RatingAsk)
@idempotent
def rate(request: HttpRequest, body: RatingIn) -> RatingAsk:
    actor = actor_of(request)
    services.give_rating(NewRating(body.grade, body.tags, body.text), actor=actor)
    return _ask(actor)


def _ask(actor: Actor) -> RatingAsk:
    """Never the grade itself: the phone may by now be in somebody else's hand."""
    subject = selectors.own_subject(actor)
    given = selectors.rating_of(subject.kind, subject.id) is not None
    finished = subject.finished_at is not None
    return RatingAsk(
        subject_kind=subject.kind.value,
        subject_label=subject.kind.label,
        number=subject.number,
        items=list(subject.items),
        bureau=BureauOut(name=subject.bureau.name, phone=subject.bureau.phone),
        finished=finished,
        given=given,
        may_rate=finished and not given,
        promise=PROMISE,
        grades=[
            GradeOut(
                grade=grade.value,
                label=grade.label,
                tags=words(grade.tags),
            )
            for grade in sorted(Grade, reverse=True)
        ],
    )
