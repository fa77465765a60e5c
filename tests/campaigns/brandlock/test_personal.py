"""One person's values beside a mailing's own: inert in both forms, and never in the place of something else."""

from __future__ import annotations

import pytest

from braze_client.liquid import contains_liquid
from campaigns.brandlock import SourceRefused, personal_properties, refuse_personal_clashes, trigger_properties
from campaigns.brandlock.trigger import property_names

from .builders import a_context, a_template, some_values


def test_a_text_travels_escaped_and_plain_and_holds_no_liquid() -> None:
    properties = personal_properties({"first_name": "<b>{{${email}}}</b> {% x %}", "city": "Portland"})

    assert properties["first_name"] == (
        "&lt;b&gt;&#123;&#123;$&#123;email&#125;&#125;&#125;&lt;/b&gt; &#123;% x %&#125;"
    )
    assert not any(contains_liquid(str(text)) for text in properties.values())
    assert (properties["city"], properties["city_text"]) == ("Portland", "Portland")


def test_numbers_and_answers_travel_as_they_are() -> None:
    assert personal_properties({"points": 0, "share": 1.5, "is_member": False}) == {
        "points": 0,
        "points_text": 0,
        "share": 1.5,
        "share_text": 1.5,
        "is_member": False,
        "is_member_text": False,
    }


@pytest.mark.parametrize(
    "names",
    [
        ["headline"],
        ["hero_alt"],
        ["section_offer"],
        ["group_street"],
        ["sender_name"],
        ["mailing_day"],
        ["unsubscribe_url_start"],
        ["city", "city_text"],
    ],
)
def test_a_name_that_something_else_has_is_refused(names: list[str]) -> None:
    with pytest.raises(SourceRefused) as refusal:
        refuse_personal_clashes(a_template(), names)

    assert {finding.code for finding in refusal.value.findings} == {"personal_clash"}


def test_names_that_nothing_else_has_pass() -> None:
    refuse_personal_clashes(a_template(), ["first_name", "points", "city"])


def test_every_field_that_travels_is_among_the_names_that_are_taken() -> None:
    compiled = a_template()
    travelling = trigger_properties(compiled, some_values(subject="A cup"), a_context())

    own = {name for name in travelling if not name.startswith(("section_", "group_", "sender_", "mailing_"))}

    assert own <= property_names(compiled)
