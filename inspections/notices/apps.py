from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "inspections.notices"
    label = "notices"
