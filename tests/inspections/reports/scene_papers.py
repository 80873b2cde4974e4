"""One delegation in the database, told of by journal entries, with its people."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal, outbox
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import SYSTEM, Actor, JournalEntry
from inspections.catalog.services import publish_guides
from inspections.delegation.models import Delegation, HandOver, Mandate, Step
from inspections.evidence.services import open_dossier
from inspections.people import services as people
from inspections.people.models import Staff
from inspections.people.selectors import actor_of_staff
from inspections.people.services import NewStaff
from inspections.people.states import Role
from inspections.reports.models import Paper
from inspections.reports.states import PaperKind
from tests.inspections.cast import PASSWORD, PHONE, Cast

ITEMS = ["GTSH", "CY"]


@dataclass
class Papers:
    """The slice below is played by hand here: its rows and its entries, nothing of its verbs."""

    cast: Cast
    delegate: Staff = field(init=False)
    other: Staff = field(init=False)
    delegation: Delegation = field(init=False)

    def __post_init__(self) -> None:
        publish_guides()
        self.delegate = self._hire("zhou", "周代办", "0306-D1", Role.DELEGATE)
        self.other = self._hire("wu", "吴代办", "0306-D2", Role.DELEGATE)

    @property
    def field_actor(self) -> Actor:
        return actor_of_staff(self.delegate)

    @property
    def applicant(self) -> Actor:
        return Actor("applicant", str(self.delegation.pk), str(self.cast.bureau.pk))

    def register(self, **changes: object) -> JournalEntry:
        owner = ids.new()
        dossier = open_dossier(
            "全代办 DB-2026-000001",
            scope=str(self.cast.bureau.pk),
            actor=SYSTEM,
            subject=owner,
            stream=f"delegation:{owner}",
        )
        values: dict[str, object] = {
            "id": owner,
            "bureau": self.cast.bureau,
            "dossier": dossier,
            "number": "DB-2026-000001",
            "channel": "HOTLINE",
            "person_type": "PERSON",
            "applicant_name": "李申请",
            "contact_name": "李申请",
            "phone": PHONE,
            "items": ITEMS,
            "address": "周村区大街 12 号",
            "registered_at": clock.now(),
            "callback_due_at": clock.now() + timedelta(minutes=30),
            "due_at": clock.now() + timedelta(days=8),
            "calendar_version": "2026-1",
            "staff": self.delegate,
            **changes,
        }
        self.delegation = Delegation.objects.create(**values)
        return self.tell("delegation.registered")

    def tell(self, kind: str, /, reason: str = "", **data: JSONValue) -> JournalEntry:
        with transaction.atomic():
            return journal.append(
                self.delegation.stream,
                kind,
                actor=Actor("system", "system", str(self.cast.bureau.pk)),
                data={
                    "delegation": str(self.delegation.pk),
                    "number": self.delegation.number,
                    **data,
                },
                private={"reason": reason} if reason else None,
            )

    def draft(self, **data: JSONValue) -> Mandate:
        mandate = Mandate.objects.create(
            delegation=self.delegation,
            number=f"{self.delegation.number}-W{self.delegation.mandates.count() + 1}",
            scope=["SUBMIT", "COLLECT"],
            items=ITEMS,
            valid_until=date(2026, 12, 23),
            drafted_at=clock.now(),
        )
        self.tell("mandate.drafted", mandate=str(mandate.pk), **data)
        return mandate

    def step(self, item: str, title: str, state: str) -> Step:
        number = self.delegation.steps.count()
        return Step.objects.create(
            delegation=self.delegation,
            position=number,
            item=item,
            code=f"S{number}",
            title=title,
            state=state,
        )

    def hand_over(self, title: str, *, original: bool = True, copies: int = 1) -> HandOver:
        row = HandOver(
            delegation=self.delegation,
            direction="RECEIVED",
            title=title,
            copies=copies,
            original=original,
            at=clock.now(),
            occurred_at=clock.now(),
            staff=self.delegate,
        )
        row.entry = self.tell("document.handed_over", hand_over=str(row.pk)).number
        row.save(force_insert=True)
        return row

    def paper(self, kind: PaperKind) -> Paper:
        """The newest of its kind, after everything due has run."""
        outbox.drain()
        return (
            self.delegation.papers.select_related("delegation__dossier", "delegation__bureau")
            .filter(kind=kind.value)
            .latest("edition")
        )

    def kinds(self) -> list[str]:
        return [entry.kind for entry in journal.entries(self.delegation.stream)]

    def _hire(self, username: str, name: str, badge: str, role: Role) -> Staff:
        new = NewStaff(username, name, [role], badge_number=badge, unit="帮办代办中心")
        return people.add_staff(self.cast.bureau, new, password=PASSWORD)
