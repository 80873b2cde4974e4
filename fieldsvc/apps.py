from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from fieldsvc.kernel import clock


class FieldsvcConfig(AppConfig):
    """The assembly: management commands that start and fill the product."""

    name = "fieldsvc"
    label = "fieldsvc"

    def ready(self) -> None:
        if settings.DEMO_CLOCK:
            clock.install(clock.ShiftedClock(Path(settings.DEMO_CLOCK)))
