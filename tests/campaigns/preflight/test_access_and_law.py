"""Every mail can be read by everybody, is shown whole, and has a way out and an address (M12, M13)."""

from __future__ import annotations

import pytest

from campaigns.brandlock import SourceRefused, Target
from campaigns.compose.content import render_mailing
from campaigns.compose.services import save_values
from campaigns.delivery.services import send
from campaigns.errors import NotReady
from campaigns.library.images import add_image
from campaigns.library.publishing import publish_version
from campaigns.models import Delivery, Image, Mailing
from campaigns.preflight import check
from groups.models import Group
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene
from tests.campaigns.library.sources import a_picture_file

pytestmark = pytest.mark.django_db
KILOBYTE = 1024


@pytest.fixture
def scene() -> Scene:
    return a_scene()


@pytest.fixture
def picture(scene: Scene) -> Image:
    return add_image(
        group=scene.store,
        data=a_picture_file(),
        file_name="cup.jpg",
        alt="A cup",
        name="cup",
        actor=scene.people["author"],
    )


def found(mailing: Mailing) -> list[tuple[str, str, bool]]:
    mailing.refresh_from_db()
    return [(finding.code, finding.step, finding.blocks) for finding in check(mailing)]


def with_photo(scene: Scene, picture: Image, alt: str) -> Mailing:
    mailing = scene.draft(author="sender")
    changes = {"photo": {"image": str(picture.pk), "alt": alt}}
    return save_values(mailing=mailing, changes=changes, revision=mailing.revision, actor=mailing.author)


def of_size(scene: Scene, size: int) -> Mailing:
    """Gives a mailing whose HTML has so many bytes as Braze gets it."""
    source = SOURCE.replace('data-label="Story"', 'data-label="Story" data-max="200000"')
    publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)
    scene.template.refresh_from_db()
    mailing = scene.draft(author="sender")
    for words in ("x", "x" * (size - len(render_mailing(mailing, Target.BRAZE).html.encode()))):
        Mailing.objects.filter(pk=mailing.pk).update(values={**mailing.values, "story": {"html": f"<p>{words}</p>"}})
        mailing.refresh_from_db()
    short = size - len(render_mailing(mailing, Target.BRAZE).html.encode())
    values = {**mailing.values, "story": {"html": f"<p>{words}{'x' * short}</p>"}}
    Mailing.objects.filter(pk=mailing.pk).update(values=values)
    mailing.refresh_from_db()
    return mailing


@pytest.mark.catalogue("M12")
def test_a_picture_without_alternative_text_blocks(scene: Scene, picture: Image) -> None:
    mailing = with_photo(scene, picture, " ")

    with pytest.raises(NotReady):
        send(mailing=mailing, actor=mailing.author)

    assert found(mailing) == [("alt_missing", "photo", True)]
    assert Delivery.objects.count() == 0


@pytest.mark.catalogue("M12")
@pytest.mark.parametrize(
    ("size", "findings"), [(KILOBYTE**2, []), (KILOBYTE**2 + 1, [("image_heavy", "photo", False)])]
)
def test_a_picture_over_one_megabyte_warns(
    scene: Scene, picture: Image, size: int, findings: list[tuple[str, str, bool]]
) -> None:
    Image.objects.filter(pk=picture.pk).update(size_bytes=size)

    assert found(with_photo(scene, picture, "A cup of coffee")) == findings


@pytest.mark.catalogue("M12")
@pytest.mark.parametrize(
    ("size", "findings"),
    [
        (85 * KILOBYTE, []),
        (85 * KILOBYTE + 1, [("mail_large", "subject", False)]),
        (102 * KILOBYTE, [("mail_large", "subject", False)]),
        (102 * KILOBYTE + 1, [("mail_large", "subject", True)]),
    ],
)
def test_a_mail_that_gmail_cuts_off_warns_and_then_blocks(
    scene: Scene, size: int, findings: list[tuple[str, str, bool]]
) -> None:
    mailing = of_size(scene, size)

    assert len(render_mailing(mailing, Target.BRAZE).html.encode()) == size
    assert found(mailing) == findings


@pytest.mark.catalogue("M13")
@pytest.mark.parametrize(
    ("source", "code"),
    [
        (SOURCE.replace('<a href="[[unsubscribe_url]]">Unsubscribe</a>', ""), "no_unsubscribe"),
        (SOURCE.replace("[[group.address]]", ""), "no_postal_address"),
        (SOURCE.replace('<a href="[[unsub', '<a style="display:none" href="[[unsub'), "unsubscribe_hidden"),
        (SOURCE.replace("<p>[[group.name]]", '<p style="font-size:0">[[group.name]]'), "address_hidden"),
    ],
)
def test_without_a_way_out_or_an_address_nothing_is_published(scene: Scene, source: str, code: str) -> None:
    before = scene.template.current

    with pytest.raises(SourceRefused) as refused:
        publish_version(template=scene.template, source=source, kind="html", actor=None, tested=True)

    scene.template.refresh_from_db()
    assert code in [finding.code for finding in refused.value.findings]
    assert scene.template.current == before


@pytest.mark.catalogue("M13")
def test_a_group_without_an_address_cannot_send_and_is_told_which_field_is_empty(scene: Scene) -> None:
    mailing = scene.draft(author="sender")
    Group.objects.filter(pk=scene.store.pk).update(street="", postal_code="", city="", country="")
    mailing.group.refresh_from_db()

    (finding,) = [one for one in check(mailing) if one.blocks]
    with pytest.raises(NotReady):
        send(mailing=mailing, actor=mailing.author)

    assert finding.code == "group_field_empty"
    assert finding.sentence.startswith("address has no value.")
    assert Delivery.objects.count() == 0
