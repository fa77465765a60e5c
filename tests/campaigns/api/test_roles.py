"""Every role by the API: what the table of the product lets it do, exactly, and nothing in groups beside its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from campaigns.models import Mailing
from groups.models import Event, Group
from groups.roles import Permission, Role
from tests.builders import Cast, a_person
from tests.campaigns.builders import a_mailing
from tests.groups.api.builders import program_of
from tests.rights import EXPECTED

P = Permission


def sample(group: Group, mailing: Mailing) -> Mapping[tuple[str, str], tuple[Permission | tuple[Permission, ...], Any]]:
    """Gives operations with the rights of which one opens them, and what is sent."""
    start = {"group_id": str(group.pk), "template_id": str(mailing.version.template_id)}
    return {
        ("get", f"/mailings/{mailing.pk}"): (P.SEE_MAILINGS, None),
        ("get", f"/groups/{group.pk}/audiences"): (P.SEE_CONTACTS, None),
        ("post", f"/groups/{group.pk}/audiences"): (P.MANAGE_CONTACTS, {"name": "Guests"}),
        ("get", f"/groups/{group.pk}/images"): (P.MANAGE_IMAGES, None),
        ("post", "/mailings"): (P.EDIT_MAILINGS, start),
        ("post", f"/mailings/{mailing.pk}/copy"): (P.EDIT_MAILINGS, None),
        ("post", f"/mailings/{mailing.pk}/send"): (P.SEND_MAILINGS, {"revision": 99}),
        ("post", f"/mailings/{mailing.pk}/stop"): (P.STOP_MAILINGS, None),
        ("get", "/reviews"): ((P.REVIEW_MAILINGS, P.APPROVE_MAILINGS), None),
    }


@pytest.mark.catalogue("X6")
@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_by_the_api_what_the_table_says(cast: Cast, role: Role) -> None:
    mailing = a_mailing(group=cast.store, author=cast.sender, people=1)
    theirs = a_mailing(group=cast.next_store, author=cast.neighbour, people=1)
    program = program_of(a_person(role=role, group=cast.store), cast.brand)
    wrong, events = [], Event.objects.count()

    for own, group, one in ((True, cast.store, mailing), (False, cast.next_store, theirs)):
        for (method, path), (needs, said) in sample(group, one).items():
            opening = needs if isinstance(needs, tuple) else (needs,)
            holds = any(EXPECTED[need, role] for need in opening)
            answer = program.get(path) if method == "get" else program.post(path, said)
            # A revision that is not the stored one, or a mailing that is not on its way, is for those who may try.
            expected = {403} if not holds else {200, 201, 409} if own or path == "/reviews" else {404}
            wrong += [] if answer.status_code in expected else [f"{method} {path}: {answer.status_code}"]

    assert wrong == []
    mailing.refresh_from_db()
    theirs.refresh_from_db()
    assert (mailing.state, theirs.state) == ("draft", "draft")
    assert Mailing.objects.filter(group=cast.next_store).count() == 1
    made = EXPECTED[P.MANAGE_CONTACTS, role] + 2 * EXPECTED[P.EDIT_MAILINGS, role]
    assert Event.objects.count() - events == made
