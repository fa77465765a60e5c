from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0004_room_for_the_sync'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='hides_guide',
            field=models.BooleanField(default=False),
        ),
    ]
