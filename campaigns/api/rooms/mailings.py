"""Mailings: made, read, changed, checked, looked at and tested."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status

from campaigns.api import shown
from campaigns.api.changing import change, set_values
from campaigns.api.schemas import (
    CheckOut,
    ChecksOut,
    MailingChange,
    MailingOut,
    MailingSaid,
    MailingWithValues,
    PreviewOut,
    TestsOut,
    TestsSaid,
)
from campaigns.brandlock import Target
from campaigns.compose import services
from campaigns.compose.content import render_mailing
from campaigns.compose.preview_as import context_as
from campaigns.compose.queries import count_of
from campaigns.models import Mailing, MailingState, Template
from campaigns.practice.services import start_practice
from campaigns.preflight import check
from campaigns.review.policy import needs_approval
from campaigns.testsend.queries import colleagues_of, sent_tests
from campaigns.testsend.services import ask_for_tests
from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.idempotency import PARAMETER, once
from groups.api.paging import AskedPage, Page, page_of
from groups.api.problems import refused
from groups.models import Group
from groups.roles import Permission

P = Permission
router = Router(tags=["Mailings"])
CASES = {"sample": "", "longest": "longest", "nothing": "nothing"}


@router.get("/mailings", response=Page[MailingOut], auth=Bearer(P.SEE_MAILINGS), summary="List mailings")
def list_mailings(
    request: ApiRequest, paging: AskedPage, group_id: UUID | None = None, state: MailingState | None = None
) -> Page[MailingOut]:
    """Gives the mailings that the token may see, newest first: of all its groups or of one, in all states or one."""
    seen = access.visible(request.auth, Mailing, P.SEE_MAILINGS)
    if group_id is not None:
        seen = seen.filter(group=access.get(request.auth, Group, group_id, P.SEE_MAILINGS))
    if state is not None:
        seen = seen.filter(state=state)
    seen = seen.select_related("version__template", "author").defer("version__source", "version__compiled", "values")
    found = page_of(request, seen, paging)
    return Page(items=[shown.mailing_out(mailing) for mailing in found.rows], next=found.next)


@router.post(
    "/mailings",
    response={201: MailingWithValues},
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Start a mailing",
)
@once(201)
def start(request: ApiRequest, said: MailingSaid) -> MailingWithValues:
    """Makes a draft from a template that is offered, with the values that are given; the others are the template's."""
    group = access.get(request.auth, Group, said.group_id, P.EDIT_MAILINGS)
    template = access.get_usable(group, Template, said.template_id)
    if said.is_practice:
        mailing = start_practice(group=group, template=template, actor=request.auth)
        if said.name:
            services.rename(mailing=mailing, name=said.name, revision=mailing.revision, actor=request.auth)
    else:
        mailing = services.start_mailing(group=group, template=template, actor=request.auth, name=said.name)
    if said.values:
        set_values(mailing=mailing, values=said.values, actor=request.auth)
    return shown.mailing_with_values(mailing)


@router.get("/mailings/{mailing_id}", response=MailingWithValues, auth=Bearer(P.SEE_MAILINGS), summary="Read a mailing")
def read(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Gives a mailing with its values."""
    return shown.mailing_with_values(access.get(request.auth, Mailing, mailing_id, P.SEE_MAILINGS))


@router.patch(
    "/mailings/{mailing_id}", response=MailingWithValues, auth=Bearer(P.EDIT_MAILINGS), summary="Change a draft"
)
def change_draft(request: ApiRequest, mailing_id: UUID, said: MailingChange) -> MailingWithValues:
    """Changes name, values, sender, audience and time of a draft: all that is named, or nothing."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.EDIT_MAILINGS)
    return shown.mailing_with_values(change(mailing=mailing, said=said, actor=request.auth))


@router.delete("/mailings/{mailing_id}", response={204: None}, auth=Bearer(P.EDIT_MAILINGS), summary="Delete a draft")
def delete_draft(request: ApiRequest, mailing_id: UUID) -> Status[None]:
    """Deletes a draft that was never submitted or sent."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.EDIT_MAILINGS)
    services.delete_draft(mailing=mailing, actor=request.auth)
    return Status(204, None)


@router.post(
    "/mailings/{mailing_id}/copy",
    response={201: MailingWithValues},
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Copy a mailing",
)
@once(201)
def copy(request: ApiRequest, mailing_id: UUID) -> MailingWithValues:
    """Makes a new draft with the same content; audience and time are asked for anew."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.EDIT_MAILINGS)
    return shown.mailing_with_values(services.copy_mailing(mailing=mailing, actor=request.auth))


@router.get("/mailings/{mailing_id}/checks", response=ChecksOut, auth=Bearer(P.SEE_MAILINGS), summary="Check a mailing")
def checks(request: ApiRequest, mailing_id: UUID) -> ChecksOut:
    """Runs every check over a mailing, as before it is submitted or sent, and counts whom it would reach."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.SEE_MAILINGS)
    findings = check(mailing, actor=request.auth)
    count = count_of(mailing)
    return ChecksOut(
        is_ready=not any(found.blocks for found in findings),
        needs_approval=needs_approval(mailing, request.auth),
        people=count.reached if count else None,
        left_out=dict(count.left_out) if count else {},
        findings=[
            CheckOut(code=found.code, field=found.step, message=found.sentence, blocks=found.blocks)
            for found in findings
        ],
    )


@router.get(
    "/mailings/{mailing_id}/preview", response=PreviewOut, auth=Bearer(P.SEE_MAILINGS), summary="Look at a mailing"
)
def preview(
    request: ApiRequest, mailing_id: UUID, case: Literal["sample", "longest", "nothing"] = "sample"
) -> PreviewOut:
    """Gives the mail as a sample person would get it, or with the longest values, or with none known."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.SEE_MAILINGS)
    rendered = render_mailing(mailing, Target.SAMPLE, context_as(mailing, request.auth, case=CASES[case]))
    return PreviewOut(subject=rendered.subject, preheader=rendered.preheader, html=rendered.html, text=rendered.text)


@router.get(
    "/mailings/{mailing_id}/tests", response=TestsOut, auth=Bearer(P.SEE_MAILINGS), summary="List the test mails"
)
def list_tests(request: ApiRequest, mailing_id: UUID) -> TestsOut:
    """Gives the last fifty test mails of a mailing, newest first."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.SEE_MAILINGS)
    return TestsOut(items=[shown.test_out(test) for test in sent_tests(mailing)[:50]])


@router.post(
    "/mailings/{mailing_id}/tests",
    response={202: TestsOut},
    auth=Bearer(P.EDIT_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Send a test mail",
)
@once(202)
def send_tests(request: ApiRequest, mailing_id: UUID, said: TestsSaid) -> TestsOut:
    """Puts a test of a draft on its way to colleagues who may see it, with the samples of merge tags."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.EDIT_MAILINGS)
    wanted = list(dict.fromkeys(said.tester_ids)) or [request.auth.pk]
    testers = list(colleagues_of(mailing.group).filter(pk__in=wanted))
    if len(testers) != len(wanted):
        raise refused("tester_ids", _("Tests go to people who may see this group's mailings, and to nobody else."))
    tests = ask_for_tests(mailing=mailing, testers=testers, actor=request.auth)
    return TestsOut(items=[shown.test_out(test) for test in tests])
