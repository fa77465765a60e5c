"""The public page behind every unsubscribe link; nobody signs in here, and looking changes nothing."""

from __future__ import annotations

import re
import uuid
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from groups.brands.hosts import brand_named
from groups.consent import leaving, queries
from groups.consent.suppressing import counts_for
from groups.consent.throttling import (
    ACTS_OF_ONE_LINK,
    UNKNOWN_LINKS_OF_ONE_NETWORK,
    WINDOW_SECONDS,
    is_too_often,
)
from groups.models import Brand, Contact, Group, SuppressionOrigin, SuppressionReason
from groups.trail import origins

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
TOKEN_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, group_id: uuid.UUID, token: str) -> HttpResponse:
    """Offers to stop mail from this group or from the whole brand, and to take that back; a POST does it.

    GET changes nothing, because link scanners follow every link. The one-click POST of mail programs (RFC 8058) carries
    no CSRF token and stops mail from the whole brand; every other POST needs one. An unknown link, or one of a brand
    that lives at another host name, is a polite 404. Whoever asks far too often gets 429.
    """
    known = Contact.objects.select_related("brand").filter(token=token)
    contact = known.first() if TOKEN_SHAPE.fullmatch(token) else None
    if contact is not None and _is_elsewhere(request, contact.brand):
        contact = None
    group = Group.objects.filter(pk=group_id, brand=contact.brand_id).first() if contact is not None else None
    if contact is None or group is None:
        if is_too_often("unknown-link", origins.current().place, UNKNOWN_LINKS_OF_ONE_NETWORK):
            return _held_back(request)
        return render(request, "consent/unsubscribe_unknown.html", status=404)
    if request.method == "POST" and is_too_often("link", str(contact.pk), ACTS_OF_ONE_LINK):
        return _held_back(request)
    if request.method == "POST" and request.POST.dict() == ONE_CLICK:
        leaving.unsubscribe(contact=contact, group=None, origin=SuppressionOrigin.ONE_CLICK)
        return HttpResponse(status=200)
    return _page(request, contact, group)


@csrf_protect
def _page(request: HttpRequest, contact: Contact, group: Group) -> HttpResponse:
    # Head office's mail is the brand's mail, and a brand may say that leaving one is leaving all: then there is no
    # smaller choice (catalogue A10).
    smaller = counts_for(contact.brand, group, SuppressionReason.UNSUBSCRIBED)
    scope = smaller if request.POST.get("scope") == "group" else None
    done = ""
    if request.method == "POST" and request.POST.get("act") == "undo":
        done = "undone" if leaving.undo(contact=contact, group=scope) else "too_late"
    elif request.method == "POST":
        leaving.unsubscribe(contact=contact, group=scope, origin=SuppressionOrigin.PAGE)
        done = "left"
    standing = queries.standing_of(contact, group)
    context = {
        "contact": contact,
        "brand": contact.brand,
        "sender_group": smaller,
        "scope_group": scope,
        "scope": "brand" if scope is None else "group",
        "done": done,
        "standing": standing,
        "undo_statement": leaving.undo_statement(contact, scope)
        if done == "left" and leaving.may_be_undone(contact, scope)
        else "",
    }
    return render(request, "consent/unsubscribe.html", context)


def _is_elsewhere(request: HttpRequest, brand: Brand) -> bool:
    """Tells whether the host name is or was another brand's own; one that is nobody's serves the links of all."""
    here: Brand | None = getattr(request, "brand", None)
    if here is None or here.pk == brand.pk:
        return False
    return brand_named(request.get_host().rsplit(":", 1)[0].lower()) is not None


def _held_back(request: HttpRequest) -> HttpResponse:
    response = render(request, "consent/unsubscribe_held_back.html", status=429)
    response["Retry-After"] = str(WINDOW_SECONDS)
    return response
