"""Rating a service once, and what a bad grade starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from fieldsvc.kernel import clock, ids, journal
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.aftercare import selectors
from inspections.aftercare.errors import RatingGiven, RatingNotYet
from inspections.aftercare.models import Rating
from inspections.aftercare.selectors import Subject
from inspections.aftercare.services.follow_ups import queue_call
from inspections.aftercare.services.remedies import open_remedy
from inspections.aftercare.states import Cause, Grade, Tag


@dataclass(frozen=True, slots=True)
class NewRating:
    grade: Grade
    tags: Sequence[Tag] = ()
    text: str = ""


def give_rating(new: NewRating, *, actor: Actor) -> Rating:
    """Rate the finished service of this applicant's link, once (好差评: 一次一评).

    A bad grade opens a remedy for somebody who took no part, and queues a call, in the same
    transaction. Refuses: `not_found`, `rating_not_yet` (not finished), `rating_given`, `invalid`
    (a tag that does not belong to the grade). Journal: `rating.received` (the text is private),
    `remedy.opened`, `follow_up.opened`, all on a stream that no reader of the service sees.
    """
    subject = selectors.own_subject(actor)
    if subject.finished_at is None:
        raise RatingNotYet
    if not set(new.tags) <= set(new.grade.tags):
        raise Invalid({"tags": "这个标签与所选的等次不符"})
    if selectors.rating_of(subject.kind, subject.id) is not None:
        raise RatingGiven
    try:
        with transaction.atomic():
            return _store(new, subject, actor)
    except IntegrityError:
        # Two taps at once: the database let one through.
        if selectors.rating_of(subject.kind, subject.id) is None:
            raise
    raise RatingGiven


def _store(new: NewRating, subject: Subject, actor: Actor) -> Rating:
    rating = Rating.objects.create(
        id=ids.new(),
        bureau=subject.bureau,
        subject_kind=subject.kind.value,
        subject=subject.id,
        number=subject.number,
        grade=new.grade.value,
        tags=[tag.value for tag in dict.fromkeys(new.tags)],
        text=new.text,
        at=clock.now(),
    )
    rating.rated.set(subject.rated)
    data: dict[str, JSONValue] = {
        "rating": str(rating.pk),
        "subject_kind": subject.kind.value,
        "subject": str(subject.id),
        "grade": rating.grade,
        "tags": rating.tags,
    }
    private = {"text": new.text} if new.text else {}
    journal.append(rating.stream, "rating.received", actor=actor, data=data, private=private)
    if new.grade.is_bad:
        open_remedy(rating)
        queue_call(subject, [Cause.BAD_RATING])
    return rating
