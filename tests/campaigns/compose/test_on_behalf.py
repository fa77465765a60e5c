"""A mailing goes in its author's name or in a colleague's: of a shared group, approved, and shown as what it is."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.brandlock import SourceRefused, Target
from campaigns.compose.content import proof_of, render_mailing
from campaigns.compose.person_step import choose_person
from campaigns.compose.services import copy_mailing
from campaigns.delivery.services import send
from campaigns.errors import NotAllowed, NotReady, Refusal
from campaigns.models import Mailing, MailingState, Review, RuleLevel
from campaigns.preflight import check
from campaigns.review.changed_kinds import SENDER, changed_kinds_of
from campaigns.review.deciding import approve
from campaigns.review.digest import digest_of
from campaigns.review.services import submit
from campaigns.rules.services import add_word
from groups.models import GroupField, Membership, User, UserField, UserFieldKind, UserFieldValue, Workspace
from groups.people.field_values import set_values
from groups.people.queries import colleagues_of
from groups.roles import Role
from tests.builders import Cast, a_group, a_membership, a_person, a_workspace
from tests.campaigns.builders import SOURCE, a_mailing, a_template
from tests.groups.people.test_fields import a_field, a_photo
from tests.groups.tree.test_fields import a_field as a_group_field

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("G6")]
WITH_LICENCE = SOURCE.replace("Hello [[first_name]]", "[[sender.person]], licence [[sender.licence]]")
WITH_PHOTO = SOURCE.replace(
    "<mj-text>Hello [[first_name]]</mj-text>", '<mj-image src="[[sender.photo]]" alt="[[sender.person]]" />'
)


@pytest.fixture(autouse=True)
def workspace(cast: Cast) -> Workspace:
    """Connects the brand."""
    return a_workspace(brand=cast.brand)


@pytest.fixture
def licence(cast: Cast) -> UserField:
    """Gives the field that the template shows."""
    return a_field(cast.brand)


def say(person: User, field: UserField, value: str) -> None:
    """Says what a field says of a person."""
    UserFieldValue.objects.update_or_create(user=person, field=field, defaults={"value": value})


def a_draft(cast: Cast, source: str = WITH_LICENCE) -> Mailing:
    """Gives a draft of the store's author whose template says something of the person."""
    a_template(brand=cast.brand, slug="news-schedule", source=source)
    return a_mailing(group=cast.store, author=cast.author)


def blockers(mailing: Mailing) -> list[tuple[str, dict[str, str]]]:
    """Gives what keeps a mailing from going."""
    mailing = Mailing.objects.get(pk=mailing.pk)
    return [(found.code, dict(found.params)) for found in check(mailing) if found.blocks]


def chosen(client: Client, mailing: Mailing, person: object) -> int:
    """Chooses a person by the form of the composer; gives the status."""
    data = {"mailing-revision": mailing.revision, "mailing-person": str(person)}
    return client.post(reverse("campaigns:mailing-save", args=[mailing.pk]), data).status_code


def test_a_template_may_not_name_a_field_that_people_cannot_have(cast: Cast) -> None:
    a_field(cast.other_brand)
    ruled = SOURCE.replace(
        "<mj-text>Hello [[first_name]]</mj-text>",
        '<mj-text data-section="law" data-label="Law" data-if="sender.licence">Licensed</mj-text>',
    )

    for slug, source in (("shown", WITH_LICENCE), ("ruled", ruled)):
        with pytest.raises(SourceRefused) as refused:
            a_template(brand=cast.brand, slug=slug, source=source)
        assert [(one.code, one.params["name"]) for one in refused.value.findings] == [
            ("unknown_sender_field", "licence")
        ]


def test_a_mailing_goes_in_its_authors_name(cast: Cast, licence: UserField) -> None:
    mailing = a_draft(cast)
    say(cast.author, licence, "CA-1")

    html = render_mailing(mailing, Target.BRAZE).html

    assert "Lou Author, licence CA-1" in html
    assert proof_of(mailing).holds
    assert blockers(mailing) == []


