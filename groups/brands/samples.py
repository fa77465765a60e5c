"""Samples of a look before it is taken over: the sign-in page, a page of the portal, a notification mail.

They are the real pages and the real mail, in the colours and with the pictures of the draft; nothing in them can be
used (`inert`), and only people who may change the look get them.
"""

from __future__ import annotations

from allauth.account.forms import LoginForm
from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from groups import access
from groups.brands.queries import brand_in_draft, draft_of
from groups.brands.style import css_of
from groups.http import PortalRequest
from groups.models import Brand
from groups.notices.kinds import Words
from groups.notices.mails import Told
from groups.roles import Permission

_MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "http:", "https:", "data:"],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
}


@login_required
@require_GET
@xframe_options_sameorigin
def sign_in(request: PortalRequest) -> HttpResponse:
    """Gives the page that people sign in by."""
    return render(request, "account/login.html", {"brand": _shown(request), "is_sample": True, "form": LoginForm()})


@login_required
@require_GET
@xframe_options_sameorigin
def portal(request: PortalRequest) -> HttpResponse:
    """Gives the head of a page, with a button, a link and a line of a list."""
    return render(request, "brands/sample_portal.html", {"brand": _shown(request), "is_sample": True})


@login_required
@require_GET
@xframe_options_sameorigin
@csp(_MAIL_POLICY)  # type: ignore[arg-type]  # our views take a request that knows its person and its brand
def mail(request: PortalRequest) -> HttpResponse:
    """Gives a notification mail, in the language of the page."""
    words = Words(
        title=_("A mailing waits for your approval"),
        sentence=_("“Spring tasting” of Portland, Pearl District is ready. Look at it and say yes or no."),
        action=_("Look at the mailing"),
    )
    context = {
        "brand": _shown(request),
        "greeted": request.user.name,
        "title": words.title,
        "told": Told(words, "#"),
        "settings_url": "#",
    }

    return render(request, "notices/mail_notice.html", context)


@login_required
@require_GET
def colours(request: PortalRequest) -> HttpResponse:
    """Gives the colours of the look that is tried out, as the brand's own style sheet does."""
    response = HttpResponse(css_of(_shown(request)), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(request: PortalRequest) -> Brand:
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_LOOK)
    return brand_in_draft(brand, draft_of(brand))
