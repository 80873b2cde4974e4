from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.cases.states import CaseState
from inspections.people.models import Bureau, Client


class Case(Workflow):
    """办件: one application that needs an inspection, as the approval system handed it in."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=64)
    body_sha256 = models.CharField(max_length=64)
    state = StateField(default=CaseState.RECEIVED.value)
    service_item = models.CharField(max_length=16)
    scale = models.CharField(max_length=40, blank=True, default="")
    applicant_name = models.CharField(max_length=120)
    credit_code = models.CharField(max_length=18)
    premises_name = models.CharField(max_length=120)
    address = models.CharField(max_length=200)
    # WGS-84 degrees.
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    contact_name = models.CharField(max_length=40)
    contact_phone = models.CharField(max_length=20)
    callback_url = models.CharField(max_length=500)
    accepted_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    # The latest result the approval system has confirmed.
    outcome = models.CharField(max_length=20, blank=True, default="")
    result_version = models.PositiveIntegerField(null=True, blank=True)
    result_delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bureau", "number"], name="cases_number_once")
        ]
        indexes = [models.Index(fields=["bureau", "-received_at"], name="cases_bureau_newest")]

    @property
    def stream(self) -> str:
        return f"case:{self.pk}"

    @transition(
        field=state,
        source=[CaseState.RECEIVED.value, CaseState.SCHEDULED.value],
        target=CaseState.SCHEDULED.value,
    )
    def schedule(self) -> None: ...

    @transition(field=state, source=CaseState.SCHEDULED.value, target=CaseState.RECEIVED.value)
    def unschedule(self) -> None: ...

    @transition(
        field=state,
        source=[
            CaseState.RECEIVED.value,
            CaseState.SCHEDULED.value,
            CaseState.RECTIFYING.value,
            CaseState.TRANSFERRED.value,
        ],
        target=CaseState.CONCLUDED.value,
    )
    def conclude(self) -> None: ...

    @transition(
        field=state,
        source=[CaseState.SCHEDULED.value, CaseState.CONCLUDED.value],
        target=CaseState.RECTIFYING.value,
    )
    def rectify(self) -> None: ...

    @transition(
        field=state,
        source=[CaseState.RECEIVED.value, CaseState.SCHEDULED.value],
        target=CaseState.TRANSFERRED.value,
    )
    def transfer(self) -> None: ...

    @transition(field=state, source=CaseState.TRANSFERRED.value, target=CaseState.RECEIVED.value)
    def reopen(self) -> None: ...

    @transition(
        field=state,
        source=[CaseState.CONCLUDED.value, CaseState.RECTIFYING.value],
        target=CaseState.CLOSED.value,
    )
    def close(self) -> None: ...
