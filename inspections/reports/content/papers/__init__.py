"""What the papers of a delegation say; each is composed of finished texts from its sources."""

from collections.abc import Callable

from inspections.reports.content.papers.gathering import sources_of
from inspections.reports.content.papers.handing_over import hand_over
from inspections.reports.content.papers.mandates import mandate
from inspections.reports.content.papers.opening import acceptance, registration
from inspections.reports.content.papers.sources import ENTRUSTING, ItemFacts, Sources, signers_of
from inspections.reports.content.papers.statements import statement
from inspections.reports.shapes import PaperContent
from inspections.reports.states import PaperKind

_COMPOSERS: dict[PaperKind, Callable[[Sources], PaperContent]] = {
    PaperKind.REGISTRATION: registration,
    PaperKind.ACCEPTANCE: acceptance,
    PaperKind.MANDATE: mandate,
    PaperKind.RESUMPTION: mandate,
    PaperKind.SUSPENSION: statement,
    PaperKind.COMPLETION: statement,
    PaperKind.TERMINATION: statement,
    PaperKind.HAND_OVER: hand_over,
}


def compose(sources: Sources) -> PaperContent:
    """The whole content of the paper, ready to be frozen."""
    return _COMPOSERS[sources.kind](sources)


__all__ = [
    "ENTRUSTING",
    "ItemFacts",
    "Sources",
    "compose",
    "signers_of",
    "sources_of",
]
