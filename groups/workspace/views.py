"""The page "Braze Email Service Provider": the brand's Braze settings, for admins."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from groups import access
from groups.errors import InputRefused
from groups.http import PortalRequest
from groups.models import Brand, Workspace
from groups.roles import Permission
from groups.workspace import queries, services
from groups.workspace.forms import WorkspaceForm


@sensitive_variables()
@sensitive_post_parameters("api_key")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: PortalRequest) -> HttpResponse:
    """Shows and stores the settings; what is wrong stands at the field, and nothing is stored then."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_WORKSPACE)
    found = queries.workspace_of(brand)
    form = WorkspaceForm(request.POST or None, workspace=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.connect(
                brand=brand,
                actor=request.user,
                endpoint=form.cleaned_data["endpoint"],
                api_key=form.cleaned_data["api_key"],
                app_id=form.cleaned_data["app_id"],
                campaign_id=form.cleaned_data["campaign_id"],
                variation_id=form.cleaned_data["variation_id"],
                trigger_campaign_id=form.cleaned_data["trigger_campaign_id"],
                budget_percent=form.cleaned_data["budget_percent"],
            )
        except InputRefused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("The Braze settings are saved. Check the connection now."))
            return redirect("groups:workspace")
    return _page(request, found, form, status=422 if form.errors else 200)


@login_required
@require_POST
def workspace_check(request: PortalRequest) -> HttpResponse:
    """Asks Braze for each permission; htmx gets the rows, others the page with them."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_WORKSPACE)
    found = access.get(request.user, Workspace, queries.workspace_of(brand).pk, Permission.MANAGE_WORKSPACE)
    rows = services.check_connection(workspace=found)
    if request.htmx:
        return render(request, "workspace/_permissions.html", {"workspace": found, "rows": rows})
    return _page(request, found, WorkspaceForm(workspace=found), rows)


def _page(
    request: PortalRequest,
    found: Workspace,
    form: WorkspaceForm,
    rows: tuple[services.PermissionRow, ...] | None = None,
    status: int = 200,
) -> HttpResponse:
    if rows is None and found.checked_at is not None:
        rows = services.rows(found.check_result)
    context = {
        "workspace": found,
        "form": form,
        "rows": rows or (),
        "permissions": services.USES,
        "needed": services.NEEDED,
        "addresses": settings.OUTGOING_IP_ADDRESSES,
        "is_stored": found.checked_at is not None or found.is_connected,
    }
    return render(request, "workspace/workspace.html", context, status=status)
