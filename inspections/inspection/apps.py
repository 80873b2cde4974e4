from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "inspections.inspection"
    label = "inspection"
