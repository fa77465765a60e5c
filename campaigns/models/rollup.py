"""What reports of groups, networks, templates and usage are read from; `campaigns.reports.rolling` alone writes it.

`own_…` is about a group alone, `below_…` about the group with all that are below it. Clicks and opens are added up over
mailings, for each of which they are the people of its strongest day; `…_of` are the delivered mails of just those
mailings of which Braze names both, so that a rate is one by the other, and 0 there means no data.
"""

from __future__ import annotations

from django.db import models


class Sums(models.Model):
    """Mailings that went out in a stretch of days, and what their people did."""

    own_mailings = models.PositiveIntegerField(default=0)
    own_clicks = models.PositiveBigIntegerField(default=0)
    own_clicks_of = models.PositiveBigIntegerField(default=0)
    own_opens = models.PositiveBigIntegerField(default=0)
    own_opens_of = models.PositiveBigIntegerField(default=0)
    below_mailings = models.PositiveIntegerField(default=0)
    below_clicks = models.PositiveBigIntegerField(default=0)
    below_clicks_of = models.PositiveBigIntegerField(default=0)
    below_opens = models.PositiveBigIntegerField(default=0)
    below_opens_of = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class GroupWeek(Sums):
    """One week of a group, from the Monday `week` on.

    `own_contacts` counts the people on the lists of the group as they were read last in that week, None where nobody
    read; `own_came` those who had been on none of them before the week. Who left is what is missing between two
    readings. Somebody on lists of two groups counts in both.
    """

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False)
    week = models.DateField()
    own_contacts = models.PositiveIntegerField(null=True)
    own_came = models.PositiveIntegerField(null=True)
    below_contacts = models.PositiveIntegerField(null=True)
    below_came = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "week"], name="group_week_once"),)
        ordering = ("week",)


class GroupStanding(Sums):
    """Where a group stands: the sums of the four weeks that ended with `as_of`.

    `click_rate` and `below_click_rate` are there only where enough mails were delivered to be ranked. `before` are the
    four weeks before these. `below_groups` counts the open groups that have none below them, `below_silent` those of
    them that are silent (`campaigns.reports.rolling.standings`). `below_handed_over` counts the mails that Braze took,
    `below_capped` the people who were left out because they got enough mail.
    """

    group = models.OneToOneField(
        "groups.Group", on_delete=models.CASCADE, primary_key=True, related_name="report_standing"
    )
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="+", db_index=False)
    as_of = models.DateField()
    last_went_on = models.DateField(null=True)
    is_silent = models.BooleanField(default=False)
    click_rate = models.FloatField(null=True)
    below_click_rate = models.FloatField(null=True)
    before_clicks = models.PositiveBigIntegerField(default=0)
    before_clicks_of = models.PositiveBigIntegerField(default=0)
    below_handed_over = models.PositiveBigIntegerField(default=0)
    below_capped = models.PositiveBigIntegerField(default=0)
    below_groups = models.PositiveIntegerField(default=0)
    below_silent = models.PositiveIntegerField(default=0)
    best_mailing = models.ForeignKey("campaigns.MailingResult", on_delete=models.SET_NULL, null=True, related_name="+")
    best_group = models.ForeignKey("groups.Group", on_delete=models.SET_NULL, null=True, related_name="+")

    group_path = "group"

    class Meta:
        indexes = (
            models.Index(fields=["brand", "last_went_on"], condition=models.Q(is_silent=True), name="standing_silent"),
            models.Index(fields=["brand", "-own_mailings"], name="standing_by_mailings"),
        )


class TemplateStanding(Sums):
    """What a group made of a template in the last twelve months; `below_users` counts the groups that used it."""

    template = models.ForeignKey(
        "campaigns.Template", on_delete=models.CASCADE, related_name="standings", db_index=False
    )
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    click_rate = models.FloatField(null=True)
    below_users = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["template", "group"], name="template_standing_once"),)
        indexes = (
            models.Index(
                fields=["template", "-click_rate"],
                condition=models.Q(own_mailings__gt=0),
                name="template_standing_by_clicks",
            ),
        )


class UsageMonth(models.Model):
    """One month of a group, from its first day `month` on.

    `below_people` are those who did something that the audit trail tells, each once; `below_review_seconds` is the
    median time from a submission to its decision, of `below_reviews` that were decided on in the month.
    `own_handed_over` counts the mails that Braze took, `own_uncounted` the mailings whose people Braze alone can count,
    `own_sent_uncounted` what Braze reports as sent of those, None where it reports nothing.
    """

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    own_mailings = models.PositiveIntegerField(default=0)
    own_handed_over = models.PositiveBigIntegerField(default=0)
    own_uncounted = models.PositiveIntegerField(default=0)
    own_sent_uncounted = models.PositiveBigIntegerField(null=True)
    below_mailings = models.PositiveIntegerField(default=0)
    below_people = models.PositiveIntegerField(default=0)
    below_reviews = models.PositiveIntegerField(default=0)
    below_review_seconds = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "month"], name="usage_month_once"),)
        ordering = ("month",)


class MailingClash(models.Model):
    """A mailing that goes out soon and reaches people near another one: what share of them, 0 to 1."""

    mailing = models.OneToOneField("campaigns.Mailing", on_delete=models.CASCADE, primary_key=True, related_name="+")
    goes_at = models.DateTimeField()
    share = models.FloatField()
    others = models.PositiveIntegerField()


class RollupRun(models.Model):
    """How far the rollups of a brand are: the stage, and what of it is done; `finished_at` is empty while it runs.

    `since` is when the last one began that got through; None makes all anew. `reads_lists` is set once a day.
    """

    brand = models.OneToOneField("groups.Brand", on_delete=models.CASCADE, primary_key=True, related_name="+")
    started_at = models.DateTimeField()
    since = models.DateTimeField(null=True)
    reads_lists = models.BooleanField(default=True)
    stage = models.PositiveSmallIntegerField(default=0)
    cursor = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
