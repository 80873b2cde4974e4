from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

from signaling.states import CAUSE_LABELS


def seen_as_named(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Until now a hole was named after what the node saw, and after nothing else."""
    apps.get_model("signaling", "Gap").objects.update(observed=F("cause"))


class Migration(migrations.Migration):
    dependencies = [("signaling", "0002_faring")]

    operations = [
        migrations.AddField("segment", "span_ms", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "gap",
            "observed",
            models.CharField(
                choices=[(cause.value, text) for cause, text in CAUSE_LABELS.items()],
                default="",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(seen_as_named, migrations.RunPython.noop),
        migrations.RemoveConstraint("gap", "signaling_gap_once"),
        migrations.AddConstraint(
            "gap",
            models.UniqueConstraint(
                fields=["room", "source", "started_at", "observed", "kind"],
                name="signaling_gap_once",
            ),
        ),
    ]
