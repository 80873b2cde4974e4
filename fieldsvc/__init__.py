"""The assembly: settings, urls, asgi, celery. It puts the parts together and decides nothing."""

from fieldsvc.celery import app as celery_app

__all__ = ["celery_app"]