def test_a_missing_value_blocks_and_names_the_field_and_the_person(cast: Cast, licence: UserField) -> None:
    mailing = a_draft(cast)

    found = blockers(mailing)
    say(cast.author, licence, "CA-1")

    assert found == [("sender_field_empty", {"name": "Licence", "person": "Lou Author"})]
    assert blockers(mailing) == []
    with pytest.raises(NotReady):
        choose_person(mailing=mailing, person=cast.sender, actor=cast.author)
        submit(mailing=mailing, actor=cast.author)


def test_a_value_that_only_the_authors_text_names_blocks_too(cast: Cast, licence: UserField) -> None:
    mailing = a_draft(cast, SOURCE)
    Mailing.objects.filter(pk=mailing.pk).update(values={**mailing.values, "headline": "Ask [[sender.licence]]"})
    before = blockers(mailing)
    say(cast.author, licence, "CA-1")

    assert before == [("sender_field_empty", {"name": "Licence", "person": "Lou Author"})]
    assert blockers(mailing) == []
    assert "Ask CA-1" in render_mailing(Mailing.objects.get(pk=mailing.pk), Target.BRAZE).html


def test_an_assistant_sends_as_the_agent_of_the_same_group(cast: Cast, licence: UserField, client: Client) -> None:
    mailing = a_draft(cast)
    say(cast.sender, licence, "CA-7")
    client.force_login(cast.author)
    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk]))

    answer = chosen(client, mailing, cast.sender.pk)

    mailing.refresh_from_db()
    assert answer == 302
    assert f'<option value="{cast.sender.pk}">Sam Sender</option>' in page.text
    assert (mailing.on_behalf_of, mailing.author) == (cast.sender, cast.author)
    assert "Sam Sender, licence CA-7" in render_mailing(mailing, Target.BRAZE).html
    assert changed_kinds_of(mailing) == {SENDER}


def test_the_author_is_chosen_by_choosing_nobody(cast: Cast, licence: UserField, client: Client) -> None:
    mailing = a_draft(cast)
    choose_person(mailing=mailing, person=cast.sender, actor=cast.author)
    client.force_login(cast.author)

    answers = []
    for nobody in ("", cast.author.pk):
        choose_person(mailing=mailing, person=cast.sender, actor=cast.author)
        answers.append(chosen(client, mailing, nobody))
        mailing.refresh_from_db()

    assert answers == [302, 302]
    assert mailing.on_behalf_of is None


@pytest.mark.parametrize("whose", ["neighbour", "outsider", "manager", "admin", "far", "left", "closed", "nonsense"])
def test_a_forged_person_is_not_found_and_nothing_changes(
    cast: Cast, licence: UserField, client: Client, whose: str
) -> None:
    mailing = a_draft(cast)
    people = {
        "far": a_person(group=cast.far_store),
        "left": a_person(group=cast.store),
        "closed": a_person(group=cast.store),
    }
    people["left"].memberships.all().delete()
    User.objects.filter(pk=people["closed"].pk).update(is_active=False)
    forged = "7" if whose == "nonsense" else (people.get(whose) or getattr(cast, whose)).pk
    client.force_login(cast.author)

    answer = chosen(client, mailing, forged)

    mailing.refresh_from_db()
    assert (answer, mailing.on_behalf_of, mailing.revision) == (404, None, 0)
    if whose != "nonsense":
        with pytest.raises(NotAllowed):
            choose_person(mailing=mailing, person=User.objects.get(pk=forged), actor=cast.author)


def test_nobody_chooses_in_a_group_that_is_not_theirs(cast: Cast, licence: UserField, client: Client) -> None:
    mailing = a_draft(cast)

    for user in (cast.neighbour, cast.outsider, cast.approver):
        client.force_login(user)
        assert chosen(client, mailing, cast.sender.pk) == 404

    mailing.refresh_from_db()
    assert mailing.on_behalf_of is None


