from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "inspections.evidence"
    label = "evidence"

    def ready(self) -> None:
        from inspections.evidence import gateways, services

        # The authorities are gateways, above the services: these ask for a stamp through this door.
        services.stamps_come_from(gateways.AtOnce())
