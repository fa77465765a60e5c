"""What is added up of reports beforehand, so that no page counts: one row a mailing."""

from __future__ import annotations

from django.db import models


class MailingResult(models.Model):
    """What is known of one mailing that went out, written by `campaigns.reports.totals.refresh` alone.

    `went_on` is the day on which it first went out, in the calendar of its group. A number is None where Braze names
    none, which is not zero; `opens` and `clicks` are the people of the strongest day, the least that it can have been.
    `days` counts the days that Braze has reported, from `first_day` to `last_day`, 0 for none yet. `click_rate` is
    there only where the mailing is large enough to be ranked (product.md, section 6). `handed_over` counts the people
    whom Braze took, without those of a whole audience, whom only Braze can count (`is_counted_by_braze`).
    `capped` counts the people who were left out because they got enough mail lately, or another group's that day.
    `subject` is the one that was sent; `has_own_subject` tells that it is not the one that the template brings.
    """

    mailing = models.OneToOneField(
        "campaigns.Mailing", on_delete=models.CASCADE, primary_key=True, related_name="result"
    )
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="+", db_index=False)
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="results", db_index=False)
    template = models.ForeignKey("campaigns.Template", on_delete=models.CASCADE, related_name="results", db_index=False)
    went_on = models.DateField()
    subject = models.CharField(max_length=500, blank=True)
    has_own_subject = models.BooleanField(default=False)
    handed_over = models.PositiveIntegerField(default=0)
    capped = models.PositiveIntegerField(default=0)
    is_counted_by_braze = models.BooleanField(default=False)
    sent = models.PositiveIntegerField(null=True)
    delivered = models.PositiveIntegerField(null=True)
    opens = models.PositiveIntegerField(null=True)
    clicks = models.PositiveIntegerField(null=True)
    bounces = models.PositiveIntegerField(null=True)
    unsubscribes = models.PositiveIntegerField(null=True)
    spam = models.PositiveIntegerField(null=True)
    conversions = models.PositiveIntegerField(null=True)
    days = models.PositiveSmallIntegerField(default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    read_at = models.DateTimeField(null=True)
    click_rate = models.FloatField(null=True)

    group_path = "group"

    class Meta:
        indexes = (
            models.Index(fields=["group", "went_on"], name="result_by_group_and_day"),
            models.Index(fields=["brand", "went_on"], name="result_by_brand_and_day"),
            models.Index(
                fields=["template", "-click_rate"],
                condition=models.Q(click_rate__isnull=False),
                name="result_by_template_and_clicks",
            ),
        )
