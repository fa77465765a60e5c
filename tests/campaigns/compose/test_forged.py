"""What a forged request sends beside the values of open fields is refused or has no effect (T1, T2, T5)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.brandlock import Target
from campaigns.compose.content import render_mailing
from campaigns.compose.services import save_values, start_mailing
from campaigns.errors import ValuesRefused
from campaigns.library.folders import change_folder, create_folder
from campaigns.library.images import add_image
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Image, Mailing
from tests.campaigns.compose.scene import Scene, a_scene, an_audience
from tests.campaigns.library.sources import a_picture_file

LOCKED = """<!doctype html>
<html lang="en" dir="ltr"><head><title>Locked words of the brand</title></head>
<body>
<p>The header of the brand</p>
<h1 data-field="headline" data-label="Headline" data-help="What is new, in a few words." data-good="Cake on Friday"
  data-bad="NEWS!!!">Good morning</h1>
<img data-field="photo" data-type="image" data-label="Photo" data-upload="false" alt="">
<p>[[group.name]], [[group.address]] <a href="[[unsubscribe_url]]">Unsubscribe</a></p>
</body></html>"""


@pytest.fixture
def scene(db: None) -> Scene:
    scene = a_scene()
    scene.template = create_template(
        brand=scene.brand, name="Locked", slug="locked", actor=None, description="For openings only."
    )
    publish_version(template=scene.template, source=LOCKED, kind="html", actor=None, tested=True)
    type(scene.template).objects.filter(pk=scene.template.pk).update(folder="Openings")
    return scene


def saved(scene: Scene, mailing: Mailing, **form: object) -> int:
    """Posts a form to the composer as the author, as a script does, and gives the status."""
    client = Client()
    client.force_login(scene.people["author"])
    answer = client.post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {"mailing-revision": mailing.revision, **form},
        headers={"accept": "application/json"},
    )
    mailing.refresh_from_db()
    return answer.status_code


@pytest.mark.catalogue("T1", "T2", "T5")
@pytest.mark.parametrize(
    "name",
    ["subject", "title", "story", "story.html", "footer", "html", "compiled", "version", "sections.offer", "order"],
)
def test_what_the_template_does_not_open_stays_as_it_is(scene: Scene, name: str) -> None:
    mailing = start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"], name="Spring")
    before = (mailing.values, mailing.version_id, render_mailing(mailing, Target.BRAZE))

    status = saved(scene, mailing, **{name: "<p>Mine</p>"})

    assert status == 200
    assert (mailing.values, mailing.version_id, render_mailing(mailing, Target.BRAZE)) == before


@pytest.mark.catalogue("T1", "T2")
@pytest.mark.parametrize("name", ["subject", "story", "html", "sections"])
def test_values_that_a_script_hands_over_are_refused_by_name(scene: Scene, name: str) -> None:
    mailing = start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"], name="Spring")

    with pytest.raises(ValuesRefused) as refusal:
        changes = {name: "<p>Mine</p>", "headline": "Hello"}
        save_values(mailing=mailing, changes=changes, revision=mailing.revision, actor=scene.people["author"])

    mailing.refresh_from_db()
    assert [found.step for found in refusal.value.findings] == [name]
    assert mailing.values["headline"] == "Good morning"


@pytest.mark.catalogue("T1")
def test_html_in_a_line_stands_there_as_words(scene: Scene) -> None:
    mailing = start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"], name="Spring")

    saved(scene, mailing, headline='</h1><script src="//evil.example"></script>{{${email_address}}}')

    html = render_mailing(mailing, Target.BRAZE).html
    assert "&lt;/h1&gt;&lt;script src=&quot;//evil.example&quot;&gt;" in html
    assert "<script" not in html and "{{${email_address}}}" not in html


@pytest.mark.catalogue("T10", "I1")
def test_a_foreign_picture_and_an_upload_where_none_is_taken_are_refused(scene: Scene) -> None:
    mailing = start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"], name="Spring")
    theirs = add_image(
        group=scene.other_store,
        data=a_picture_file(),
        file_name="theirs.png",
        alt="Theirs",
        actor=scene.people["stranger"],
    )
    before = mailing.values

    upload = SimpleUploadedFile("mine.png", a_picture_file(), "image/png")

    assert saved(scene, mailing, **{"photo.image": str(theirs.pk), "photo.alt": "Mine"}) == 404
    assert saved(scene, mailing, **{"photo.upload": upload, "photo.alt": "Mine"}) == 200

    assert mailing.values["photo"]["image"] == before["photo"]["image"]
    assert Image.objects.filter(group=scene.store).count() == 0


@pytest.mark.catalogue("I7")
def test_a_picture_that_is_chosen_brings_its_words_unless_others_are_typed(scene: Scene) -> None:
    mailing = start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"], name="Spring")
    image = add_image(
        group=scene.store, data=a_picture_file(), file_name="bar.png", alt="Our bar", actor=scene.people["author"]
    )

    saved(scene, mailing, **{"photo.image": str(image.pk), "photo.alt": ""})
    assert mailing.values["photo"] == {"image": str(image.pk), "alt": "Our bar"}

    saved(scene, mailing, **{"photo.image": str(image.pk), "photo.alt": "The bar at night"})
    assert mailing.values["photo"] == {"image": str(image.pk), "alt": "The bar at night"}


@pytest.mark.catalogue("T13")
def test_templates_stand_in_their_folder_with_description_and_short_name(scene: Scene, client: Client) -> None:
    client.force_login(scene.people["author"])

    page = client.get(reverse("campaigns:template-wall", args=[scene.store.pk])).content.decode()

    assert page.index("Openings") < page.index("Locked")
    assert "For openings only." in page and '<span class="code">locked</span>' in page


@pytest.mark.catalogue("T20", "T11")
def test_a_step_says_what_belongs_there_and_the_picture_what_is_locked(scene: Scene, client: Client) -> None:
    mailing = start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"], name="Spring")
    client.force_login(scene.people["author"])

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()

    for words in ("What is new, in a few words.", "Good: Cake on Friday", "Better not: NEWS!!!"):
        assert words in page
    assert "This part is locked by Northwind. A brand manager can change it." in page


@pytest.mark.parametrize(("name", "value"), [("mailing-audience", "audience"), ("photo.image", "image")])
def test_a_foreign_id_leaves_nothing_of_the_request_behind(scene: Scene, name: str, value: str) -> None:
    mailing = start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"], name="Spring")
    theirs = {
        "audience": an_audience(scene.other_store, 1).pk,
        "image": add_image(
            group=scene.other_store, data=a_picture_file(), file_name="x.png", alt="x", actor=scene.people["stranger"]
        ).pk,
    }
    before = mailing.values

    status = saved(scene, mailing, **{"mailing-name": "Summer", "headline": "Hello", name: str(theirs[value])})

    assert status == 404
    assert (mailing.name, mailing.values) == ("Spring", before)


@pytest.mark.catalogue("I4", "I5")
def test_a_hidden_picture_and_one_of_a_closed_folder_cannot_be_chosen_by_id(scene: Scene) -> None:
    mailing = start_mailing(group=scene.store, template=scene.template, actor=scene.people["author"], name="Spring")
    manager = scene.people["manager"]
    folder = create_folder(group=scene.root, name="Old", locals_may_upload=False, actor=manager)
    image = add_image(group=scene.root, data=a_picture_file(), file_name="x.png", alt="x", actor=manager, folder=folder)
    change_folder(folder=folder, is_active=False, locals_may_upload=False, actor=manager)
    before = mailing.values

    assert saved(scene, mailing, **{"photo.image": str(image.pk)}) == 404
    Image.objects.filter(pk=image.pk).update(folder=None, hidden_at=timezone.now())
    assert saved(scene, mailing, **{"photo.image": str(image.pk)}) == 404
    assert mailing.values == before
