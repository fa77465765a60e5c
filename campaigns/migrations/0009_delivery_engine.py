"""What the delivery engine keeps: chunks of frozen audiences, halves of batches, shares, breakers and halts."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0008_plan_anew'),
        ('groups', '0004_suppressions_by_time'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('position', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('address', models.CharField(max_length=254)),
                ('sync_state', models.CharField(choices=[('pending', 'Waiting'), ('synced', 'In Braze'), ('refused', 'Refused by Braze')], max_length=20)),
                ('first_synced_at', models.DateTimeField(null=True)),
                ('time_zone', models.CharField(max_length=64)),
                ('reason', models.CharField(choices=[('unsubscribed', 'Unsubscribed'), ('suppressed', 'Must not be mailed'), ('duplicate', 'Same address as another person'), ('maybe_mailed', 'May have got this mailing already'), ('unknown_to_braze', 'Refused by Braze'), ('capped', 'Got enough mail lately'), ('mailed_today', 'Mailed by another group today')], default='', max_length=20)),
            ],
            options={
                'db_table': 'campaigns_candidate',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AudienceChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('contact_ids', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Breaker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('failures', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('probed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='GroupShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deficit', models.FloatField(default=0.0)),
            ],
        ),
        migrations.CreateModel(
            name='Halt',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(max_length=300)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='batch',
            name='batch_by_state',
        ),
        migrations.AddField(
            model_name='batch',
            name='due_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='halved_from',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='halves', to='campaigns.batch'),
        ),
        migrations.AddField(
            model_name='batch',
            name='zone',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='delivery',
            name='batch_count',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='delivery',
            name='ends_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='excluded',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='delivery',
            name='follows',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='campaigns.delivery'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='in_local_time',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='delivery',
            name='judged',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='delivery',
            name='known_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='pause_cause',
            field=models.CharField(blank=True, choices=[('refusal', 'Braze refused something'), ('person', 'Somebody paused it'), ('breaker', 'Braze does not answer as it should'), ('halt', 'Sending is stopped')], max_length=20),
        ),
        migrations.AddField(
            model_name='mailing',
            name='in_local_time',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='template',
            name='recall_reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='template',
            name='recalled_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='batch',
            name='delivery',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='campaigns.delivery'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('calling', 'Being handed over'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('uncertain', 'Uncertain'), ('updating', 'Time being moved'), ('withdrawing', 'Being withdrawn'), ('withdrawn', 'Withdrawn'), ('withdrawal_uncertain', 'Withdrawal uncertain'), ('not_sent', 'Not sent'), ('halved', 'Handed over in halves')], default='waiting', max_length=20),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='after_withdrawal',
            field=models.CharField(blank=True, choices=[('draft', 'Draft'), ('in_approval', 'In approval'), ('scheduled', 'Scheduled'), ('sending', 'Sending'), ('paused', 'Paused'), ('needs_decision', 'Needs a decision'), ('sent', 'Sent'), ('sent_open', 'Sent with open questions'), ('stopped', 'Stopped'), ('cancelled', 'Cancelled'), ('failed', 'Failed'), ('expired', 'Expired')], max_length=20),
        ),
        migrations.AlterField(
            model_name='exclusion',
            name='reason',
            field=models.CharField(choices=[('unsubscribed', 'Unsubscribed'), ('suppressed', 'Must not be mailed'), ('duplicate', 'Same address as another person'), ('maybe_mailed', 'May have got this mailing already'), ('unknown_to_braze', 'Refused by Braze'), ('capped', 'Got enough mail lately'), ('mailed_today', 'Mailed by another group today')], max_length=20),
        ),
        migrations.AlterField(
            model_name='mailing',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('in_approval', 'In approval'), ('scheduled', 'Scheduled'), ('sending', 'Sending'), ('paused', 'Paused'), ('needs_decision', 'Needs a decision'), ('sent', 'Sent'), ('sent_open', 'Sent with open questions'), ('stopped', 'Stopped'), ('cancelled', 'Cancelled'), ('failed', 'Failed'), ('expired', 'Expired')], default='draft', max_length=20),
        ),
        migrations.AlterField(
            model_name='recipient',
            name='address',
            field=models.CharField(max_length=254),
        ),
        migrations.AlterField(
            model_name='recipient',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recipients', to='campaigns.batch'),
        ),
        migrations.AlterField(
            model_name='recipient',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='recipients', to='groups.contact'),
        ),
        migrations.AlterField(
            model_name='recipient',
            name='delivery',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='recipients', to='campaigns.delivery'),
        ),
        migrations.AlterField(
            model_name='recipient',
            name='outcome',
            field=models.CharField(blank=True, choices=[('waiting', 'Waiting'), ('calling', 'Being handed over'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('uncertain', 'Uncertain'), ('updating', 'Time being moved'), ('withdrawing', 'Being withdrawn'), ('withdrawn', 'Withdrawn'), ('withdrawal_uncertain', 'Withdrawal uncertain'), ('not_sent', 'Not sent'), ('halved', 'Handed over in halves')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['delivery', 'state', 'number', 'size'], name='batch_by_state'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['delivery', 'number'], name='batch_waiting'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(fields=['delivery', 'answered_at'], name='batch_by_answer'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('halved_from__isnull', False)), fields=['delivery', 'halved_from'], name='batch_of_halves'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('lease_until__isnull', False)), fields=['lease_until'], name='batch_by_lease'),
        ),
        migrations.AddIndex(
            model_name='batch',
            index=models.Index(condition=models.Q(('is_recalled', True)), fields=['delivery'], name='batch_recalled'),
        ),
        migrations.AddIndex(
            model_name='recipient',
            index=models.Index(condition=models.Q(('outcome', ''), _negated=True), fields=['delivery'], name='recipient_with_outcome'),
        ),
        migrations.AddField(
            model_name='audiencechunk',
            name='delivery',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='campaigns.delivery'),
        ),
        migrations.AddField(
            model_name='breaker',
            name='workspace',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='breaker', to='groups.workspace'),
        ),
        migrations.AddField(
            model_name='groupshare',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='groups.group'),
        ),
        migrations.AddField(
            model_name='groupshare',
            name='workspace',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='groups.workspace'),
        ),
        migrations.AddField(
            model_name='halt',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='halts', to='groups.group'),
        ),
        migrations.AddField(
            model_name='halt',
            name='lifted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='halt',
            name='started_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='audiencechunk',
            constraint=models.UniqueConstraint(fields=('delivery', 'number'), name='audience_chunk_once'),
        ),
        migrations.AddConstraint(
            model_name='groupshare',
            constraint=models.UniqueConstraint(fields=('workspace', 'group'), name='group_share_once'),
        ),
        migrations.AddConstraint(
            model_name='halt',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('group',), name='halt_one_at_a_time'),
        ),
    ]
