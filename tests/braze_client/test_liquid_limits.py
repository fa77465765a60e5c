"""No text can hang a worker: each bomb ends as a typed error, in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_client.liquid import (
    STANDARD_ATTRIBUTES,
    LiquidLimitReached,
    LiquidTag,
    MergeTag,
    merge_tag,
    parts_of,
    render,
)

DOUBLING = "{% assign x = 'ab' %}" + "{% assign x = x | append: x %}" * 60 + "{{ x }}"
SQUARING = "{% assign x = 9 %}" + "{% assign x = x | times: x %}" * 60 + "{{ x }}"
LISTS = "{% assign x = 'a,b' | split: ',' %}" + "{% assign x = x | concat: x %}" * 60 + "{{ x | size }}"
REPLACING = "{{ 'aaaaaaaaaa'" + " | replace: 'a', 'aaaaaaaaaa'" * 12 + " }}"
BOMBS = {
    "doubling": DOUBLING,
    "squaring": SQUARING,
    "lists": LISTS,
    "replacing": REPLACING,
    "one long loop": "{% for i in (1..1000000000) %}{{ i }}{% endfor %}",
    "empty loops": "{% for i in (1..9999) %}{% endfor %}" * 3_000,
    "nested loops": "{% for i in (1..500) %}{% for j in (1..500) %}.{% endfor %}{% endfor %}",
    "much output": "{% assign x = 'a' %}" + "{% assign x = x | append: x %}" * 19 + "{{ x }}" * 40,
    "a wide date": "{{ 'now' | date: '%0999999999d' }}",
    "deep nesting": "{% if true %}" * 5_000 + "{% endif %}" * 5_000,
    "a long condition": "{% if " + "true and " * 50_000 + "true %}x{% endif %}",
    "many tags": "{{ 'a' }}" * 30_000,
    "a long text": "{{ 'a' }}" + "x" * 4_000_001,
    "stripping": "{% assign x = '<script' %}" + "{% assign x = x | append: x %}" * 14 + "{{ x | strip_html }}",
}
PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
from braze_client.liquid import LiquidError, render
try:
    render(sys.stdin.read(), {})
except LiquidError as error:
    print(type(error).__name__)
else:
    print("rendered")
"""


@pytest.mark.contract("B-LIQ-5")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_a_process_with_little_memory_and_little_time(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=BOMBS[name], capture_output=True, text=True, timeout=20
    )

    assert done.stdout.strip() in {"LiquidLimitReached", "LiquidSyntaxInvalid", "LiquidRefused"}, done.stderr[-300:]


@pytest.mark.parametrize("name", ["doubling", "squaring", "lists", "replacing", "one long loop", "empty loops"])
def test_a_bomb_meets_its_limit(name: str) -> None:
    with pytest.raises(LiquidLimitReached):
        render(BOMBS[name], {})


def test_a_rendering_that_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 1_000_000, 1))
    monkeypatch.setattr("braze_client.liquid.rendering.monotonic", lambda: float(next(ticks)))

    with pytest.raises(LiquidLimitReached, match="seconds"):
        render("{% for i in (1..1000) %}{{ i }}{% endfor %}", {})


def test_an_honest_mail_is_far_from_any_limit() -> None:
    mail = (
        "<p>{{${first_name} | default: 'there' | escape}}, {% if custom_attribute.${vip} %}dear{% endif %} guest</p>"
        * 500
    )

    assert len(render(mail, {"first_name": "Ana", "custom_attribute": {"vip": True}})) == 500 * len(
        "<p>Ana, dear guest</p>"
    )


@given(
    st.sampled_from([*sorted(STANDARD_ATTRIBUTES), "loyalty tier", "x_1"]),
    st.text("abc ü-!?.", max_size=20),
    st.booleans(),
    st.text("xyz <>&", max_size=10),
)
@pytest.mark.contract("B-LIQ-2")
def test_a_merge_tag_is_read_back_as_the_value_it_was_written_from(
    attribute: str, default: str, is_html: bool, around: str
) -> None:
    tag = MergeTag(attribute, default, is_html)

    parts = parts_of(f"{around}{tag.as_liquid()}{around}")

    assert [part for part in parts if isinstance(part, MergeTag)] == [tag]
    assert "".join(part if isinstance(part, str) else "" for part in parts) == around * 2


def test_other_liquid_stays_what_it_is() -> None:
    text = "{{${first_name} | upcase}} {% if true %}you{% endif %} {{custom_attribute.${city} | default: 'x'}}"

    kinds = [type(part) for part in parts_of(text)]

    assert MergeTag not in kinds
    assert kinds.count(LiquidTag) == 4
    assert parts_of(merge_tag("first_name", "you")) == (MergeTag("first_name", "you"),)
