"""The Celery app: `celery -A fieldsvc worker` and `celery -A fieldsvc beat`."""

import os

from celery import Celery

from fieldsvc.kernel import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")

app = Celery("fieldsvc")
# Other threads (daphne, the embedded worker) must find this app too, not an empty default one.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = beat.SCHEDULE
app.autodiscover_tasks()
