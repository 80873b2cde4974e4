from django.db import migrations

from fieldsvc.kernel.append_only import Protect


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_tables")]
    operations = [Protect("kernel_journalentry")]
