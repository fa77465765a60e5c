"""Pictures of mails: served from their own addresses, with a policy that lets no script run."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from campaigns.brandlock import Rendered, Target
from campaigns.compose.content import preview_of_version, render_mailing
from campaigns.compose.preview_as import NobodyThere, context_as
from campaigns.library.offering import is_offered
from campaigns.models import Mailing, Template
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission

_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "http:", "https:", "data:"],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
}
V = TypeVar("V", bound=Callable[..., HttpResponse])


def picture_only(view: V) -> V:
    """Gives a page the policy of a picture: it may be framed by the portal and do nothing."""
    return cast(V, xframe_options_sameorigin(csp(_POLICY)(view)))


@login_required
@require_GET
@picture_only
def mailing_preview(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Gives a mailing as a sample person would get it; `?as=text` gives the plain text.

    `?contact=` shows it with the values of somebody on its list, `?case=` the worst that may come (M15).
    """
    mailing = access.get(request.user, Mailing, mailing_id, Permission.SEE_MAILINGS)
    try:
        context = context_as(
            mailing, request.user, case=request.GET.get("case", ""), contact=request.GET.get("contact", "").strip()
        )
    except NobodyThere:
        return render(request, "compose/preview_nobody.html")
    rendered = render_mailing(mailing, Target.PREVIEW, context)
    return _picture(rendered, is_text=request.GET.get("as") == "text")


@login_required
@require_GET
@picture_only
def template_preview(request: PortalRequest, group_id: uuid.UUID, template_id: uuid.UUID) -> HttpResponse:
    """Gives a template as a group would see it before anything is filled in."""
    group = access.get(request.user, Group, group_id, Permission.SEE_MAILINGS)
    template = access.get_usable(group, Template, template_id)
    if template.current is None or not is_offered(template, group, request.user):
        raise Http404
    return _picture(preview_of_version(template.current, group), is_text=False)


def _picture(rendered: Rendered, *, is_text: bool) -> HttpResponse:
    response = (
        HttpResponse(rendered.text, content_type="text/plain; charset=utf-8")
        if is_text
        else HttpResponse(rendered.html)
    )
    response["Cache-Control"] = "private, no-store"
    return response
