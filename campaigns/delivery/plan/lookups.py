"""Conditions that the database answers row by row, from an index, whatever it believes of a delivery.

A delivery that has just begun is unknown to the statistics of tables that hold a thousand others, so PostgreSQL takes
it for empty: it joins its rows as if there were none, and compares every candidate with every recipient.
"""

from __future__ import annotations

from django.db.models import Exists, Subquery

from campaigns.models import Delivery


class LookedUp(Exists):
    """An `Exists` that is asked for each row by itself: behind `OFFSET 0` PostgreSQL may not make a join of it.

    The columns that are asked for need an index.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"


def only(delivery: Delivery) -> Subquery:
    """Names a delivery so that PostgreSQL reckons with the rows of an average one: it reads which one it is later."""
    return Subquery(Delivery.objects.filter(pk=delivery.pk).values("pk"))
