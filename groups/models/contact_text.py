"""What searches look through."""

from __future__ import annotations

from django.db import models


class ContactText(models.Model):
    """Address, external ID and name of a contact in lower case, a line each, under an index of trigrams.

    PostgreSQL alone has this table. Its triggers keep it, so that whoever writes contacts need not know of it, and it
    stands apart from them, because each sync of a contact would write the index anew.
    """

    contact = models.OneToOneField(
        "groups.Contact", on_delete=models.DO_NOTHING, primary_key=True, related_name="text", db_constraint=False
    )
    brand = models.ForeignKey("groups.Brand", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    text = models.TextField()

    class Meta:
        managed = False
        db_table = "groups_contacttext"
