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

from groups.audiences import services
from groups.models import Contact, Group, GroupKind

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
TOKEN_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, group_id: uuid.UUID, token: str) -> HttpResponse:
    """Offers to stop mail from this group or from the whole brand; a POST does it.

    GET changes nothing, because link scanners follow every link. The one-click POST of mail programs (RFC 8058) carries
    no CSRF token and stops mail from the whole brand; every other POST needs one. An unknown link is a polite 404.
    """
    known = Contact.objects.select_related("brand").filter(token=token)
    contact = known.first() if TOKEN_SHAPE.fullmatch(token) else None
    group = Group.objects.filter(pk=group_id, brand=contact.brand_id).first() if contact is not None else None
    if contact is None or group is None:
        return render(request, "audiences/unsubscribe_unknown.html", status=404)
    if request.method == "POST" and request.POST.dict() == ONE_CLICK:
        services.unsubscribe(contact=contact, group=None, source="one-click header")
        return HttpResponse(status=200)
    return _page(request, contact, group)


@csrf_protect
def _page(request: HttpRequest, contact: Contact, group: Group) -> HttpResponse:
    # Head office's mail is the brand's mail: there is no smaller choice (catalogue A10).
    is_head_office = group.kind == GroupKind.BRAND
    context = {
        "contact": contact,
        "sender_group": None if is_head_office else group,
        "brand": contact.brand,
        "done": "",
    }
    if request.method == "POST":
        is_group_only = request.POST.get("scope") == "group" and not is_head_office
        services.unsubscribe(contact=contact, group=group if is_group_only else None, source="unsubscribe page")
        context["done"] = "group" if is_group_only else "brand"
    return render(request, "audiences/unsubscribe.html", context)
