"""A template's default names a picture of the brand's own group; no group below gives it another, nor other links."""

from __future__ import annotations

from campaigns.compose.content import context_for_group, images_for
from campaigns.library.images import add_image
from campaigns.models import Image
from groups.models import Group
from tests.builders import Cast, root_group
from tests.campaigns.library.sources import a_picture_file


def a_named_image(group: Group, color: str) -> Image:
    return add_image(group=group, data=a_picture_file(color=color), file_name="a.jpg", alt="A", actor=None, name="hero")


def test_a_group_below_cannot_take_the_place_of_the_brands_picture(cast: Cast) -> None:
    brands = a_named_image(root_group(cast.brand), "#111111")
    own = a_named_image(cast.store, "#222222")

    images = images_for(cast.store)

    assert images["demo:hero"] == images[str(brands.pk)]
    assert images[str(own.pk)].url != images["demo:hero"].url


def test_a_name_that_only_a_group_below_gives_names_nothing(cast: Cast) -> None:
    own = a_named_image(cast.store, "#222222")

    assert set(images_for(cast.store)) == {str(own.pk)}


def test_the_context_of_a_group_carries_where_the_brands_links_may_lead(cast: Cast) -> None:
    cast.brand.link_domains = ["northwind.example"]
    cast.brand.save()
    cast.store.refresh_from_db()

    assert context_for_group(cast.store, send_date="").link_domains == ("northwind.example",)
