"""What holds a cell may be something of a slice above."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_finer_cells")]

    operations = [
        migrations.AlterField(
            model_name="occupancy",
            name="appointment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cells",
                to="bookings.appointment",
            ),
        ),
        migrations.AddField(
            model_name="occupancy",
            name="holder",
            field=models.UUIDField(blank=True, db_index=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="occupancy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("appointment__isnull", True), ("holder__isnull", True), _connector="XOR"
                ),
                name="bookings_cell_one_reason",
            ),
        ),
    ]
