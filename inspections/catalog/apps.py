from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "inspections.catalog"
    label = "catalog"
