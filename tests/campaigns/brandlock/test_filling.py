"""Merge tags filled in by the portal: as Braze would, nothing else touched, and no value becomes Liquid."""

from __future__ import annotations

import pytest

from braze_client.liquid import tags_in
from campaigns.brandlock import Rendered, fill_merge_tags

NAME, NAME_IN_TEXT = "{{${first_name} | default: 'there' | escape}}", "{{${first_name} | default: 'there'}}"


def filled(html: str = "", *, text: str = "", subject: str = "", **profile: object) -> Rendered:
    rendered = Rendered(subject=subject, preheader="", html=html, text=text)
    return fill_merge_tags(rendered, profile, no_token="preview", unsubscribe_url="https://x.example/u/1/preview?a&b")


def test_every_part_of_the_mail_gets_the_value() -> None:
    mail = filled(f"<p>{NAME}</p>", text=NAME_IN_TEXT, subject=f"For {NAME_IN_TEXT}", first_name="Zoë & Co")

    assert (mail.html, mail.text, mail.subject) == ("<p>Zoë &amp; Co</p>", "Zoë & Co", "For Zoë & Co")


@pytest.mark.parametrize("value", [None, ""])
def test_a_value_that_is_missing_gives_the_fallback(value: str | None) -> None:
    assert filled(f"<p>{NAME}</p>", first_name=value).html == "<p>there</p>"


def test_custom_attributes_have_a_room_of_their_own() -> None:
    html = "{{custom_attribute.${points} | default: '0' | escape}}"

    assert filled(html, custom_attribute={"points": 1250}).html == "1250"


def test_the_brands_own_liquid_stays_for_braze() -> None:
    html = "{% if ${city} == 'Bonn' %}{{${city}}}{% endif %}{{campaign.${name}}}"

    assert filled(html, city="Bonn").html == html


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("https://x.example/u/1/{{custom_attribute.${smartersends_token}}}", "https://x.example/u/1/preview"),
        ("{{${set_user_to_unsubscribed_url}}}", "https://x.example/u/1/preview?a&amp;b"),
        ("{{ ${set_user_to_opted_in_url} }}", "https://x.example/u/1/preview?a&amp;b"),
    ],
)
def test_links_that_would_change_somebody_lead_nowhere(link: str, becomes: str) -> None:
    assert filled(f'<a href="{link}">x</a>').html == f'<a href="{becomes}">x</a>'


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("", "{{${email_address}}}", ""),
        ("", "{% abort_message('no') %}", ""),
        ("", "${", ""),
        ("$", "{email_address}", ""),
        ("", "x$", "{email_address}"),
        ("", "%", "}"),
    ],
)
def test_no_value_becomes_liquid_by_itself_or_beside_the_templates_words(before: str, value: str, after: str) -> None:
    mail = filled(f"{before}{NAME}{after}", text=f"{before}{NAME_IN_TEXT}{after}", first_name=value)

    assert (tags_in(mail.html), tags_in(mail.text)) == ((), ())
    for delimiter in ("{{", "}}", "{%", "%}", "${"):
        assert delimiter not in mail.html + mail.text


def test_a_tag_without_a_value_does_not_let_its_neighbours_meet() -> None:
    empty = "{{${first_name} | default: '' | escape}}"

    assert filled("$" + empty + "{x}").html == "$\u200b{x}"
