"""The pages of a brand's webhooks, for admins."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.models import Webhook, WebhookEvent
from campaigns.webhooks import services
from campaigns.webhooks.forms import WebhookForm
from groups import access
from groups.errors import GroupsError
from groups.http import PortalRequest
from groups.models import Brand
from groups.roles import Permission

PAGE_SIZE = 50


@sensitive_variables()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_list(request: PortalRequest) -> HttpResponse:
    """Shows the brand's webhooks; POST adds one and shows its secret this once."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_WORKSPACE)
    form, secret = WebhookForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _webhook, secret = services.add_webhook(brand=brand, actor=request.user, **form.cleaned_data)
        except GroupsError as error:
            form.add_error("url", error.sentence)
        else:
            form = WebhookForm()
    context = {"form": form, "secret": secret, "webhooks": Webhook.objects.filter(brand=brand)}
    return render(request, "webhooks/webhook_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_detail(request: PortalRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Shows a webhook with its events and what was answered; POST changes its address and kinds."""
    webhook = _webhook(request, webhook_id)
    form = WebhookForm(request.POST or None, initial={"url": webhook.url, "kinds": webhook.kinds})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_webhook(webhook=webhook, actor=request.user, **form.cleaned_data)
        except GroupsError as error:
            form.add_error("url", error.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("campaigns:webhook-detail", webhook_id=webhook.pk)
    return _page(request, webhook, form)


@sensitive_variables()
@login_required
@require_POST
def webhook_rotate(request: PortalRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Makes a new secret, and shows it this once."""
    webhook = _webhook(request, webhook_id)
    secret = services.rotate_secret(webhook=webhook, actor=request.user)
    form = WebhookForm(initial={"url": webhook.url, "kinds": webhook.kinds})
    return _page(request, webhook, form, secret)


@login_required
@require_POST
def webhook_test(request: PortalRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Sends a test event."""
    webhook = _webhook(request, webhook_id)
    try:
        services.send_test(webhook=webhook, actor=request.user)
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The test event is on its way. Reload the page to see what was answered."))
    return redirect("campaigns:webhook-detail", webhook_id=webhook.pk)


@login_required
@require_POST
def webhook_switch(request: PortalRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Switches a webhook on or off."""
    webhook = _webhook(request, webhook_id)
    services.switch(webhook=webhook, is_on=request.POST.get("on") == "yes", actor=request.user)
    return redirect("campaigns:webhook-detail", webhook_id=webhook.pk)


@login_required
@require_POST
def webhook_remove(request: PortalRequest, webhook_id: uuid.UUID) -> HttpResponse:
    """Removes a webhook."""
    services.remove_webhook(webhook=_webhook(request, webhook_id), actor=request.user)
    messages.success(request, _("The webhook is removed."))
    return redirect("campaigns:webhook-list")


@login_required
@require_POST
def webhook_replay(request: PortalRequest, event_id: uuid.UUID) -> HttpResponse:
    """Tells an event again."""
    event = access.get(request.user, WebhookEvent, event_id, Permission.MANAGE_WORKSPACE)
    try:
        services.replay(event=event, actor=request.user)
    except GroupsError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The event is sent again. Reload the page to see what was answered."))
    return redirect("campaigns:webhook-detail", webhook_id=event.webhook_id)


def _webhook(request: PortalRequest, webhook_id: uuid.UUID) -> Webhook:
    return access.get(request.user, Webhook, webhook_id, Permission.MANAGE_WORKSPACE)


@sensitive_variables()
def _page(request: PortalRequest, webhook: Webhook, form: WebhookForm, secret: str = "") -> HttpResponse:
    page = Paginator(webhook.events.all(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"webhook": webhook, "form": form, "secret": secret, "page": page}
    return render(request, "webhooks/webhook_detail.html", context, status=422 if form.errors else 200)
