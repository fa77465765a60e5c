"""The tests of a draft: a part of the composer's check, and a page of its own where no script runs."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from campaigns.errors import Refusal
from campaigns.models import Mailing, MailingState
from campaigns.testsend.forms import TestersForm
from campaigns.testsend.page import panel_of, shown_tests
from campaigns.testsend.services import ask_for_tests
from groups import access
from groups.http import PortalRequest
from groups.roles import Permission


@login_required
@require_http_methods(["GET", "POST"])
def mailing_tests(request: PortalRequest, mailing_id: uuid.UUID) -> HttpResponse:
    """Shows the tests of a draft; POST asks for more. A swap gets the list, or the form with what it says now."""
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    if request.method == "POST":
        return _ask(request, mailing)
    if request.htmx:
        tests = shown_tests(mailing, request.user)
        response = render(request, "testsend/_tests.html", {"mailing": mailing, "tests": tests})
        # The check that asks for a test is answered by now, so the composer looks again.
        return response if tests.is_moving or not tests.is_needed else trigger_client_event(response, "tested")
    if mailing.state != MailingState.DRAFT:
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    return render(request, "testsend/test_list.html", {"mailing": mailing, "panel": panel_of(mailing, request.user)})


def _ask(request: PortalRequest, mailing: Mailing) -> HttpResponse:
    form = TestersForm(request.POST, mailing=mailing, reader=request.user)
    refused = form.sentences
    if not refused:
        try:
            tests = ask_for_tests(
                mailing=mailing,
                testers=list(form.cleaned_data["testers"]),
                contact=form.cleaned_data["contact"],
                actor=request.user,
            )
        except Refusal as refusal:
            refused = [refusal.sentence]
        else:
            if not request.htmx:
                sentence = ngettext("%(count)d test is on its way.", "%(count)d tests are on their way.", len(tests))
                messages.success(request, sentence % {"count": len(tests)})
                return redirect("campaigns:mailing-tests", mailing_id=mailing.pk)
    panel = panel_of(
        mailing,
        request.user,
        chosen=request.POST.getlist("testers"),
        contact=request.POST.get("contact", ""),
        refused=refused,
    )
    page = "testsend/_panel.html" if request.htmx else "testsend/test_list.html"
    return render(request, page, {"mailing": mailing, "panel": panel}, status=422 if refused else 200)
