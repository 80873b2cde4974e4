"""The Celery app: `celery -A fieldsvc worker` and `celery -A fieldsvc beat`."""

import os

from celery import Celery

from fieldsvc.kernel import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")


def configured(*, current: bool = True) -> Celery:
    """A Celery app of our settings; the shared tasks are in each."""
    made = Celery("fieldsvc", set_as_current=current)
    made.config_from_object("django.conf:settings", namespace="CELERY")
    return made


app = configured()
# Other threads (daphne, the embedded worker) must find this app too, not an empty default one.
app.set_default()
app.conf.beat_schedule = beat.SCHEDULE
app.autodiscover_tasks()
