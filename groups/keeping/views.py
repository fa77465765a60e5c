"""The page on which a brand decides what is kept of contacts, and sees how far forgetting them is."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups import access
from groups.errors import InputRefused, StaleState
from groups.http import PortalRequest
from groups.keeping import queries, services
from groups.keeping.forms import KeepNoContactsForm
from groups.keeping.reasons import reasons_against, remarks_on
from groups.models import Brand
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contacts_kept(request: PortalRequest) -> HttpResponse:
    """Says what is kept of contacts, and lets those who manage the rules of the brand keep no more than must be.

    While they are being forgotten it shows how far that is; htmx asks for that part alone.
    """
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_RULES) if request.brand else None
    if brand is None:
        raise Http404
    form = KeepNoContactsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_no_contacts(brand=brand, actor=request.user)
        except InputRefused as error:
            form.add_error(None, error.sentence)
        except StaleState:
            return redirect("groups:contacts-kept")
        else:
            messages.success(request, _("From now on nothing new is kept. What is here is being forgotten."))
            return redirect("groups:contacts-kept")
    context = {
        "group": brand.groups.get(parent=None),
        "form": form,
        "keeps": brand.keeps_contacts,
        "progress": queries.progress_of(brand),
        "reasons": reasons_against(brand) if brand.keeps_contacts else [],
        "remarks": remarks_on(brand) if brand.keeps_contacts else [],
    }
    if request.htmx:
        return render(request, "consent/_forgetting.html", context)
    return render(request, "consent/contacts_kept.html", context, status=422 if form.errors else 200)
