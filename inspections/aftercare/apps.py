from django.apps import AppConfig


class AftercareConfig(AppConfig):
    name = "inspections.aftercare"
    label = "aftercare"
