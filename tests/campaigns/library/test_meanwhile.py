"""What somebody else saves meanwhile is never overwritten, and drafts follow however a version is published."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from campaigns.brandlock import Compiled, Finding
from campaigns.compose.services import save_values
from campaigns.library import publishing
from campaigns.library.drafting import save_draft
from campaigns.library.errors import StaleDraft
from campaigns.library.publishing import publish_draft, publish_version, send_test
from campaigns.models import Mailing
from groups.models import Brand, Event
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene

pytestmark = pytest.mark.django_db
MINE = SOURCE.replace("Good morning", "Good evening")
HERS = SOURCE.replace("Good morning", "Good night")


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def draft_source(scene: Scene) -> str:
    return scene.template.versions.get(published_at=None).source


def save(scene: Scene, source: str) -> str:
    """Saves a draft as the manager and gives its digest."""
    return save_draft(template=scene.template, source=source, kind="html", actor=scene.people["manager"]).digest


def a_tested_draft(scene: Scene, source: str) -> None:
    manager = scene.people["manager"]
    draft = save_draft(template=scene.template, source=source, kind="html", actor=manager)
    send_test(draft=draft, group=scene.store, actor=manager)


def post(scene: Scene, *, by_script: bool = False, **changes: str) -> tuple[int, str]:
    """Posts the editor's form as the manager; gives status and text."""
    client = Client()
    client.force_login(scene.people["manager"])
    data = {"name": "Forged", "description": "Forged", "folder": "Forged", "route": "schedule", "source": MINE}
    data |= {"starts_on": "2030-01-01", "expires_on": "2030-02-01"} | changes
    url = reverse("campaigns:template-edit", args=[scene.template.pk])
    answer = client.post(url, data, headers={"hx-request": "true"} if by_script else {})
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("by_script", [False, True], ids=["page", "autosave"])
@pytest.mark.parametrize("seen", ["older", ""], ids=["an older draft", "no draft"])
def test_a_refused_draft_changes_nothing_of_the_template(scene: Scene, seen: str, by_script: bool) -> None:
    seen = seen and save(scene, SOURCE.replace("Good morning", "Good day"))
    save(scene, HERS)
    events = Event.objects.count()

    status, text = post(scene, by_script=by_script, seen=seen, route="trigger")

    scene.template.refresh_from_db()
    assert status == (200 if by_script else 409)
    assert "Somebody else saved this draft in the meantime." in text
    assert (scene.template.name, scene.template.description, scene.template.folder) == ("Monthly news", "", "")
    assert (scene.template.route, scene.template.starts_on, scene.template.expires_on) == ("schedule", None, None)
    assert draft_source(scene) == HERS
    assert Event.objects.count() == events


def test_a_draft_and_the_words_of_its_template_are_saved_together(scene: Scene) -> None:
    seen = save(scene, SOURCE)

    status, _text = post(scene, seen=seen, name="Evening news")

    scene.template.refresh_from_db()
    assert status == 302
    assert (scene.template.name, scene.template.folder, draft_source(scene)) == ("Evening news", "Forged", MINE)


def test_what_an_autosave_has_stored_already_is_nobody_elses_draft(scene: Scene) -> None:
    post(scene, by_script=True, seen="")

    status, _text = post(scene, seen="")

    assert status == 302
    assert draft_source(scene) == MINE


def test_publishing_leaves_a_draft_alone_that_somebody_saved_meanwhile(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scene.template.current
    a_tested_draft(scene, MINE)
    checks = publishing.owed_by

    def saved_meanwhile(brand: Brand, source: str, compiled: Compiled) -> tuple[Finding, ...]:
        save(scene, HERS)
        return checks(brand, source, compiled)

    monkeypatch.setattr(publishing, "owed_by", saved_meanwhile)

    with pytest.raises(StaleDraft):
        publish_draft(template=scene.template, actor=scene.people["manager"])

    scene.template.refresh_from_db()
    assert scene.template.current == before
    assert draft_source(scene) == HERS
    assert scene.template.versions.count() == 2


def test_publishing_what_is_in_use_deletes_no_newer_draft(scene: Scene) -> None:
    save(scene, HERS)

    version = publish_version(template=scene.template, source=SOURCE, kind="html", actor=None, tested=False)

    assert version == scene.template.current
    assert draft_source(scene) == HERS


def test_publishing_what_is_in_use_drops_a_draft_of_the_same_source(scene: Scene) -> None:
    save(scene, SOURCE)

    published = publish_draft_of(scene)

    assert (published.version, published.is_new) == (scene.template.current, False)
    assert scene.template.versions.count() == 1


def publish_draft_of(scene: Scene) -> publishing.Published:
    draft = scene.template.versions.get(published_at=None)
    send_test(draft=draft, group=scene.store, actor=scene.people["manager"])
    return publish_draft(template=scene.template, actor=scene.people["manager"])


def test_a_file_is_published_beside_a_draft_that_stays(scene: Scene) -> None:
    save(scene, HERS)

    version = publish_version(template=scene.template, source=MINE, kind="html", actor=None, tested=False)
    later = publish_draft_of(scene)

    assert [(one.number, one.source) for one in (version, later.version)] == [(2, MINE), (3, HERS)]


@pytest.mark.catalogue("T18")
@pytest.mark.parametrize("way", ["page", "service", "command"])
def test_untouched_drafts_follow_a_new_version_however_it_is_published(scene: Scene, way: str, tmp_path: Path) -> None:
    attached, detached = scene.draft(), scene.draft()
    author = scene.people["author"]
    save_values(mailing=detached, changes={"headline": "Mine"}, revision=detached.revision, actor=author)
    said = ""

    if way == "page":
        a_tested_draft(scene, MINE)
        post(scene, action="publish", seen=save(scene, MINE))
    elif way == "service":
        publish_version(template=scene.template, source=MINE, kind="html", actor=None, tested=False)
    else:
        said = published_by_command(tmp_path)

    scene.template.refresh_from_db()
    attached, detached = (Mailing.objects.get(pk=one.pk) for one in (attached, detached))
    assert scene.template.current is not None and scene.template.current.source == MINE
    assert (attached.version, attached.values["headline"]) == (scene.template.current, "Good evening")
    assert detached.version != scene.template.current
    assert ("1 draft follows it, which has nothing but the template's text." in said) is (way == "command")


def published_by_command(folder: Path) -> str:
    file = folder / "news.html"
    file.write_text(MINE)
    out = StringIO()
    call_command("publish_template", str(file), "--brand", "northwind", "--slug", "news", "--untested", stdout=out)
    return out.getvalue()
