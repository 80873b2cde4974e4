from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "inspections.dispatch"
    label = "dispatch"
