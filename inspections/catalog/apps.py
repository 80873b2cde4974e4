from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CatalogConfig(AppConfig):
    name = "inspections.catalog"
    label = "catalog"

    def ready(self) -> None:
        from inspections.catalog.selectors import is_holiday
        from inspections.people.selectors import holidays_by

        # The roster lives below the calendar: it asks for holidays through this door.
        holidays_by(is_holiday)
        # After each migrate, so that a fresh database and a new release both have their texts.
        post_migrate.connect(_publish, sender=self, dispatch_uid="catalog.publish")


def _publish(**_kwargs: Any) -> None:
    from inspections.catalog.services import publish_calendars, publish_guides, publish_templates

    publish_templates()
    publish_guides()
    publish_calendars()
