from django.apps import AppConfig


class DelegationConfig(AppConfig):
    name = "inspections.delegation"
    label = "delegation"
