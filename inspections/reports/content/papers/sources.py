"""What a paper is written from: the rows of the moment, read once."""

from dataclasses import dataclass, field
from datetime import datetime

from inspections.delegation.models import Delegation, HandOver, Mandate, Step
from inspections.delegation.states import PersonType
from inspections.people.models import Staff
from inspections.reports import wording
from inspections.reports.shapes import MaterialLine
from inspections.reports.states import PaperKind
from inspections.signing.services import Signer
from inspections.signing.states import SignerKind


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One service item as its guide stood at registration; texts are finished."""

    code: str
    title: str
    person_type: str
    basis: str
    conditions: str
    promised: str
    statutory: str
    materials: list[MaterialLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sources:
    """`at` and `head` are time and digest of the journal entry that calls for the paper, `reason`
    is what staff or applicant gave."""

    kind: PaperKind
    edition: int
    at: datetime
    head: str
    delegation: Delegation
    items: list[ItemFacts]
    actions: dict[str, str] = field(default_factory=dict)
    mandate: Mandate | None = None
    steps: list[Step] = field(default_factory=list)
    documents: list[HandOver] = field(default_factory=list)
    reason: str = ""
    suspended_at: datetime | None = None
    resumed_at: datetime | None = None

    @property
    def serial(self) -> str:
        return f"{self.delegation.number}-{self.kind.code}{self.edition}"


ENTRUSTING = frozenset({PaperKind.MANDATE, PaperKind.RESUMPTION})


def roles_of(kind: PaperKind) -> list[tuple[SignerKind, str]]:
    """Who signs a paper of this kind, in order, and what they are called on it."""
    if kind in ENTRUSTING:
        return [(SignerKind.APPLICANT, "委托人")]
    if kind is PaperKind.HAND_OVER:
        return [(SignerKind.APPLICANT, "申请人"), (SignerKind.DELEGATE, "代办专员")]
    return []


def signers_of(sources: Sources) -> list[Signer]:
    """The same people as signers; the applicant may sign on the phone of whoever came."""
    delegation = sources.delegation
    found: list[Signer] = []
    for signer, _ in roles_of(sources.kind):
        staff = delegate_of(sources)
        if signer is SignerKind.APPLICANT:
            found.append(
                Signer(signer, str(delegation.pk), applicant_signer(delegation), is_lendable=True)
            )
        elif staff is not None:
            found.append(Signer(signer, str(staff.pk), staff.name))
    return found


def delegate_of(sources: Sources) -> Staff | None:
    """Whoever handed the documents over, else the delegate of the delegation."""
    if sources.kind is PaperKind.HAND_OVER and sources.documents:
        return sources.documents[-1].staff
    return sources.delegation.staff


def applicant_signer(delegation: Delegation) -> str:
    """A person signs in the own name; for a firm signs whoever handles it there."""
    if delegation.person_type == PersonType.FIRM.value:
        return delegation.contact_name
    return delegation.applicant_name


def person_type(delegation: Delegation) -> str:
    return PersonType(delegation.person_type).label


def dash(text: str) -> str:
    return wording.or_nothing(text)
