"""A wish by telephone and what becomes of it: registered, sent for, at the door."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.delegation import services
from inspections.delegation.models import Delegation, Mandate, Step
from inspections.delegation.services import NewDelegation, StepReport
from inspections.delegation.states import SignedWay
from inspections.dispatch import services as dispatch
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.people.models import Staff
from inspections.people.selectors import actor_of_staff
from tests.inspections.dispatch.scene import Crew, at, report, sent

PLACE = (117.86, 36.81)
WISH = NewDelegation(
    phone="138 0533 1234",
    contact_name="李申请",
    applicant_name="李申请",
    items=("SBK",),
    address="周村区青年路 12 号 3 单元 201",
    longitude=PLACE[0],
    latitude=PLACE[1],
    wish="社保卡丢了，腿脚不便，想请人上门补办",
)


@dataclass
class Scene:
    """陈代办 is the one who goes; `desk` is 杜调度's."""

    crew: Crew
    delegation: Delegation
    order: DispatchOrder | None = None

    @property
    def desk(self) -> Actor:
        return self.crew.desk

    @property
    def delegate(self) -> Actor:
        return actor_of_staff(self.crew.chen)

    @property
    def applicant(self) -> Actor:
        return Actor("applicant", str(self.delegation.pk), str(self.delegation.bureau_id))

    @property
    def now(self) -> Delegation:
        """The row as it is in the database."""
        return Delegation.objects.get(pk=self.delegation.pk)

    @property
    def version(self) -> int:
        return int(self.now.version)

    @property
    def visit(self) -> Visit:
        return Visit.objects.get(pk=self.now.visit)

    @property
    def steps(self) -> list[Step]:
        return list(self.delegation.steps.all())

    def accept(self) -> None:
        services.accept(self.delegation.pk, self.version, actor=self.desk)

    def send(self, starts_at: datetime | None = None, staff: Staff | None = None) -> None:
        """The order a plan would give, accepted."""
        to = staff or self.crew.chen
        self.order = sent(self.crew, self.visit, to, starts_at or at(10))
        dispatch.accept(self.order.pk, report(self.order), actor=actor_of_staff(to))
        services.note_order(self.delegation.pk, to.pk)

    def arrive(self) -> None:
        """Out of the hall, at the door, digits compared."""
        assert self.order is not None
        me = self.delegate
        departed = dispatch.depart(self.order.pk, report(self.order), actor=me)
        services.confirm_arrival(self.delegation.pk, departed.code, actor=self.applicant)
        services.begin_handling(self.delegation.pk, actor=self.desk)

    def draft(self, *scope: str, days: int = 30) -> Mandate:
        everything = list(services.possible_scope(self.delegation))
        until = clock.now().date() + timedelta(days=days)
        return services.draft_mandate(
            self.delegation.pk, list(scope) or everything, until, actor=self.desk
        )

    def sign(self, *scope: str, days: int = 30) -> Mandate:
        mandate = self.draft(*scope, days=days)
        return services.note_mandate_signed(mandate.pk, SignedWay.SCREEN, actor=self.desk)

    def finish(self, step: Step, **changes: object) -> Step:
        return services.finish_step(
            self.delegation.pk, step.pk, told(step, **changes), actor=self.delegate
        )

    def handle(self) -> None:
        """Accepted, sent, at the door, mandate signed."""
        self.accept()
        self.send()
        self.arrive()
        self.sign()

    def finish_all(self) -> None:
        for step in self.steps:
            self.finish(step)

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.entries()]

    def entries(self, kind: str = "") -> list[JournalEntry]:
        found = journal.entries(self.delegation.stream)
        return list(found.filter(kind=kind) if kind else found)


def told(step: Step, **changes: object) -> StepReport:
    return replace(StepReport(step.version, clock.now()), **changes)  # type: ignore[arg-type]


def register(crew: Crew, **changes: object) -> Delegation:
    return services.register(replace(WISH, **changes), actor=crew.desk)  # type: ignore[arg-type]


def scene(crew: Crew, **changes: object) -> Scene:
    return Scene(crew, register(crew, **changes))


def day_after(days: int) -> date:
    return clock.now().date() + timedelta(days=days)
