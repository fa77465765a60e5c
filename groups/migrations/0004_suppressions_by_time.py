"""Lets a worker see at once whether anybody unsubscribed since a delivery began."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0003_image_domains'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='suppression',
            index=models.Index(fields=['brand', 'created_at'], name='suppression_by_time'),
        ),
    ]
