from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "inspections.cases"
    label = "cases"
