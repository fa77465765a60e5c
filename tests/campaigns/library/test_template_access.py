"""Who may use a template: what is denied wins over what is allowed, and nothing is said twice."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from campaigns.library.offering import offered_templates
from campaigns.models import AccessKind, TemplateAccess
from groups.models import User
from groups.roles import Role
from tests.campaigns.compose.scene import Scene, a_scene


def said(scene: Scene) -> set[tuple[str, str, str]]:
    lines = scene.template.access_lines.select_related("group")
    return {(line.kind, line.group.code if line.group else "", line.role) for line in lines}


def access_page(scene: Scene, sent: dict[str, str | list[str]] | None = None) -> HttpResponse:
    client = Client()
    client.force_login(scene.people["manager"])
    url = reverse("campaigns:template-access", args=[scene.template.pk])
    return client.get(url) if sent is None else client.post(url, sent)


def may_use(scene: Scene, part: str) -> bool:
    return offered_templates(scene.store, scene.people[part]).exists()


@pytest.mark.django_db
@pytest.mark.catalogue("T15")
def test_a_group_that_is_allowed_and_denied_opens_the_template_to_nobody_else() -> None:
    scene = a_scene()
    client = Client()
    client.force_login(scene.people["manager"])

    answer = client.post(
        reverse("campaigns:template-access", args=[scene.template.pk]),
        {"allowed_groups": [str(scene.store.pk)], "denied_groups": [str(scene.store.pk)]},
    )

    assert answer.status_code == 302
    assert said(scene) == {("allow", "US-001", ""), ("deny", "US-001", "")}
    assert not offered_templates(scene.store, scene.people["author"]).exists()
    assert not offered_templates(scene.other_store, scene.people["stranger"]).exists()


@pytest.mark.django_db
@pytest.mark.catalogue("T15")
def test_a_role_that_is_allowed_and_denied_opens_the_template_to_no_other_role() -> None:
    scene = a_scene()
    client = Client()
    client.force_login(scene.people["manager"])
    url = reverse("campaigns:template-access", args=[scene.template.pk])

    client.post(url, {"allowed_roles": [Role.LOCAL_AUTHOR], "denied_roles": [Role.LOCAL_AUTHOR]})
    page = client.get(url)

    assert said(scene) == {("allow", "", Role.LOCAL_AUTHOR), ("deny", "", Role.LOCAL_AUTHOR)}
    assert page.text.count(" checked") == 2
    for part in ("author", "sender"):
        assert not offered_templates(scene.store, scene.people[part]).exists()


@pytest.mark.django_db
@pytest.mark.catalogue("T15")
@pytest.mark.parametrize(
    ("ticked", "who"),
    [
        ({"allowed_people": "author"}, {"author"}),
        ({"denied_people": "author"}, {"sender"}),
        ({"allowed_people": "author", "denied_people": "author"}, set()),
        ({"allowed_people": "author", "allowed_groups": "other_store"}, {"author"}),
        ({"allowed_people": "author", "allowed_roles": Role.LOCAL_SENDER}, {"author", "sender"}),
        ({"allowed_people": "author", "denied_groups": "store"}, set()),
        ({"denied_people": "author", "allowed_groups": "store"}, {"sender"}),
    ],
)
def test_single_people_may_or_may_not(ticked: dict[str, str], who: set[str]) -> None:
    scene = a_scene()
    sent = {}
    for name, value in ticked.items():
        sent[name] = scene.people[value].email.upper() if name.endswith("people") else value
        if name.endswith("groups"):
            sent[name] = str(getattr(scene, value).pk)

    answer = access_page(scene, sent)

    assert answer.status_code == 302
    assert {part for part in ("author", "sender") if may_use(scene, part)} == who


@pytest.mark.django_db
def test_people_who_are_named_stand_on_the_page_again() -> None:
    scene = a_scene()
    emails = sorted(scene.people[part].email for part in ("author", "sender"))

    access_page(scene, {"allowed_people": " ; ".join(emails), "denied_people": emails[0] + "\n" + emails[0]})

    page = access_page(scene).text
    assert "\n".join(emails) in page
    assert scene.template.access_lines.count() == 3


@pytest.mark.django_db
def test_an_address_that_nobody_of_the_brand_has_is_named_and_nothing_is_lost() -> None:
    scene = a_scene()
    elsewhere = User.objects.create_user("paula@elsewhere.example", name="Paula")
    known = scene.people["author"].email

    page = access_page(scene, {"allowed_people": f"{known}\n{elsewhere.email}\n<b>@x"})

    assert page.status_code == 422
    assert "these addresses: &lt;b&gt;@x, paula@elsewhere.example" in page.text
    assert f"{known}\n{elsewhere.email}" in page.text
    assert not scene.template.access_lines.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("group", "role", "person", "name"),
    [
        ("store", "", None, "template_access_once_per_group"),
        ("store", Role.LOCAL_AUTHOR, None, "template_access_once_per_group"),
        (None, Role.LOCAL_AUTHOR, None, "template_access_once_per_role"),
        (None, "", "author", "template_access_once_per_person"),
    ],
)
def test_a_line_stands_once(group: str | None, role: str, person: str | None, name: str) -> None:
    scene = a_scene()
    line = {"template": scene.template, "kind": AccessKind.ALLOW, "group": group and scene.store, "role": role}
    line["person"] = person and scene.people[person]
    TemplateAccess.objects.create(**line)

    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateAccess.objects.create(**line)

    TemplateAccess.objects.create(**line | {"kind": AccessKind.DENY})
    assert TemplateAccess.objects.count() == 2
    assert name in {constraint.name for constraint in TemplateAccess._meta.constraints}