def test_a_group_is_shared_where_both_have_a_role_near_the_mailing(cast: Cast) -> None:
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region, name="Rae Region")
    colleague = a_person(role=Role.READ_ONLY, group=cast.region, name="Cy Region")
    below = a_person(group=a_group(parent=cast.store), name="Bo Below")

    by_region = {person.name for person in colleagues_of(regional, cast.store)}
    by_store = [person.name for person in colleagues_of(cast.author, cast.store)]

    assert {colleague.name, "Lou Author", "Sam Sender", below.name} <= by_region
    assert cast.admin.name not in by_region
    assert by_store == ["Ana Approver", "Lou Author", "Sam Sender", "Bo Below"]


def test_a_role_that_ends_ends_it_and_the_check_says_who_is_gone(cast: Cast, licence: UserField) -> None:
    mailing = a_draft(cast)
    say(cast.sender, licence, "CA-7")
    choose_person(mailing=mailing, person=cast.sender, actor=cast.author)
    before = blockers(mailing)

    Membership.objects.filter(user=cast.sender).delete()

    assert before == []
    assert blockers(mailing) == [
        ("sender_field_person_gone", {"person": "Sam Sender", "group": "Northwind Coffee Portland"})
    ]


def test_a_copy_keeps_the_person_only_for_who_may_write_in_that_name(cast: Cast, licence: UserField) -> None:
    mailing = a_draft(cast)
    choose_person(mailing=mailing, person=cast.sender, actor=cast.author)
    colleague = a_person(role=Role.LOCAL_AUTHOR, group=cast.store)

    kept = copy_mailing(mailing=mailing, actor=colleague)
    own = copy_mailing(mailing=mailing, actor=cast.sender)
    Membership.objects.filter(user=cast.sender).delete()
    gone = copy_mailing(mailing=mailing, actor=colleague)

    assert (kept.on_behalf_of, own.on_behalf_of, gone.on_behalf_of) == (cast.sender, None, None)


def test_the_digest_covers_the_person_and_what_the_mail_says_of_them_and_nothing_else(
    cast: Cast, licence: UserField
) -> None:
    plain = a_mailing(group=cast.store, author=cast.author)
    before_plain = digest_of(plain)
    mailing = Mailing.objects.get(pk=a_draft_beside(cast, plain).pk)
    say(cast.author, licence, "CA-1")
    say(cast.sender, licence, "CA-1")
    User.objects.filter(pk=cast.sender.pk).update(name=cast.author.name)
    before = digest_of(mailing)

    a_field(cast.brand, "shoe")
    set_values(person=cast.author, brand=cast.brand, values={"shoe": "42"}, actor=cast.author)
    with_a_field_more = digest_of(Mailing.objects.get(pk=mailing.pk))
    choose_person(mailing=mailing, person=User.objects.get(pk=cast.sender.pk), actor=cast.author)
    of_another = digest_of(Mailing.objects.get(pk=mailing.pk))
    choose_person(mailing=mailing, person=None, actor=cast.author)
    set_values(person=cast.author, brand=cast.brand, values={"licence": "CA-2"}, actor=cast.author)
    of_another_value = digest_of(Mailing.objects.get(pk=mailing.pk))

    assert with_a_field_more == before
    assert len({before, of_another, of_another_value}) == 3
    assert digest_of(Mailing.objects.get(pk=plain.pk)) == before_plain


def a_draft_beside(cast: Cast, other: Mailing) -> Mailing:
    """Gives a draft of the template with the licence beside one of another template."""
    template = a_template(brand=cast.brand, slug="licensed", source=WITH_LICENCE)
    assert template.current is not None
    Mailing.objects.filter(pk=other.pk).update(name="plain")
    return Mailing.objects.create(
        group=cast.store, version=template.current, name="licensed", values=other.values, author=cast.author
    )


