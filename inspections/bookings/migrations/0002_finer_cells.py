"""Cells of five minutes instead of fifteen."""

import datetime

from django.db import migrations



def finer(apps, schema_editor):
    occupancy = apps.get_model("bookings", "Occupancy")
    steps = (datetime.timedelta(minutes=5), datetime.timedelta(minutes=10))
    rows = [
        occupancy(staff_id=row.staff_id, appointment_id=row.appointment_id, cell=row.cell + step)
        for row in occupancy.objects.all()
        for step in steps
    ]
    occupancy.objects.bulk_create(rows, batch_size=500)


def coarser(apps, schema_editor):
    occupancy = apps.get_model("bookings", "Occupancy")
    occupancy.objects.filter(holder__isnull=False).delete()
    for row in occupancy.objects.all():
        if row.cell.minute % 15:
            row.delete()


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]

    operations = [migrations.RunPython(finer, coarser)]
