from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CatalogConfig(AppConfig):
    name = "inspections.catalog"
    label = "catalog"

    def ready(self) -> None:
        # After each migrate, so that a fresh database and a new release both have their texts.
        post_migrate.connect(_publish, sender=self, dispatch_uid="catalog.publish")


def _publish(**_kwargs: Any) -> None:
    from inspections.catalog.services import publish_templates

    publish_templates()
