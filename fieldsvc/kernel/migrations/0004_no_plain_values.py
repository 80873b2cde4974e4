from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0003_personal_keys'),
    ]

    operations = [
        migrations.RemoveField(model_name='journalsecret', name='salt'),
        migrations.RemoveField(model_name='journalsecret', name='value'),
    ]
