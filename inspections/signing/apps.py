from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "inspections.signing"
    label = "signing"

    def ready(self) -> None:
        from inspections.signing import gateways
        from inspections.signing.services.outside import outside_is

        # Authority and identity service are gateways, above the services.
        outside_is(gateways.certifier(), gateways.identity())
