"""Owing a message for a fact, and sending it."""

from inspections.notices.services.sending import SmsGateway, send

__all__ = ["SmsGateway", "send"]
