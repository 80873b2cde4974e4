from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "inspections.ledger"
    label = "ledger"
