from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "inspections.signing"
    label = "signing"
