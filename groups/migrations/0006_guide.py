from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0005_what_is_kept_of_contacts'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='hides_guide',
            field=models.BooleanField(default=False),
        ),
    ]