def test_a_change_after_the_approval_voids_it(cast: Cast, licence: UserField) -> None:
    mailing = a_draft(cast)
    say(cast.sender, licence, "CA-7")
    choose_person(mailing=mailing, person=cast.sender, actor=cast.author)
    review = submit(mailing=mailing, actor=cast.author)

    set_values(person=cast.sender, brand=cast.brand, values={"licence": "CA-8"}, actor=cast.sender)
    with pytest.raises(Refusal):
        approve(review=Review.objects.get(pk=review.pk), actor=cast.approver, digest=review.digest)

    mailing.refresh_from_db()
    assert mailing.state != MailingState.SCHEDULED
    assert not mailing.deliveries.exists()


def test_the_approver_reads_in_whose_name_it_goes_and_who_wrote_it(
    cast: Cast, licence: UserField, client: Client
) -> None:
    mailing = a_draft(cast)
    say(cast.sender, licence, "CA-7")
    choose_person(mailing=mailing, person=cast.sender, actor=cast.author)
    review = submit(mailing=mailing, actor=cast.author)
    client.force_login(cast.approver)

    pages = [
        client.get(reverse("campaigns:review-detail", args=[review.pk])),
        client.get(reverse("campaigns:mailing-detail", args=[mailing.pk])),
    ]

    for page in pages:
        assert "In whose name</dt><dd>Sam Sender" in page.text
        assert "written by Lou Author" in page.text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<b>late</b>", "&lt;b&gt;late&lt;/b&gt;"),
        ('"><img src=x onerror=alert(1)>', "&lt;img src=x onerror=alert(1)&gt;"),
        ("Fish & Co", "Fish &amp; Co"),
    ],
)
def test_a_value_is_never_markup(cast: Cast, licence: UserField, value: str, shown: str) -> None:
    mailing = a_draft(cast)
    set_values(person=cast.author, brand=cast.brand, values={"licence": value}, actor=cast.author)

    html = render_mailing(mailing, Target.BRAZE).html

    assert shown in html
    assert value not in html
    assert proof_of(mailing).holds


@pytest.mark.parametrize(
    "value", ["{{ ${email_address} }}", "{% abort_message() %}", "[[first_name]]", "{{x", "a\r\nBcc: x"]
)
def test_a_value_is_never_liquid_nor_a_merge_tag_nor_a_header(cast: Cast, licence: UserField, value: str) -> None:
    source = WITH_LICENCE.replace(
        '<mj-title data-field="subject" data-label="Subject" data-required data-max="60">News of the week</mj-title>',
        "<mj-title>Of [[sender.licence]]</mj-title>",
    )
    mailing = a_draft(cast, source)
    say(cast.author, licence, "CA-1")
    plain = render_mailing(mailing, Target.BRAZE)
    set_values(person=cast.author, brand=cast.brand, values={"licence": value}, actor=cast.author)

    rendered = render_mailing(Mailing.objects.get(pk=mailing.pk), Target.BRAZE)

    for before, after in (
        (plain.html, rendered.html),
        (plain.text, rendered.text),
        (plain.subject, rendered.subject),
    ):
        assert after.count("{{") == before.count("{{")
        assert after.count("{%") == before.count("{%")
    assert "\n" not in rendered.subject
    assert "\r" not in rendered.subject
    assert blockers(mailing) == []


def test_a_photo_stands_in_the_mail_by_its_public_address(cast: Cast) -> None:
    cast.brand.host_name = "mail.northwind.example"
    cast.brand.save()
    a_field(cast.brand, "photo", UserFieldKind.PICTURE)
    mailing = a_draft(cast, WITH_PHOTO)
    missing = blockers(mailing)
    set_values(person=cast.author, brand=cast.brand, values={}, pictures={"photo": a_photo()}, actor=cast.author)
    before = digest_of(Mailing.objects.get(pk=mailing.pk))

    html = render_mailing(Mailing.objects.get(pk=mailing.pk), Target.BRAZE).html
    set_values(
        person=cast.author, brand=cast.brand, values={}, pictures={"photo": a_photo(color="#aa0000")}, actor=cast.author
    )

    assert missing == [("sender_field_empty", {"name": "Photo", "person": "Lou Author"})]
    assert 'src="http://mail.northwind.example:8000/media/images/people/' in html
    assert 'alt="Lou Author"' in html
    assert digest_of(Mailing.objects.get(pk=mailing.pk)) != before


