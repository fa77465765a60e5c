"""Ids of others in query strings and in forms: refused, with nothing done, whoever sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils.http import urlencode

from groups.roles import Role
from tests.matrix.asking import ask
from tests.matrix.row import HOLDERS, OWNER, At, Place, Row, Who
from tests.matrix.rows import ROWS
from tests.matrix.things import Things
from tests.matrix.watching import fingerprint
from tests.matrix.world import World, holder

# One process builds the world once, and asks everything of it.
pytestmark = pytest.mark.xdist_group("foreign-ids")

BY_LABEL = {row.label: row for row in ROWS}
MANAGER = holder(Role.BRAND_MANAGER, Place.OWN)
# What a form names and what is nobody's: a time, an address, what the page showed.
NOT_OF_ANYBODY = frozenset({"@in_ten_days", "@endpoint", "@revision", "@digest", "@matrix_digest", "@segment"})


@dataclass(frozen=True, slots=True)
class Case:
    """An input that names a thing, in the form of a row: its `value` is taken from the things of others.

    `answers` is how it is refused. Without `of_sibling` another group of the brand may be named as well. `besides` is
    what else is sent, `by` who sends it where it is not the first of the table who may.
    """

    label: str
    name: str
    value: str
    answers: int
    of_sibling: bool = True
    besides: Mapping[str, object] = field(default_factory=dict)
    by: Who | None = None


def people_file(things: Things) -> SimpleUploadedFile:
    """Gives a file that names a group."""
    line = f"email,role,groups,name\nnew@northwind.example,read_only,{things['code']},New\n"
    return SimpleUploadedFile("people.csv", line.encode())


NEW_PEOPLE = {"creates_people": "on", "group_code": "OWN", "role": "read_only"}
FILTERS = (
    Case("POST groups:filter-new", "source", "segment_audience", 404),
    Case("POST groups:filter-new", "g0-c0-attribute", "target", 422, of_sibling=False),
    Case("POST groups:filter-edit", "source", "segment_audience", 404),
    Case("POST groups:filter-edit", "g0-c0-attribute", "target", 422, of_sibling=False),
)
FORMS = (
    Case("POST groups:person-invite", "group", "code", 422),
    Case("POST groups:person-invite", "role", "role_read_only", 422, of_sibling=False),
    Case("POST groups:person-give-role", "group", "code", 422),
    Case("POST groups:person-give-role", "role", "role_read_only", 422, of_sibling=False),
    Case("POST groups:person-take-role", "membership", "membership", 404),
    # The report says what is wrong; nothing is imported before somebody confirms it.
    Case("POST groups:person-import", "file", "people_file", 200),
    Case("POST groups:cover", "membership", "membership", 404),
    Case("POST groups:cover", "to", "colleague", 422, of_sibling=False),
    Case("POST groups:cover-end", "delegation", "delegation", 404),
    # A manager of one region names the group of another, or an admin that of another brand.
    Case("POST groups:group-move", "parent", "group_id", 422, by=MANAGER),
    Case("POST groups:audience-upload", "audience", "audience_id", 404),
    Case("POST groups:second-factor-rules", "roles", "role_key", 422, of_sibling=False),
    Case("POST groups:sso", "group_code", "code", 422, of_sibling=False, besides=NEW_PEOPLE),
    Case("POST groups:sso", "role", "role_key", 422, of_sibling=False, besides=NEW_PEOPLE),
    Case("POST groups:sso-break-glass", "user", "break_glass", 404, of_sibling=False),
    Case("POST groups:directory", "roles", "role_key", 422, of_sibling=False),
    # A draft that is not among those that the page lists: "0 drafts are up to date now".
    Case("POST groups:erasure-list", "address", "contact_address", 422, of_sibling=False),
    Case("POST campaigns:mailings-move", "mailing", "mailing_id", 404),
    Case("POST campaigns:mailings-move", "folder", "mailing_folder", 404),
    Case("POST campaigns:mailings-delete", "mailing", "mailing_id", 404),
    Case("POST campaigns:template-push", "mailing", "outdated", 302, of_sibling=False),
    Case("POST campaigns:template-access", "allowed_groups", "group_id", 422, of_sibling=False),
    Case("POST campaigns:template-access", "denied_groups", "group_id", 422, of_sibling=False),
    Case("POST campaigns:template-access", "allowed_roles", "role_key", 422, of_sibling=False),
    Case("POST campaigns:template-access", "allowed_people", "colleague", 422, of_sibling=False),
    Case("POST campaigns:template-access", "denied_people", "colleague", 422, of_sibling=False),
    Case("POST campaigns:rollout-create", "template", "template_id", 422, of_sibling=False),
    # What may not be taken in is passed over: "0 groups are taken in".
    Case("POST campaigns:rollout-groups", "group", "child_id", 302),
    Case("POST campaigns:rollout-grid", "pasted", "grid_line", 422),
    Case("POST campaigns:image-list", "folder", "folder_id", 422),
    Case("POST campaigns:image-edit", "folder", "folder_id", 422),
    Case("POST campaigns:look-edit", "logo", "image_id", 422),
    Case("POST campaigns:rule-review-add", "group", "group_id", 422, of_sibling=False),
    Case("POST campaigns:rule-review-add", "template", "template_id", 422, of_sibling=False),
    Case("POST campaigns:rule-review-edit", "group", "group_id", 422, of_sibling=False),
    Case("POST campaigns:rule-review-edit", "template", "template_id", 422, of_sibling=False),
    Case("POST groups:variation-map", "group", "group_id", 404, of_sibling=False),
    Case("POST campaigns:mailing-crop", "was", "image_id", 422),
    Case("POST campaigns:mailing-save", "mailing-audience", "audience_id", 404),
    Case("POST campaigns:mailing-save", "mailing-person", "person_id", 404),
    Case("POST campaigns:mailing-save", "photo.image", "image_id", 404),
    Case("POST campaigns:mailing-save", "act.mailing-attachments", "remove_attachment", 404),
    Case("POST campaigns:practice-start", "template", "template_id", 404, of_sibling=False),
    Case("POST campaigns:mailing-tests", "testers", "person_id", 422),
    Case("POST campaigns:mailing-tests", "contact", "contact_name", 422, besides={"testers": "@author_id"}),
    Case("POST campaigns:mailing-comments", "reply_to", "comment_id", 404),
    Case("POST campaigns:mailing-comments", "mentions", "person_id", 422),
    Case("POST campaigns:review-approve-together", "review", "review_with_digest", 302, by=MANAGER),
    Case("POST campaigns:review-ask-changes", "canned", "reason_id", 422, of_sibling=False),
    *FILTERS,
)
# In these addresses one part is of the person's own group, and the other one is foreign.
PARTS = (
    Case("POST groups:audience-contact-remove", "contact_id", "contact_id", 404),
    Case("GET groups:suppression-lift", "suppression_id", "suppression_id", 404),
    Case("POST groups:suppression-lift", "suppression_id", "suppression_id", 404),
    Case("GET campaigns:image-crop", "image_id", "image_id", 404),
    Case("POST campaigns:image-crop", "image_id", "image_id", 404),
    Case("POST campaigns:mailing-restore", "snapshot_id", "snapshot_id", 404),
    Case("GET campaigns:report-template", "template_id", "template_id", 404, of_sibling=False),
    Case("GET campaigns:report-template-table", "template_id", "template_id", 404, of_sibling=False),
    Case("POST campaigns:report-nudge", "silent_id", "group_id", 404),
    Case("GET campaigns:template-preview", "template_id", "template_id", 404, of_sibling=False),
    Case("POST campaigns:rollout-use", "offer", "offer", 404),
    Case("POST campaigns:mailing-start", "template_id", "template_id", 404, of_sibling=False),
)
# What a query string names is shown or it is not; of what is foreign nothing is.
QUERIES = (
    Case("GET groups:person-list", "group", "code", 200),
    Case("GET groups:person-list", "role", "role_id", 200, of_sibling=False),
    Case("GET groups:person-invite", "group", "group_id", 200),
    Case("GET groups:audience-upload", "audience", "audience_id", 200),
    Case("GET campaigns:calendar", "below", "group_id", 404),
    Case("GET campaigns:mailing-history", "version", "snapshot_id", 404),
    Case("GET campaigns:mailing-preview", "contact", "contact_name", 200),
    Case("GET campaigns:review-list", "group", "group_id", 200, by=MANAGER),
    Case("GET campaigns:rollout-groups", "below", "group_id", 200),
    Case("GET campaigns:image-list", "folder", "folder_slug", 200),
    Case("GET campaigns:contact-detail", "list", "audience_id", 200),
    Case("GET groups:contact-list", "after", "contact_id", 200),
    Case("GET groups:contact-list", "before", "contact_id", 200),
    Case("GET groups:audience-show", "after", "contact_id", 200),
    Case("GET groups:audience-show", "before", "contact_id", 200),
    Case("GET campaigns:mailing-edit", "photo.image", "image_id", 200, besides={"field": "photo"}),
)


def cells(cases: tuple[Case, ...]) -> list[object]:
    """Gives each case with whose thing is named."""
    return [
        pytest.param(case, whose, id=f"{case.label} {case.name} of {whose}")
        for case in cases
        for whose in ("sibling", "other_brand")
        if case.of_sibling or whose == "other_brand"
    ]


def test_every_form_that_names_a_thing_has_its_case() -> None:
    named = {
        (row.label, name)
        for row in ROWS
        for name, value in row.form.items()
        if isinstance(value, str) and value.startswith("@") and value not in NOT_OF_ANYBODY
    }
    tried = {(case.label, case.name) for case in FORMS}

    missing = sorted(f"{label}: {name}" for label, name in named - tried)

    assert not missing, f"Say in {__name__} how a foreign id is refused here: {', '.join(missing)}."


@pytest.mark.catalogue("G2")
@pytest.mark.parametrize(("case", "whose"), cells(FORMS))
def test_a_foreign_id_in_a_form_is_refused_and_does_nothing(
    case: Case, whose: str, world: World, untouched: dict[str, str], client: Client
) -> None:
    row, theirs, waiting = BY_LABEL[case.label], _things(world, whose), len(connection.run_on_commit)
    form = {**row.form, **case.besides, **_foreign(case, theirs)}

    answer = ask(client, world, _actor(case, row), row, form=form)

    assert answer.status_code == case.answers
    assert fingerprint() == untouched
    assert (mail.outbox, len(connection.run_on_commit)) == ([], waiting)


@pytest.mark.parametrize("case", FORMS, ids=lambda case: f"{case.label} {case.name}")
def test_the_same_form_with_ones_own_thing_goes_through(case: Case, world: World, client: Client) -> None:
    row = BY_LABEL[case.label]
    # One lends a role of one's own; the file hangs on another mailing than the one that the others are tried on.
    own = {case.name: "@me"} if case.value == "membership" and "cover" in row.name else _foreign(case, world.own)
    parts = {"mailing_id": world.own["attached"]} if case.value == "remove_attachment" else {}
    actor = _actor(case, row)
    if row.name == "groups:group-move":
        # A group stands below no group of its own; head office takes it.
        own, actor = {}, holder(Role.BRAND_MANAGER, Place.ROOT)

    answer = ask(client, world, actor, row, form={**row.form, **case.besides, **own}, parts=parts)

    assert answer.status_code in row.answers


@pytest.mark.catalogue("G2")
@pytest.mark.parametrize(("case", "whose"), cells(PARTS))
def test_a_foreign_id_beside_ones_own_in_an_address_is_404(
    case: Case, whose: str, world: World, untouched: dict[str, str], client: Client
) -> None:
    row = BY_LABEL[case.label]

    answer = ask(client, world, _actor(case, row), row, parts={case.name: _things(world, whose)[case.value]})

    assert answer.status_code == case.answers
    assert fingerprint() == untouched


@pytest.mark.catalogue("G2")
@pytest.mark.parametrize(("case", "whose"), cells(QUERIES))
def test_a_foreign_id_in_a_query_shows_nothing_of_it(case: Case, whose: str, world: World, client: Client) -> None:
    row, theirs = BY_LABEL[case.label], _things(world, whose)
    query = urlencode({**case.besides, case.name: str(theirs[case.value])})
    headers = {"HX-Request": "true"} if "field" in case.besides else {}

    answer = ask(client, world, _actor(case, row), row, query=f"?{query}", headers=headers)

    assert answer.status_code == case.answers
    page = answer.content.decode()
    for mark in (f"of {theirs['code']}", theirs["group_name"], theirs["image_path"], theirs["contact_name"]):
        assert mark not in page


def _actor(case: Case, row: Row) -> Who:
    """Gives the first of the table who may: on the group where that is enough, else on the brand's own."""
    places = (Place.ROOT,) if row.at is At.BRAND else (Place.OWN,)
    return case.by or next(who for who in (*HOLDERS, OWNER) if row.acts_for(who) and who.place in (*places, None))


def _things(world: World, whose: str) -> Things:
    return world.sibling if whose == "sibling" else world.other_brand


def _foreign(case: Case, theirs: Things) -> dict[str, object]:
    """Gives the input with the foreign thing in it."""
    if case.value == "people_file":
        return {case.name: people_file(theirs)}
    if case.value == "remove_attachment":
        return {case.name: f"remove.{theirs['attachment']}"}
    if case.value == "review_with_digest":
        return {case.name: str(theirs["review_id"]), f"digest-{theirs['review_id']}": theirs["digest"]}
    return {case.name: str(theirs[case.value])}


def test_the_things_of_others_are_others(world: World) -> None:
    for case in (*FORMS, *PARTS, *QUERIES):
        for whose in ("sibling", "other_brand") if case.of_sibling else ("other_brand",):
            own, foreign = (
                str(next(iter(_foreign(case, things).values()))) for things in (world.own, _things(world, whose))
            )
            assert case.value == "people_file" or own != foreign, (case.label, case.name)
