import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_first_tables'),
        ('groups', '0001_first_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailingFolder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mailing_folders', to='groups.group')),
            ],
            options={
                'ordering': ('name',),
                'constraints': [models.UniqueConstraint(fields=('group', 'name'), name='mailing_folder_name_once_per_group')],
            },
        ),
        migrations.AddField(
            model_name='mailing',
            name='folder',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mailings', to='campaigns.mailingfolder'),
        ),
    ]
