"""What people bring along: Word's HTML, other writing, emoji, photos of all kinds: taken, or refused in a sentence."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Picture

from campaigns.brandlock import Target
from campaigns.compose.content import render_mailing
from campaigns.models import Image
from tests.campaigns.compose.scene import Scene, a_scene
from tests.campaigns.compose.test_views_composer import as_, save

pytestmark = pytest.mark.django_db

WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style></head><body>'
    '<!--StartFragment--><p class="MsoNormal" style="font-size:14pt"><b><span style="color:red">Fresh</span></b>'
    " bread<o:p></o:p></p><![if !supportLists]><table><tr><td>from our oven</td></tr></table><![endif]>"
    '<p><font face="Arial"><i>daily</i></font> <img src="file:///C:/x.png"><a href="javascript:x()">now</a></p>'
    "<!--EndFragment--></body></html>"
)


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def a_photo(*, megabytes: float = 0, animated: bool = False) -> bytes:
    """Gives a JPEG of noise of about that weight, or a GIF that moves."""
    file = BytesIO()
    if animated:
        frames = [Picture.new("RGB", (20, 20), colour) for colour in ("#aa5511", "#1155aa")]
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
        return file.getvalue()
    side = int((megabytes * 1_000_000) ** 0.5)
    Picture.effect_noise((side, side), 90).convert("RGB").save(file, "JPEG", quality=95)
    return file.getvalue()


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)


@pytest.mark.catalogue("T1")
@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (WORD, "<p><b>Fresh</b> bread</p>from our oven<p><i>daily</i> <a>now</a></p>"),
        ("<p>שלום <b>עולם</b> 👩‍👩‍👧 안녕</p>", "<p>שלום <b>עולם</b> 👩‍👩‍👧 안녕</p>"),
    ],
)
def test_of_what_is_pasted_only_words_and_the_formats_of_the_field_stay(scene: Scene, pasted: str, kept: str) -> None:
    mailing = scene.draft()

    answer = save(as_(scene, "author"), mailing, story__html=pasted)

    mailing.refresh_from_db()
    assert answer.json()["refused"] == ""
    assert mailing.values["story"]["html"] == kept


def test_emoji_and_writing_from_right_to_left_stand_in_line_and_mail_as_they_were_typed(scene: Scene) -> None:
    mailing, words = scene.draft(), "قهوة ☕️ שבת 👨‍🍳"

    save(as_(scene, "author"), mailing, headline=words, mailing_name=words)

    mailing.refresh_from_db()
    assert mailing.values["headline"] == words
    assert words in render_mailing(mailing, Target.BRAZE).html


@pytest.mark.catalogue("I6")
@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "photo.heic",
            HEIC,
            "This file is no picture that mail programs show. Save it as PNG or JPEG and upload that.",
        ),
        ("move.gif", a_photo(animated=True), "Animated pictures cannot be used. Save one frame of it as PNG or JPEG."),
        ("cut.jpg", a_photo(megabytes=0.1)[:2000], "This picture is damaged."),
        ("large.jpg", bytes(10 * 1024 * 1024 + 1), "This file is larger than 10 MB."),
    ],
    ids=["HEIC", "animated", "damaged", "larger than 10 MB"],
)
def test_a_picture_that_no_mail_shows_is_refused_in_a_sentence_and_the_words_beside_it_are_kept(
    scene: Scene, name: str, data: bytes, sentence: str
) -> None:
    mailing = scene.draft()

    answer = save(
        as_(scene, "author"), mailing, headline="Kept", photo__alt="A cup", photo__upload=SimpleUploadedFile(name, data)
    )

    mailing.refresh_from_db()
    assert answer.json()["refused"].startswith(sentence)
    assert mailing.values["headline"] == "Kept" and mailing.values["photo"]["alt"] == "A cup"
    assert Image.objects.filter(group=scene.store).count() == 0


@pytest.mark.catalogue("I6")
def test_a_photo_of_five_megabytes_is_made_light_and_sent_twice_is_one_picture(scene: Scene) -> None:
    mailing, data = scene.draft(), a_photo(megabytes=5)

    for _click in range(2):
        mailing.refresh_from_db()
        upload = SimpleUploadedFile("photo.jpg", data)
        save(as_(scene, "author"), mailing, photo__alt="A cup", photo__upload=upload)

    image = Image.objects.get(group=scene.store)
    assert len(data) > 3_000_000 and image.size_bytes <= 1024 * 1024 and image.width == 1600


def test_the_composer_loads_less_than_200_kb_of_script_and_the_editor_only_with_a_rich_field(scene: Scene) -> None:
    page = as_(scene, "author").get(reverse("campaigns:mailing-edit", args=[scene.draft().pk])).content.decode()

    first = {name.removeprefix(settings.STATIC_URL) for name in re.findall(r'<script[^>]*src="([^"]+)"', page)}
    behaviours = {name for names in re.findall(r'data-behaviour="([^"]+)"', page) for name in names.split()}
    loaded = _with_imports(first | {f"js/{name}.js" for name in behaviours})
    editor = re.findall(r'data-editor-url="([^"]+)"', page)

    assert "js/composer.js" in loaded and "js/composer-undo.js" in loaded
    assert sum(len(_source(name)) for name in loaded) < 200_000  # even where nothing compresses it on the way
    assert len(editor) == 1  # one rich field, and the editor is fetched when it comes into view
    assert not any("prose_editor" in name for name in loaded)


def _with_imports(names: set[str]) -> set[str]:
    """Gives modules with everything that they import at once."""
    found: set[str] = set()
    while new := names - found:
        found |= new
        for name in new:
            imported = re.findall(r'^import .* from "\./([^"]+)"', _source(name).decode(), re.MULTILINE)
            names |= {f"js/{one}" for one in imported}
    return found


def _source(name: str) -> bytes:
    path = finders.find(re.sub(r"\?.*$", "", name))
    assert path, name
    return Path(path).read_bytes()