def test_a_restricted_word_in_what_people_say_of_themselves_counts(cast: Cast, licence: UserField) -> None:
    add_word(brand=cast.brand, text="guaranteed", is_pattern=False, level=RuleLevel.BLOCK, reason="Law.", actor=None)
    mailing = a_draft(cast)
    set_values(person=cast.author, brand=cast.brand, values={"licence": "Guaranteed best"}, actor=cast.author)

    assert [code for code, _params in blockers(mailing)] == ["restricted_block"]


def test_what_goes_out_says_whose_name_it_was(cast: Cast, licence: UserField) -> None:
    mailing = a_draft(cast)
    Mailing.objects.filter(pk=mailing.pk).update(author=cast.sender)
    mailing.refresh_from_db()
    agent = a_person(role=Role.READ_ONLY, group=cast.store, name="Agnes Agent")
    a_membership(user=agent, group=cast.next_store, role=Role.READ_ONLY)
    say(agent, licence, "CA-77")
    choose_person(mailing=mailing, person=agent, actor=cast.sender)

    send(mailing=mailing, actor=cast.sender)

    assert "Agnes Agent, licence CA-77" in mailing.deliveries.get().message["html"]


def test_a_local_author_who_forges_every_form_about_people_gets_nothing(
    cast: Cast, licence: UserField, client: Client
) -> None:
    group_field = a_group_field(cast.brand)
    theirs = a_mailing(group=cast.next_store, author=cast.neighbour)
    mine = a_mailing(group=cast.store, author=cast.author)
    client.force_login(cast.author)
    others = (cast.sender, cast.neighbour, cast.admin, cast.outsider)
    asked: list[tuple[str, tuple[object, ...], dict[str, object]]] = [
        *(("groups:person-values", (one.pk,), {"licence": "CA-666"}) for one in others),
        ("groups:user-field-list", (), {"label": "It", "key": "it", "kind": "text"}),
        ("groups:user-field-edit", (licence.pk,), {"label": "It", "is_local": "on"}),
        ("groups:user-field-delete", (licence.pk,), {"sure": "on"}),
        ("groups:group-field-delete", (group_field.pk,), {"sure": "on"}),
        ("groups:group-features", (cast.store.pk,), {"on": ["exports"]}),
        ("groups:sso-move", (), {"to": "off"}),
        ("groups:sso-break-glass", (), {"user": str(cast.author.pk)}),
        ("campaigns:mailing-save", (theirs.pk,), {"mailing-revision": "0", "mailing-person": str(cast.author.pk)}),
        ("campaigns:mailing-comments", (theirs.pk,), {"text": "Mine"}),
    ]

    answers = {
        (name, arguments): client.post(reverse(name, args=arguments), form).status_code
        for name, arguments, form in asked
    }
    script = client.post(
        reverse("campaigns:mailing-save", args=[mine.pk]),
        {"mailing-revision": mine.revision, "mailing-person": str(cast.neighbour.pk)},
        headers={"accept": "application/json"},
    )
    own = client.post(
        reverse("groups:account-values"),
        {
            "licence": "CA-1",
            "person": str(cast.sender.pk),
            "user": str(cast.sender.pk),
            "person_id": str(cast.sender.pk),
        },
    )

    assert set(answers.values()) == {404}
    assert (script.status_code, own.status_code) == (404, 302)
    assert [(one.user, one.value) for one in UserFieldValue.objects.all()] == [(cast.author, "CA-1")]
    assert [one.on_behalf_of for one in Mailing.objects.all()] == [None, None]
    assert (UserField.objects.count(), GroupField.objects.count(), theirs.comments.count()) == (1, 1, 0)
