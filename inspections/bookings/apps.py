from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "inspections.bookings"
    label = "bookings"
