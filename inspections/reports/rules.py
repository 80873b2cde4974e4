"""Numbers the law or the house sets for papers."""

from datetime import timedelta

# How often one network address may look numbers up; each process counts for itself.
LOOK_UPS = 60
LOOK_UP_WINDOW = timedelta(minutes=10)
