# Files are tried before they come in, replace lists, and large ones ask.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0025_user_fields'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeaderChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('header', models.CharField(max_length=200)),
                ('target', models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='ImportLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('most_rows', models.PositiveIntegerField()),
                ('most_growth', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('coming', 'Is on the new list'), ('joined', 'Came onto the list'), ('left', 'Went from the list')], default='coming', max_length=10)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='audience',
            name='audience_name_once_per_group',
        ),
        migrations.AddField(
            model_name='audience',
            name='removed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='consent_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='is_confirmed',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='mode',
            field=models.CharField(choices=[('add', 'Add to the list'), ('replace', 'Replace the list')], default='add', max_length=10),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='rows_joining',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='rows_leaving',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='sheet',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='size_before',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='stated_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='contactimport',
            name='undone_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='contactimport',
            name='delimiter',
            field=models.CharField(blank=True, default=',', max_length=1),
        ),
        migrations.AlterField(
            model_name='contactimport',
            name='state',
            field=models.CharField(choices=[('mapping', 'Columns to be confirmed'), ('checking', 'Being checked'), ('checked', 'Checked'), ('waiting', 'Waiting'), ('importing', 'Importing'), ('done', 'Done'), ('done_with_errors', 'Done with errors'), ('failed', 'Failed')], default='mapping', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at__isnull', True)), fields=('group', 'name'), name='audience_name_once_per_group'),
        ),
        migrations.AddField(
            model_name='headerchoice',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group'),
        ),
        migrations.AddField(
            model_name='importlimit',
            name='group',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='import_limit', to='groups.group'),
        ),
        migrations.AddField(
            model_name='replacement',
            name='contact',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.contact'),
        ),
        migrations.AddField(
            model_name='replacement',
            name='contact_import',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replacements', to='groups.contactimport'),
        ),
        migrations.AddConstraint(
            model_name='headerchoice',
            constraint=models.UniqueConstraint(fields=('group', 'header'), name='header_choice_once'),
        ),
        migrations.AddConstraint(
            model_name='replacement',
            constraint=models.UniqueConstraint(fields=('contact_import', 'contact'), name='replacement_once'),
        ),
    ]
