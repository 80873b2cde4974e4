from django.db import migrations, models

from fieldsvc.kernel import personal


def seal_values(apps, schema_editor):
    """Personal values that were kept plain go under a key of their stream."""
    secrets = apps.get_model("kernel", "JournalSecret")
    keys = apps.get_model("kernel", "StreamKey")
    for one in secrets.objects.select_related("entry").iterator(chunk_size=500):
        stream = one.entry.stream
        row = keys.objects.filter(stream=stream).first()
        if row is None:
            fresh = personal.wrapped(stream, personal.new_key())
            row = keys.objects.create(stream=stream, wrapped=fresh, made_at=one.entry.at)
        key = personal.unwrapped(stream, row.wrapped)
        label = f"{stream} {one.entry.number} {one.name}"
        one.sealed = personal.sealed(key, label, one.salt, one.value)
        one.salt = one.value = ""
        one.save(update_fields=["sealed", "salt", "value"])


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='StreamKey',
            fields=[
                ('stream', models.CharField(max_length=120, primary_key=True, serialize=False)),
                ('wrapped', models.BinaryField()),
                ('made_at', models.DateTimeField()),
                ('destroyed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='journalsecret',
            name='sealed',
            field=models.BinaryField(default=b''),
            preserve_default=False,
        ),
        migrations.RunPython(seal_values, elidable=False),
    ]
