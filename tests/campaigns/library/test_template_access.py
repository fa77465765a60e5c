"""Who may use a template: what is denied wins over what is allowed, and nothing is said twice."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from campaigns.library.offering import offered_templates
from campaigns.models import AccessKind, TemplateAccess
from groups.roles import Role
from tests.campaigns.compose.scene import Scene, a_scene


def said(scene: Scene) -> set[tuple[str, str, str]]:
    lines = scene.template.access_lines.select_related("group")
    return {(line.kind, line.group.code if line.group else "", line.role) for line in lines}


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
@pytest.mark.parametrize(
    ("group", "role", "name"),
    [
        ("store", "", "template_access_once_per_group"),
        ("store", Role.LOCAL_AUTHOR, "template_access_once_per_group"),
        (None, Role.LOCAL_AUTHOR, "template_access_once_per_role"),
    ],
)
def test_a_line_stands_once(group: str | None, role: str, name: str) -> None:
    scene = a_scene()
    line = {"template": scene.template, "kind": AccessKind.ALLOW, "group": group and scene.store, "role": role}
    TemplateAccess.objects.create(**line)

    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateAccess.objects.create(**line)

    TemplateAccess.objects.create(**line | {"kind": AccessKind.DENY})
    assert TemplateAccess.objects.count() == 2
    assert name in {constraint.name for constraint in TemplateAccess._meta.constraints}


@pytest.mark.django_db(transaction=True)
def test_lines_that_stood_twice_become_one() -> None:
    scene = a_scene()
    call_command("migrate", "campaigns", "0004", verbosity=0)
    try:
        for kind in (AccessKind.ALLOW, AccessKind.ALLOW, AccessKind.DENY):
            TemplateAccess.objects.create(template=scene.template, kind=kind, role=Role.LOCAL_AUTHOR)
        TemplateAccess.objects.create(template=scene.template, kind=AccessKind.ALLOW, group=scene.store)
    finally:
        call_command("migrate", "campaigns", verbosity=0)

    assert TemplateAccess.objects.count() == 3
    assert said(scene) == {("allow", "", "local_author"), ("deny", "", "local_author"), ("allow", "US-001", "")}
