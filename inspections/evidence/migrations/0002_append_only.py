from django.db import migrations

from fieldsvc.kernel import append_only


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [append_only.Protect("evidence_evidenceitem")]
