"""The life of a template: tested before it is published, offered to some, over one day, pushed to open drafts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.brandlock import Target, compile_snippet
from campaigns.compose.content import render_mailing
from campaigns.compose.sender import sender_of
from campaigns.compose.services import save_envelope, save_values, start_mailing
from campaigns.delivery.freezing import freeze
from campaigns.errors import NotAllowed, Refusal
from campaigns.library.drafting import save_draft
from campaigns.library.errors import StaleDraft
from campaigns.library.offering import demand_in_season, offered_templates, set_access
from campaigns.library.publishing import publish_draft, publish_version, send_test
from campaigns.library.pushing import follow, is_attached, open_drafts, push_version
from campaigns.library.services import describe_template
from campaigns.library.snippets import add_snippet, change_snippet
from campaigns.models import (
    AccessKind,
    Mailing,
    MailingState,
    Review,
    ReviewState,
    SnippetVersion,
    Template,
    TemplateAccess,
)
from campaigns.preflight import check
from campaigns.review.digest import digest_of
from campaigns.review.services import submit
from groups.models import Group
from groups.roles import Role
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene

pytestmark = pytest.mark.django_db
NEWER = SOURCE.replace("Good morning", "Good evening").replace("<p>What is new</p>", "<p>What is on</p>")


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def client_of(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def publish(scene: Scene, source: str = NEWER, **settings: object) -> None:
    publish_version(
        template=scene.template,
        source=source,
        kind="html",
        actor=scene.people["manager"],
        tested=True,
        **settings,  # type: ignore[arg-type]
    )
    scene.template.refresh_from_db()


@pytest.mark.catalogue("T16")
def test_a_draft_is_published_only_after_a_test_of_exactly_that_draft(scene: Scene) -> None:
    manager = scene.people["manager"]
    draft = save_draft(template=scene.template, source=NEWER, kind="html", actor=manager)

    with pytest.raises(Refusal):
        publish_draft(template=scene.template, actor=manager)
    send_test(draft=draft, group=scene.store, actor=manager)
    save_draft(template=scene.template, source=NEWER.replace("evening", "night"), kind="html", actor=manager)
    with pytest.raises(Refusal):
        publish_draft(template=scene.template, actor=manager)
    save_draft(template=scene.template, source=NEWER, kind="html", actor=manager)
    version = publish_draft(template=scene.template, actor=manager).version

    assert (version.source, version.is_tested) == (NEWER, True)
    assert mail.outbox[0].to == [manager.email]


def test_a_test_mail_shows_what_a_person_gets(scene: Scene) -> None:
    draft = save_draft(
        template=scene.template,
        source=NEWER.replace("Good evening", "Hello").replace("<p>[[group.name]]", "<p>[[first_name]] [[group.name]]"),
        kind="html",
        actor=scene.people["manager"],
    )

    send_test(draft=draft, group=scene.store, actor=scene.people["manager"])

    message = mail.outbox[0]
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]
    assert message.subject == "[TEST] News from us"
    assert "Sam Pearl Street" in html
    assert "{{" not in html
    assert "data-place" not in html


def test_a_source_that_owes_something_is_not_published(scene: Scene) -> None:
    before = scene.template.current

    page = client_of(scene, "manager").post(
        reverse("campaigns:template-edit", args=[scene.template.pk]),
        {"name": "News", "route": "schedule", "source": NEWER.replace(' lang="en"', ""), "action": "publish"},
        follow=True,
    )

    scene.template.refresh_from_db()
    assert scene.template.current == before
    assert "does not say the language" in page.content.decode()


def test_two_managers_do_not_overwrite_each_other(scene: Scene) -> None:
    manager = scene.people["manager"]
    first = save_draft(template=scene.template, source=SOURCE, kind="html", actor=manager)
    seen = first.digest
    save_draft(template=scene.template, source=NEWER, kind="html", actor=manager, seen=seen)

    with pytest.raises(StaleDraft):
        save_draft(template=scene.template, source="mine", kind="html", actor=manager, seen=seen)

    assert scene.template.versions.get(published_at=None).source == NEWER


@pytest.mark.catalogue("T14")
def test_a_template_is_offered_between_its_days(scene: Scene) -> None:
    today = timezone.localdate()
    author = scene.people["author"]
    cases = {
        (None, None): 1,
        (today + timedelta(days=2), None): 0,
        (today - timedelta(days=2), today + timedelta(days=2)): 1,
        (None, today - timedelta(days=2)): 0,
    }

    found = {}
    for starts_on, expires_on in cases:
        Template.objects.update(starts_on=starts_on, expires_on=expires_on)
        found[(starts_on, expires_on)] = offered_templates(scene.store, author).count()

    assert found == cases


@pytest.mark.catalogue("T14")
def test_a_draft_of_a_template_that_is_over_can_be_looked_at_and_not_be_sent(scene: Scene) -> None:
    mailing = scene.draft()
    Template.objects.update(expires_on=timezone.localdate() - timedelta(days=2))
    mailing.refresh_from_db()
    mailing.version.template.refresh_from_db()

    assert "template_expired" in [found.code for found in check(mailing)]
    page = client_of(scene, "author").get(reverse("campaigns:mailing-edit", args=[mailing.pk]))
    assert page.status_code == 200
    with pytest.raises(Refusal):
        start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"])


@pytest.mark.catalogue("T15")
@pytest.mark.parametrize(
    ("lines", "is_offered"),
    [
        ([], True),
        ([(AccessKind.ALLOW, "store", "")], True),
        ([(AccessKind.ALLOW, "root", "")], True),
        ([(AccessKind.ALLOW, "other_store", "")], False),
        ([(AccessKind.DENY, "store", "")], False),
        ([(AccessKind.DENY, "root", "")], False),
        ([(AccessKind.ALLOW, "root", ""), (AccessKind.DENY, "store", "")], False),
        ([(AccessKind.DENY, None, Role.LOCAL_AUTHOR)], False),
        ([(AccessKind.ALLOW, None, Role.LOCAL_SENDER)], False),
        ([(AccessKind.ALLOW, None, Role.LOCAL_AUTHOR)], True),
        ([(AccessKind.DENY, "store", Role.LOCAL_SENDER)], True),
    ],
)
def test_who_may_use_a_template(scene: Scene, lines: list[tuple[str, str | None, str]], is_offered: bool) -> None:
    rows = [
        TemplateAccess(template=scene.template, kind=kind, group=getattr(scene, group) if group else None, role=role)
        for kind, group, role in lines
    ]
    set_access(template=scene.template, lines=rows, actor=scene.people["manager"])
    author = scene.people["author"]

    assert offered_templates(scene.store, author).exists() is is_offered
    answer = client_of(scene, "author").post(
        reverse("campaigns:mailing-start", args=[scene.store.pk, scene.template.pk])
    )
    assert answer.status_code == 302
    assert Mailing.objects.exists() is is_offered


@pytest.mark.catalogue("T18")
def test_untouched_drafts_follow_a_new_version_and_others_are_left(scene: Scene) -> None:
    attached, detached = scene.draft(), scene.draft()
    save_values(
        mailing=detached, changes={"headline": "Mine"}, revision=detached.revision, actor=scene.people["author"]
    )

    publish(scene)

    attached.refresh_from_db()
    detached.refresh_from_db()
    assert follow(scene.template, scene.people["manager"]) == 0
    assert (attached.version, attached.values["headline"]) == (scene.template.current, "Good evening")
    assert detached.version != scene.template.current


@pytest.mark.catalogue("T17")
def test_a_new_version_is_pushed_with_what_people_wrote(scene: Scene) -> None:
    mailing = scene.draft()
    save_values(mailing=mailing, changes={"headline": "Mine"}, revision=mailing.revision, actor=scene.people["author"])
    publish(scene)

    page = client_of(scene, "manager").get(reverse("campaigns:template-push", args=[scene.template.pk]))
    answer = client_of(scene, "manager").post(
        reverse("campaigns:template-push", args=[scene.template.pk]), {"mailing": [str(mailing.pk)]}
    )

    mailing.refresh_from_db()
    assert "detached" in page.content.decode()
    assert answer.status_code == 302
    assert mailing.version == scene.template.current
    assert mailing.values["headline"] == "Mine"
    assert mailing.values["story"] == {"html": "<p>What is on</p>"}
    assert "What is on" in render_mailing(mailing, Target.BRAZE).html


@pytest.mark.catalogue("T17")
def test_a_push_voids_an_approval_that_waits(scene: Scene) -> None:
    mailing = scene.draft()
    image_free = {"photo": {"image": "", "alt": ""}}
    save_values(mailing=mailing, changes=image_free, revision=mailing.revision, actor=scene.people["author"])
    review = submit(mailing=mailing, actor=scene.people["author"])
    mailing.refresh_from_db()
    publish(scene)

    pushed = push_version(template=scene.template, mailings=[mailing], actor=scene.people["manager"])

    review.refresh_from_db()
    mailing.refresh_from_db()
    assert pushed == 1
    assert (mailing.state, review.state) == (MailingState.DRAFT, ReviewState.VOID)
    assert not Review.objects.filter(state=ReviewState.OPEN).exists()


def test_a_submission_keeps_the_proof_of_what_was_submitted(scene: Scene) -> None:
    mailing = scene.draft()

    review = submit(mailing=mailing, actor=scene.people["author"])

    assert review.proof["holds"] is True
    assert len(review.proof["fingerprint"]) == 64


def test_scheduled_mailings_keep_their_version(scene: Scene) -> None:
    mailing = scene.draft()
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED)
    mailing.refresh_from_db()
    publish(scene)

    assert list(open_drafts(scene.template)) == []
    assert push_version(template=scene.template, mailings=[mailing], actor=scene.people["manager"]) == 0


@pytest.mark.catalogue("T18")
def test_an_author_takes_the_newest_version_or_the_templates_own_text(scene: Scene) -> None:
    mailing = scene.draft()
    save_values(mailing=mailing, changes={"headline": "Mine"}, revision=mailing.revision, actor=scene.people["author"])
    publish(scene)
    client = client_of(scene, "author")
    url = reverse("campaigns:mailing-update", args=[mailing.pk])

    client.post(url, {"text": "mine"})
    mailing.refresh_from_db()
    kept = mailing.values["headline"]
    client.post(url, {"text": "template", "revision": mailing.revision})
    mailing.refresh_from_db()

    assert kept == "Mine"
    assert (mailing.values["headline"], mailing.version) == ("Good evening", scene.template.current)


@pytest.mark.catalogue("T15", "T17")
@pytest.mark.parametrize("part", ["author", "sender", "approver", "reader", "stranger"])
def test_nobody_else_pushes_or_says_who_may_use_a_template(scene: Scene, part: str) -> None:
    client = client_of(scene, part)
    mailing = scene.draft()

    answers = [
        client.post(reverse("campaigns:template-push", args=[scene.template.pk]), {"mailing": [str(mailing.pk)]}),
        client.post(reverse("campaigns:template-access", args=[scene.template.pk]), {}),
        client.get(reverse("campaigns:template-field", args=[scene.template.pk, "headline"])),
        client.get(reverse("campaigns:snippet-list")),
        client.get(reverse("campaigns:look-edit", args=[scene.store.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


def test_the_settings_of_a_field_are_written_into_the_source(scene: Scene) -> None:
    client = client_of(scene, "manager")
    url = reverse("campaigns:template-field", args=[scene.template.pk, "headline"])

    page = client.get(url)
    client.post(url, settings(page, **{"data-label": "Big words", "data-max": "30", "data-help": 'Say "it"'}))

    draft = scene.template.versions.get(published_at=None)
    assert 'name="data-max"' in page.content.decode()
    assert 'data-label="Big words"' in draft.source
    assert "data-required" not in draft.source.partition("<h1")[2].partition(">")[0]
    assert draft.source.partition("<h1")[0] == SOURCE.partition("<h1")[0]


def settings(page: HttpResponse, **marks: str) -> dict[str, str]:
    """Gives what the settings page of a field sends, with the draft that it showed."""
    return {"data-type": "line", "seen": page.context["form"]["seen"].value(), **marks}  # type: ignore[attr-defined]


def test_settings_on_an_older_page_overwrite_nobodys(scene: Scene) -> None:
    client = client_of(scene, "manager")
    url = reverse("campaigns:template-field", args=[scene.template.pk, "headline"])
    older = settings(client.get(url), **{"data-label": "Old"})
    client.post(url, settings(client.get(url), **{"data-label": "New", "data-max": "30"}))

    answer = client.post(url, older)

    draft = scene.template.versions.get(published_at=None)
    assert answer.status_code == 422
    assert 'data-label="New"' in draft.source and 'data-label="Old"' not in draft.source


@pytest.mark.parametrize("typed", ["{{x}}", "{% x", "${y}"])
def test_a_brace_in_the_settings_of_a_field_is_refused_at_its_input(scene: Scene, typed: str) -> None:
    client = client_of(scene, "manager")
    url = reverse("campaigns:template-field", args=[scene.template.pk, "headline"])

    answer = client.post(url, settings(client.get(url), **{"data-label": typed}))

    assert answer.status_code == 422
    assert "Braces of Liquid cannot stand here" in answer.content.decode()
    assert not scene.template.versions.filter(published_at=None).exists()


@pytest.mark.catalogue("T19")
def test_a_shared_part_changes_everywhere_but_where_it_is_pinned(scene: Scene) -> None:
    manager = scene.people["manager"]
    part = add_snippet(
        brand=scene.brand, name="legal", label="Legal", source="<i>One [[group.name]]</i>", actor=manager
    ).snippet
    places = (
        "<div data-field='live' data-type='snippet' data-options='legal'>x</div>"
        "<div data-field='fixed' data-type='snippet' data-options='legal' data-pinned>x</div><p>[[group.name]],"
    )
    publish(scene, NEWER.replace("<p>[[group.name]],", places))
    mailing = scene.draft()

    change_snippet(snippet=part, label="Legal", source="<i>Two</i>", actor=manager)

    rendered = render_mailing(mailing, Target.BRAZE)
    assert "<div><i>Two</i></div><div><i>One Pearl Street</i></div>" in rendered.html
    assert "Two" in rendered.text


@pytest.mark.catalogue("T19")
def test_a_shared_part_that_is_no_balanced_html_is_refused_and_changes_nothing(scene: Scene) -> None:
    client = client_of(scene, "manager")
    url = reverse("campaigns:snippet-list")

    page = client.post(url, {"name": "legal", "label": "Legal", "source": "<div><script>x</script>"})
    client.post(url, {"name": "legal", "label": "Legal", "source": "<p data-field='x'>y</p>"})

    assert page.status_code == 422
    assert not scene.brand.snippets.exists()


@pytest.mark.catalogue("T2")
def test_the_template_says_who_a_mail_comes_from_and_what_authors_may_write(scene: Scene) -> None:
    publish(
        scene, envelope={"name": {"value": "Northwind", "is_open": False}, "reply_to": {"value": "", "is_open": True}}
    )
    mailing = scene.draft()
    author = scene.people["author"]

    save_envelope(mailing=mailing, changes={"reply_to": "lou@gmail.com"}, actor=author)
    with pytest.raises(NotAllowed):
        save_envelope(mailing=mailing, changes={"name": "Forged"}, actor=author)
    Mailing.objects.filter(pk=mailing.pk).update(envelope={**mailing.envelope, "name": "Forged"})
    mailing.refresh_from_db()

    assert sender_of(mailing) == {
        "name": "Northwind",
        "address": "us-001@northwind.example",
        "reply_to": "lou@gmail.com",
    }


@pytest.mark.catalogue("M28")
@pytest.mark.parametrize(
    ("address", "code"),
    [("lou@gmail.com", "sender_free_mail"), ("lou@other.example", "sender_domain"), ("lou@mail.northwind.example", "")],
)
def test_mail_never_comes_from_an_address_that_others_would_throw_away(scene: Scene, address: str, code: str) -> None:
    scene.brand.mail_domains = ["northwind.example"]
    scene.brand.save()
    Group.objects.filter(pk=scene.store.pk).update(sender_address=address)
    scene.store.refresh_from_db()
    mailing = scene.draft()

    found = [one.code for one in check(mailing) if one.code.startswith("sender")]

    assert found == ([code] if code else [])


@pytest.mark.catalogue("T2")
def test_an_author_sees_a_sender_step_only_where_something_is_open(scene: Scene) -> None:
    client = client_of(scene, "author")
    closed = client.get(reverse("campaigns:mailing-edit", args=[scene.draft().pk]))
    publish(scene, envelope={"name": {"value": "", "is_open": True}})
    mailing = scene.draft()

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk]))
    client.post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {
            "mailing-revision": mailing.revision,
            "mailing-sender.name": "Lou",
            "mailing-sender.address": "x@evil.example",
        },
        headers={"accept": "application/json"},
    )

    mailing.refresh_from_db()
    assert "mailing-sender" not in [step.key for step in closed.context["steps"]]
    assert "mailing-sender" in [step.key for step in page.context["steps"]]
    assert mailing.envelope == {}


@pytest.mark.catalogue("T14")
def test_the_last_day_holds_for_the_day_on_which_a_mailing_goes(scene: Scene) -> None:
    mailing = scene.draft()
    day = timezone.now() + timedelta(days=10)
    Mailing.objects.filter(pk=mailing.pk).update(send_at=day)
    Template.objects.update(expires_on=(day - timedelta(days=2)).date())
    late = Mailing.objects.select_related("version__template", "group__brand").get(pk=mailing.pk)
    Template.objects.update(expires_on=(day + timedelta(days=2)).date())
    in_time = Mailing.objects.select_related("version__template", "group__brand").get(pk=mailing.pk)

    assert "template_expired" in [found.code for found in check(late)]
    assert "template_expired" not in [found.code for found in check(in_time)]
    with pytest.raises(Refusal, match="only to be used until"):
        demand_in_season(late, go_at=day)


@pytest.mark.catalogue("T18")
def test_a_draft_that_followed_is_still_attached_and_follows_again(scene: Scene) -> None:
    repeated = "<ul><li data-repeat='list'><b data-field='t'>x</b></li></ul>"
    with_switch = "<ul><li data-repeat='list'><b data-field='t'>x</b><u data-section='n' data-optional>n</u></li></ul>"
    first = SOURCE.replace("<h1", f"{repeated}<h1", 1)
    publish_version(template=scene.template, source=first, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()
    mailing = scene.draft()

    for words in ("Second", "Third"):
        source = SOURCE.replace("<h1", f"{with_switch}<p>{words}</p><h1", 1)
        publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
        scene.template.refresh_from_db()
        follow(scene.template, None)
        mailing.refresh_from_db()

        assert mailing.version == scene.template.current
        assert is_attached(mailing)


@pytest.mark.catalogue("M28", "T2")
@pytest.mark.parametrize("part", ["address", "reply_to"])
@pytest.mark.parametrize(
    "typed",
    [
        "{{custom_attribute.${smartersends_token}}}@evil.example",
        "{%abort_message%}@northwind.example",
        "a@evil.example@northwind.example",
        "evil@evil.example> x <b@northwind.example",
        "x@y c",
        "nobody",
    ],
)
def test_an_address_of_the_sender_is_one_bare_address_without_liquid(scene: Scene, part: str, typed: str) -> None:
    envelope = {part: {"value": "", "is_open": True} for part in ("address", "reply_to")}
    publish_version(template=scene.template, source=SOURCE, kind="html", actor=None, tested=True, envelope=envelope)
    scene.template.refresh_from_db()
    mailing = scene.draft()

    with pytest.raises(Refusal, match="is no email address"):
        save_envelope(mailing=mailing, changes={part: typed}, actor=scene.people["author"])
    mailing.refresh_from_db()
    assert mailing.envelope == {}

    Mailing.objects.filter(pk=mailing.pk).update(envelope={part: typed})
    mailing.refresh_from_db()
    assert f"sender_{part}_bad" in [found.code for found in check(mailing) if found.blocks]
    with pytest.raises(Refusal, match="is no email address"):
        freeze(mailing, actor=scene.people["sender"])


def test_an_approval_covers_what_stands_on_another_day_only(scene: Scene) -> None:
    add_snippet(brand=scene.brand, name="legal", label="Legal", source="First", actor=None)
    later = "<div data-section='later' data-if='mailing.day > 2020-01-01'><p data-field='l' data-type='snippet' "
    source = SOURCE.replace("<h1", f"{later}data-options='legal'>x</p></div><h1", 1)
    publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()
    mailing = scene.draft()
    before = digest_of(mailing)

    add_snippet(brand=scene.brand, name="other", label="Other", source="Elsewhere", actor=None)
    assert digest_of(mailing) == before

    SnippetVersion.objects.filter(snippet__name="legal").update(
        compiled=compile_snippet("legal", "Legal", "Second").as_json()
    )
    assert digest_of(mailing) != before


@pytest.mark.catalogue("T15")
def test_only_these_groups_and_only_these_roles_hold_together(scene: Scene) -> None:
    lines = [
        TemplateAccess(template=scene.template, kind=AccessKind.ALLOW, group=scene.other_store),
        TemplateAccess(template=scene.template, kind=AccessKind.ALLOW, role=Role.LOCAL_AUTHOR),
    ]
    set_access(template=scene.template, lines=lines, actor=scene.people["manager"])
    here = offered_templates(scene.store, scene.people["author"]).exists()
    set_access(
        template=scene.template,
        lines=[TemplateAccess(template=scene.template, kind=AccessKind.ALLOW, group=scene.store), lines[1]],
        actor=scene.people["manager"],
    )

    assert not here
    assert offered_templates(scene.store, scene.people["author"]).exists()
    assert not offered_templates(scene.store, scene.people["sender"]).exists()


@pytest.mark.catalogue("T15")
def test_a_line_of_a_closed_group_is_kept_so_that_nobody_means_not_everybody(scene: Scene) -> None:
    line = TemplateAccess(template=scene.template, kind=AccessKind.ALLOW, group=scene.other_store)
    set_access(template=scene.template, lines=[line], actor=scene.people["manager"])
    Group.objects.filter(pk=scene.other_store.pk).update(closed_at=timezone.now())

    client_of(scene, "manager").post(reverse("campaigns:template-access", args=[scene.template.pk]), {})

    assert not offered_templates(scene.store, scene.people["author"]).exists()


@pytest.mark.catalogue("T15")
def test_what_is_withheld_is_neither_copied_nor_previewed_nor_sent(scene: Scene) -> None:
    mailing = scene.draft(author="sender")
    line = TemplateAccess(template=scene.template, kind=AccessKind.DENY, group=scene.store)
    set_access(template=scene.template, lines=[line], actor=scene.people["manager"])
    client = client_of(scene, "sender")

    preview = client.get(reverse("campaigns:template-preview", args=[scene.store.pk, scene.template.pk]))
    client.post(reverse("campaigns:mailing-copy", args=[mailing.pk]))

    assert preview.status_code == 404
    assert Mailing.objects.count() == 1
    assert "template_withheld" in [found.code for found in check(mailing) if found.blocks]


def test_the_route_of_a_published_template_stays(scene: Scene) -> None:
    with pytest.raises(Refusal, match="cannot change"):
        describe_template(template=scene.template, actor=scene.people["manager"], route="trigger", name="Else")

    scene.template.refresh_from_db()
    assert (scene.template.route, scene.template.name) == ("schedule", "Monthly news")


@pytest.mark.catalogue("T16")
def test_a_pinned_part_that_changed_since_the_test_is_tested_again(scene: Scene) -> None:
    manager = scene.people["manager"]
    part = add_snippet(brand=scene.brand, name="legal", label="Legal", source="First", actor=manager).snippet
    pinned = "<p data-field='l' data-type='snippet' data-options='legal' data-pinned>x</p><h1"
    draft = save_draft(template=scene.template, source=SOURCE.replace("<h1", pinned, 1), kind="html", actor=manager)
    send_test(draft=draft, group=scene.store, actor=manager)
    change_snippet(snippet=part, label="Legal", source="Second", actor=manager)

    with pytest.raises(Refusal, match="has changed since it was saved"):
        publish_draft(template=scene.template, actor=manager)

    draft.refresh_from_db()
    assert "Second" in str(draft.compiled)
    send_test(draft=draft, group=scene.store, actor=manager)
    assert publish_draft(template=scene.template, actor=manager).version.is_tested


@pytest.mark.catalogue("T18")
def test_beginning_again_on_an_older_page_throws_nobodys_words_away(scene: Scene) -> None:
    mailing = scene.draft()
    older = mailing.revision
    save_values(mailing=mailing, changes={"headline": "An hour of work"}, revision=older, actor=scene.people["author"])
    url = reverse("campaigns:mailing-update", args=[mailing.pk])

    client_of(scene, "author").post(url, {"text": "template", "revision": older})

    mailing.refresh_from_db()
    assert mailing.values["headline"] == "An hour of work"
