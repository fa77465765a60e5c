"""The request as the portal's views see it."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from groups.models import Brand, User


class PortalRequest(HttpRequest):
    """A request of a person who is signed in, on the host name of a brand."""

    user: User
    brand: Brand
    htmx: HtmxDetails
