from django.apps import AppConfig


class FieldsvcConfig(AppConfig):
    """The assembly: management commands that start and fill the product."""

    name = "fieldsvc"
    label = "fieldsvc"
