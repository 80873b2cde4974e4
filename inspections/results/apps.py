from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "inspections.results"
    label = "results"
