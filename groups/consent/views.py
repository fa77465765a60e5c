"""The pages of who gets no mail: the list, adding by hand and from a file, lifting, the export and the policy."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groups import access
from groups.audiences import cleaning
from groups.consent import exporting, lifting, queries, services
from groups.consent.forms import AddForm, FileForm, LiftForm, PolicyForm
from groups.errors import GroupsError, InputRefused, StaleState
from groups.http import PortalRequest
from groups.keeping.standing import is_changing_over
from groups.models import Brand, Group, SuppressionOrigin, SuppressionReason, UnsubscribeScope
from groups.roles import Permission
from groups.spreadsheets import csv_lines
from groups.workspace.queries import workspace_of


@login_required
@require_GET
def suppression_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows who gets no mail of a group, or of the brand on its own group; `?q=`, `?reason=`, `?origin=` narrow it."""
    group = access.get(request.user, Group, group_id, Permission.SEE_CONTACTS)
    wanted = _wanted(request)
    seen = queries.suppressions_for(group, request.user)
    page = queries.page_of(
        queries.matching(seen, wanted, group.brand),
        seen,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    is_brand = group.parent_id is None
    context = {
        "group": group,
        "is_brand": is_brand,
        "wanted": wanted,
        "query": urlencode({"q": wanted.search, "reason": wanted.reason, "origin": wanted.origin}),
        "reasons": SuppressionReason.choices,
        "origins": SuppressionOrigin.choices,
        "page": page,
        "lines": [(one, lifting.who_else_lifts(one, group)) for one in page.rows],
        "told": queries.told_by_braze(group.brand),
        "may_manage": access.may(request.user, Permission.MANAGE_CONTACTS, group),
        "may_export": access.may(request.user, Permission.EXPORT_AUDIENCES, group),
        "may_rule": is_brand and access.may(request.user, Permission.MANAGE_RULES, group),
    }
    is_partial = bool(request.htmx) and not request.htmx.history_restore_request
    return render(request, "consent/_suppressions.html" if is_partial else "consent/suppression_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suppression_add(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Takes addresses that must not be mailed."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_CONTACTS)
    form = AddForm(request.POST or None, group=group)
    if request.method == "POST" and form.is_valid():
        added = services.add_addresses(
            group=group,
            addresses=form.cleaned_data["addresses"],
            reason=SuppressionReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            actor=request.user,
        )
        messages.success(request, _told(added))
        return redirect("groups:suppression-list", group_id=group.pk)
    return render(
        request, "consent/suppression_add.html", {"group": group, "form": form}, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suppression_import(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Takes a file of addresses that must not be mailed."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_CONTACTS)
    form = FileForm(request.POST or None, request.FILES or None, group=group)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.import_addresses(
                group=group,
                file=form.cleaned_data["file"],
                reason=SuppressionReason(form.cleaned_data["reason"]),
                actor=request.user,
            )
        except InputRefused as error:
            form.add_error("file", error.sentence)
        else:
            messages.success(request, _told(added))
            return redirect("groups:suppression-list", group_id=group.pk)
    return render(
        request, "consent/suppression_import.html", {"group": group, "form": form}, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suppression_lift(request: PortalRequest, group_id: uuid.UUID, suppression_id: int) -> HttpResponse:
    """Shows a suppression and what lifting it takes, and lifts it."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_CONTACTS)
    suppression = access.one_of(queries.suppressions_for(group, request.user), suppression_id)
    needs_consent = lifting.needs_consent(suppression)
    form = LiftForm(request.POST or None, needs_consent=needs_consent)
    if request.method == "POST" and form.is_valid():
        try:
            lifting.lift(
                suppression=suppression,
                group=group,
                statement=form.cleaned_data["statement"],
                consented_on=form.cleaned_data.get("consented_on"),
                actor=request.user,
            )
        except StaleState as error:
            messages.info(request, error.sentence)
            return redirect("groups:suppression-list", group_id=group.pk)
        except InputRefused as error:
            form.add_error("consented_on" if "consented_on" in form.fields else "statement", error.sentence)
        except GroupsError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("%(address)s may be mailed again.") % {"address": suppression.address})
            if suppression.group_id is None and not needs_consent:
                messages.info(
                    request,
                    _(
                        "Braze still has this person as unsubscribed, and only they can change that: it mails them "
                        "once they agreed again."
                    ),
                )
            return redirect("groups:suppression-list", group_id=group.pk)
    context = {
        "group": group,
        "suppression": suppression,
        "needs_consent": needs_consent,
        "why_not": lifting.who_else_lifts(suppression, group),
        "form": form,
    }
    return render(request, "consent/suppression_lift.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def suppression_export(request: PortalRequest, group_id: uuid.UUID) -> HttpResponseBase:
    """Gives who gets no mail as CSV to those who may both see and export contacts; that is an event of the trail."""
    access.get(request.user, Group, group_id, Permission.SEE_CONTACTS)
    group = access.get(request.user, Group, group_id, Permission.EXPORT_AUDIENCES)
    rows = exporting.export(group=group, wanted=_wanted(request), actor=request.user)
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="suppressions-{group.code}.csv"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent_policy(request: PortalRequest) -> HttpResponse:
    """Shows and saves what leaving one group counts for; for those who manage the rules of the brand."""
    brand = access.get(request.user, Brand, request.brand.pk, Permission.MANAGE_RULES) if request.brand else None
    if brand is None:
        raise Http404
    initial = {
        "unsubscribe_scope": brand.unsubscribe_scope,
        "subscription_group_id": workspace_of(brand).subscription_group_id,
    }
    form = PolicyForm(request.POST or None, initial=initial)
    root = brand.groups.get(parent=None)
    if request.method == "POST" and form.is_valid():
        services.save_policy(
            brand=brand,
            unsubscribe_scope=UnsubscribeScope(form.cleaned_data["unsubscribe_scope"]),
            subscription_group_id=form.cleaned_data["subscription_group_id"],
            actor=request.user,
        )
        messages.success(request, _("Saved. It counts for whoever unsubscribes from now on."))
        return redirect("groups:consent-policy")
    return render(
        request,
        "consent/policy.html",
        {
            "group": root,
            "form": form,
            "told": queries.told_by_braze(brand),
            "keeps_contacts": brand.keeps_contacts,
            "is_forgetting": is_changing_over(brand.pk),
        },
        status=422 if form.errors else 200,
    )


def _wanted(request: PortalRequest) -> queries.Wanted:
    said = request.POST if request.method == "POST" else request.GET
    return queries.Wanted(
        search=cleaning.shown_text(said.get("q", "")).strip().lower()[:100],
        reason=said.get("reason", "") if said.get("reason", "") in SuppressionReason.values else "",
        origin=said.get("origin", "") if said.get("origin", "") in SuppressionOrigin.values else "",
    )


def _told(added: services.Added) -> str:
    """Says what became of the addresses, a sentence for each part that there is."""
    sentences = [
        ngettext(
            "%(count)s address gets no mail from now on.", "%(count)s addresses get no mail from now on.", added.opened
        )
        % {"count": added.opened}
    ]
    if known := added.addresses - added.opened:
        sentences.append(
            ngettext("%(count)s was shut already.", "%(count)s were shut already.", known) % {"count": known}
        )
    if added.wrong:
        sentences.append(
            ngettext(
                "%(count)s row holds no email address and was passed over.",
                "%(count)s rows hold no email address and were passed over.",
                added.wrong,
            )
            % {"count": added.wrong}
        )
    return " ".join(sentences)
