"""How many files of contacts are on their way in, and how they ended."""

from __future__ import annotations

from django.db.models import Count

from groups.models import ContactImport
from groups.models.contact_import import ImportState


def imports_by_state() -> dict[str, int]:
    """Gives the number of imports in each state, also of those in which none is."""
    counted = dict(ContactImport.objects.order_by().values_list("state").annotate(number=Count("pk")))
    return {state: counted.get(state, 0) for state in ImportState.values}
