"""Conditions that the database answers row by row, from an index."""

from __future__ import annotations

from django.db.models import Exists


class LookedUp(Exists):
    """An `Exists` that is asked for each row by itself, whatever the database believes of the table that is looked into.

    A delivery that has just begun is unknown to the statistics of a table that holds a thousand others. PostgreSQL then
    takes it for empty, joins its rows as if there were none, and compares every candidate with every recipient. Behind
    `OFFSET 0` it may not make a join of it. The columns that are asked for need an index.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"
