from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_snapshots'),
        ('groups', '0006_guide'),
    ]

    operations = [
        migrations.AddField(
            model_name='mailing',
            name='is_practice',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='timerules',
            name='clash_hours',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='timerules',
            name='clash_percent',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('go_at__isnull', False)), fields=['go_at'], name='delivery_by_time'),
        ),
        migrations.AddIndex(
            model_name='mailing',
            index=models.Index(fields=['group', 'send_at'], name='mailing_by_group_and_time'),
        ),
        migrations.AddIndex(
            model_name='mailing',
            index=models.Index(condition=models.Q(('send_at__isnull', False)), fields=['send_at'], name='mailing_by_time'),
        ),
        migrations.AddIndex(
            model_name='mailing',
            index=models.Index(condition=models.Q(('state__in', ('paused', 'needs_decision', 'sent_open'))), fields=['state'], name='mailing_that_asks'),
        ),
        migrations.AddConstraint(
            model_name='mailing',
            constraint=models.CheckConstraint(condition=models.Q(('is_practice', False), ('audience', None), _connector='OR'), name='mailing_practice_has_no_audience'),
        ),
        migrations.AddConstraint(
            model_name='mailing',
            constraint=models.CheckConstraint(condition=models.Q(('is_practice', False), models.Q(('state__in', ('scheduled', 'sending', 'paused', 'needs_decision', 'sent_open', 'stopped')), _negated=True), _connector='OR'), name='mailing_practice_is_never_handed_over'),
        ),
        migrations.AddConstraint(
            model_name='timerules',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clash_hours', None), ('clash_percent', None)), models.Q(('clash_hours__gte', 1), ('clash_hours__isnull', False), ('clash_percent__isnull', False), ('clash_percent__range', (1, 100))), _connector='OR'), name='time_rules_clash_is_whole'),
        ),
    ]
