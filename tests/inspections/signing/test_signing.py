"""A signature is a movement of a hand, bound to one document, given once."""

from dataclasses import replace

import pytest

from fieldsvc.kernel import blobs, journal
from fieldsvc.kernel.errors import NotAllowed, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.evidence.services import open_dossier
from inspections.signing import rules, selectors, services
from inspections.signing.errors import (
    AlreadySigned,
    DocumentChanged,
    SignatureUnknown,
    StrokesReplayed,
    StrokesUnusable,
    TooFewStrokes,
    WillMissing,
)
from inspections.signing.models import SignatureRequest
from inspections.signing.rules import Drawing, Point
from inspections.signing.services import Act, Signer
from inspections.signing.states import SignatureState, SignerKind
from tests.inspections.signing.hand import drawing

pytestmark = pytest.mark.django_db

DOCUMENT = "d" * 64
APPLICANT = Actor("applicant", "case-1", "bureau-1")
WANG = Actor("staff", "wang-1", "bureau-1")


@pytest.fixture
def requests() -> list[SignatureRequest]:
    dossier = open_dossier("云勘验", scope="bureau-1", actor=APPLICANT)
    return services.request_signatures(
        dossier,
        DOCUMENT,
        [
            Signer(SignerKind.APPLICANT, "case-1", "李申请"),
            Signer(SignerKind.INSPECTOR, "wang-1", "王勘验"),
        ],
    )


def act(seed: int = 1, **changes: object) -> Act:
    return replace(Act(DOCUMENT, drawing(seed), will=True), **changes)  # type: ignore[arg-type]


def line(points: int, step: float = 5.0, pace: float = 10.0) -> tuple[Point, ...]:
    return tuple(Point(50 + n * step, 80, n * pace, 0.5) for n in range(points))


class TestDrawing:
    @pytest.mark.parametrize(
        "strokes",
        [
            (),
            ((),),
            (line(5),),
            (line(1), line(1)),
            (line(40, step=0.1),),
        ],
    )
    def test_a_dot_or_a_tick_is_no_signature(self, strokes: tuple[tuple[Point, ...], ...]) -> None:
        assert rules.flaw_of(Drawing(strokes, 600, 240)) is not None

    def test_one_long_stroke_or_two_short_ones_are_enough(self) -> None:
        later = tuple(replace(point, t=point.t + 500) for point in line(8))
        assert rules.flaw_of(Drawing((line(30),), 600, 240)) is None
        assert rules.flaw_of(Drawing((line(8), later), 600, 240)) is None

    def test_time_must_not_run_backwards_and_ink_must_lie_on_the_pad(self) -> None:
        assert rules.flaw_of(Drawing((line(40, pace=-1),), 600, 240)) == "strokes_unusable"
        assert rules.flaw_of(Drawing((line(40, pace=0),), 600, 240)) == "strokes_unusable"
        assert rules.flaw_of(Drawing((line(40, step=50),), 600, 240)) == "strokes_unusable"

    def test_the_same_movement_elsewhere_on_the_pad_has_the_same_digest(self) -> None:
        drawn = drawing(3)
        moved = tuple(
            tuple(replace(p, x=p.x + 7, y=p.y + 3, t=p.t + 900) for p in stroke)
            for stroke in drawn.strokes
        )
        shifted = Drawing(moved, drawn.width, drawn.height)
        assert rules.trace_digest(shifted) == rules.trace_digest(drawn)
        assert rules.trace_digest(drawing(4)) != rules.trace_digest(drawn)


def test_a_signature_becomes_evidence_and_names_its_document(
    requests: list[SignatureRequest],
) -> None:
    services.complete(requests[0], act(), actor=APPLICANT)
    signed = SignatureRequest.objects.get(pk=requests[0].pk)
    assert signed.state == SignatureState.COMPLETED.value
    entry = journal.entries(signed.dossier.stream).filter(kind="signature.completed").get()
    assert entry.data["document_sha256"] == DOCUMENT
    assert signed.strokes is not None and entry.data["strokes_sha256"] == signed.strokes.sha256
    drawn = selectors.svg_of(signed)
    assert drawn is not None and drawn.startswith("<svg") and "script" not in drawn
    with blobs.store().open(signed.strokes.blob_key) as file:
        assert DOCUMENT.encode() in file.read()


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"document_sha256": "e" * 64}, DocumentChanged),
        ({"will": False}, WillMissing),
        ({"drawing": Drawing((line(3),), 600, 240)}, TooFewStrokes),
        ({"drawing": Drawing((line(40, pace=-1),), 600, 240)}, StrokesUnusable),
    ],
)
def test_a_wrong_act_is_refused_and_leaves_nothing(
    requests: list[SignatureRequest], wrong: dict[str, object], refusal: type[Refusal]
) -> None:
    before = journal.head(requests[0].dossier.stream)
    with pytest.raises(refusal):
        services.complete(requests[0], act(**wrong), actor=APPLICANT)
    assert journal.head(requests[0].dossier.stream) == before
    assert not requests[0].dossier.items.exists()


def test_nobody_signs_twice_or_with_anothers_trace(requests: list[SignatureRequest]) -> None:
    services.complete(requests[0], act(), actor=APPLICANT)
    with pytest.raises(AlreadySigned):
        services.complete(requests[0], act(2), actor=APPLICANT)
    with pytest.raises(StrokesReplayed):
        services.complete(requests[1], act(), actor=WANG)
    with pytest.raises(AlreadySigned):
        services.decline(requests[0], "改主意了", actor=APPLICANT)


def test_nobody_signs_for_another(requests: list[SignatureRequest]) -> None:
    with pytest.raises(NotAllowed):
        services.complete(requests[1], act(), actor=APPLICANT)
    for stranger in (WANG, Actor("staff", "case-1", "bureau-1"), Actor("applicant", "case-2")):
        with pytest.raises(SignatureUnknown):
            selectors.access_signature(stranger, requests[0].pk)


def test_the_applicant_may_decline_with_a_reason_that_stays_out_of_the_chain(
    requests: list[SignatureRequest],
) -> None:
    services.decline(requests[0], "对结果有意见", actor=APPLICANT)
    entry = journal.entries(requests[0].dossier.stream).filter(kind="signature.declined").get()
    assert "对结果有意见".encode() not in bytes(entry.body)
    assert journal.reveal(entry, "reason") == "对结果有意见"
    with pytest.raises(NotAllowed):
        services.decline(requests[1], "不想签", actor=WANG)


def test_everybody_is_asked_once_for_the_same_document(requests: list[SignatureRequest]) -> None:
    signers = [Signer(SignerKind.APPLICANT, "case-1", "李申请")]
    services.request_signatures(requests[0].dossier, DOCUMENT, signers)
    assert SignatureRequest.objects.count() == 2
    assert not selectors.all_answered(requests[0].dossier_id, DOCUMENT)
    assert not selectors.all_answered(requests[0].dossier_id, "f" * 64)
