import django.db.models.deletion
from django.db import migrations, models

from fieldsvc.kernel import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0003_copy_sheet'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('number', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('size', models.PositiveBigIntegerField(db_index=True)),
                ('root', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('previous', models.CharField(max_length=64)),
                ('reason', models.CharField(max_length=16)),
                ('body', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('certificate', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='TreeHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('frontier', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='TreeLeaf',
            fields=[
                ('index', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('stream', models.CharField(max_length=120)),
                ('length', models.PositiveBigIntegerField()),
                ('head', models.CharField(max_length=64)),
                ('body', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('stream', 'length'), name='evidence_leaf_once')],
            },
        ),
        migrations.CreateModel(
            name='TimestampToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authority', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('PENDING', '待补'), ('STAMPED', '已取得'), ('FAILED', '未能取得')], default='PENDING', max_length=8)),
                ('token', models.BinaryField(null=True)),
                ('requested_at', models.DateTimeField()),
                ('stamped_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('error', models.CharField(blank=True, default='', max_length=40)),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='evidence.checkpoint')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_at'], name='evidence_token_due')],
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'authority'), name='evidence_token_once')],
            },
        ),
        append_only.Protect("evidence_treeleaf"),
        append_only.Protect("evidence_checkpoint"),
    ]
