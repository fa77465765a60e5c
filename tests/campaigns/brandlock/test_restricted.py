"""Restricted words are found however they are written, and only where they are a word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.brandlock import RenderContext, compile_source, default_values
from campaigns.brandlock.restricted import Restriction, as_compared, restricted_in, restricted_in_values
from tests.campaigns.brandlock.builders import a_context, a_template, an_html_source, some_values

NO_FALLBACK = a_context(fallback="")


def words(text: str, *, is_pattern: bool = False) -> Restriction:
    return Restriction(text, is_pattern, "block", "")


def is_found(restricted: str, text: str, *, is_pattern: bool = False) -> bool:
    return bool(list(restricted_in(text, [words(restricted, is_pattern=is_pattern)])))


@pytest.mark.parametrize(
    ("restricted", "text"),
    [
        ("guaranteed", "Results are GUARANTEED!"),
        ("Guaranteed", "guaranteed"),
        ("guaranteed", "guar\u00adan\u200bteed"),
        ("guaranteed", "ｇｕａｒａｎｔｅｅｄ"),
        ("guaranteed", "_guaranteed_"),
        ("risk free", "a risk\u00a0 \n free offer"),
        ("don't miss", "Don’t miss it"),
        ("winner", "the winner's cup"),
        ("offre", "l’offre du jour"),
        ("Straße", "STRASSE"),
        ("é", "e\u0301"),
        ("100%", "100% yours"),
        ("보장", "원금을 보장합니다"),
        ("VIP", "VIP를 위한 저녁"),
        ("원금 보장", "원금보장 상품"),
        ("免费", "现在免费送"),
    ],
)
def test_a_word_is_found_as_a_reader_sees_it(restricted: str, text: str) -> None:
    assert is_found(restricted, text)


@pytest.mark.parametrize(
    ("restricted", "text"),
    [
        ("guaranteed", "unguaranteedly"),
        ("guaranteed", "guaranteedness"),
        ("won", "It won't hurt"),
        ("free", "freedom"),
        ("cup", "cupboard"),
        ("보장", "보증"),
        ("a.c", "abc"),
        ("\u200b", "anything"),
    ],
)
def test_what_is_another_word_is_not_found(restricted: str, text: str) -> None:
    assert not is_found(restricted, text)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"[0-9]{8,12}", "Account 1234567890, please", "1234567890"),
        (r"\biban\b", "Your IBAN is", "IBAN"),
        (r"[A-Z]{2}[0-9]{4}", f"{'x ' * 700}DE1234 {'y ' * 700}", "DE1234"),
        (r"save .*now", f"save {'a' * 200} now", f"save {'a' * 200} now"),
    ],
)
def test_a_pattern_is_found_anywhere(pattern: str, text: str, found: str) -> None:
    assert [hit.words for hit in restricted_in(text, [words(pattern, is_pattern=True)])] == [found]


@given(st.text(), st.text(min_size=1, max_size=20))
def test_what_is_found_stands_in_the_text(text: str, restricted: str) -> None:
    for hit in restricted_in(f"{text} {restricted} {text}", [words(restricted)]):
        assert hit.words in as_compared(f"{text} {restricted} {text}")


@given(st.integers(0, 1200), st.integers(0, 1200))
def test_a_pattern_is_found_at_every_place(before: int, after: int) -> None:
    assert is_found(r"\bno-risk\b", f"{'ab ' * (before // 3)}no-risk{' ab' * (after // 3)}", is_pattern=True)


def test_every_field_is_named_with_its_step() -> None:
    body = (
        '<mj-section data-repeat="events" data-max="3"><mj-column>'
        '<mj-text data-field="title">Title</mj-text></mj-column></mj-section>'
        '<mj-section><mj-column><mj-button data-field="cta" href="https://northwind.example/">Go</mj-button>'
        '<mj-text data-field="intro" data-type="text">Words</mj-text></mj-column></mj-section>'
    )
    compiled = a_template(body)
    values = default_values(compiled) | {
        "subject": "Guaranteed",
        "preheader": "guaranteed",
        "events": [{"title": "One"}, {"title": "guaranteed"}],
        "cta": {"text": "Guaranteed!", "url": "https://northwind.example/"},
        "intro": {"html": "guar<b>ant</b>eed"},
    }

    hits = list(restricted_in_values(compiled, values, a_context(), [words("guaranteed")]))

    assert sorted(hit.field for hit in hits) == ["cta", "events.2.title", "intro", "preheader", "subject"]
    assert "Title (2)" in [hit.label for hit in hits]


@pytest.mark.parametrize(
    ("intro", "is_hit"),
    [
        ("Results guar<b>anteed</b>", True),
        ("guar&shy;anteed", True),
        ("<p>guaranteed</p><p>today</p>", True),
        ("guar<br>anteed", False),
        ("un<i>guaranteed</i>", False),
    ],
)
def test_rich_text_is_read_over_the_edges_of_its_formats(intro: str, is_hit: bool) -> None:
    hits = restricted_in_values(
        a_template(), some_values(intro={"html": intro}), a_context(), [words("guaranteed"), words("guaranteed today")]
    )

    assert ("guaranteed" in [hit.restriction.text for hit in hits]) is is_hit


@pytest.mark.parametrize(
    ("text", "context", "is_hit"),
    [
        ("[[first_name]]guaranteed", a_context(), True),
        ("account [[first_name]] number", a_context(), False),
        ("guaran[[first_name]]teed", a_context(), False),
        ("guaran[[first_name]]teed", NO_FALLBACK, True),
        ("Hello [[first_name]]", a_context(fallback="guaranteed"), False),
    ],
)
def test_a_merge_tag_is_no_word_of_the_author(text: str, context: RenderContext, is_hit: bool) -> None:
    restrictions = [words("guaranteed"), words("account number")]

    hits = list(restricted_in_values(a_template(), some_values(headline=text), context, restrictions))

    assert bool(hits) is is_hit


def test_what_the_brand_wrote_and_what_does_not_stand_are_not_judged() -> None:
    body = (
        '<mj-section><mj-column><mj-text>guaranteed</mj-text><mj-text data-field="kind" data-type="choice" '
        'data-options="guaranteed|other">guaranteed</mj-text></mj-column></mj-section>'
        '<mj-section data-section="offer" data-optional><mj-column><mj-text data-field="line">guaranteed</mj-text>'
        "</mj-column></mj-section>"
    )
    compiled = a_template(body)
    values = default_values(compiled) | {"sections": {"offer": False}}

    assert list(restricted_in_values(compiled, values, a_context(), [words("guaranteed")])) == []


@pytest.mark.parametrize(
    "sign", ["\U000e0100", "\u17b4", "\u2065", "\ufff0", "\U000e0080", "\u00ad", "\u200b", "\ufe0f"]
)
def test_what_nobody_sees_hides_no_word(sign: str) -> None:
    hits = list(restricted_in(f"This is guar{sign}anteed", [Restriction("guaranteed", False, "block", "")]))

    assert [hit.words for hit in hits] == ["guaranteed"]


def test_words_of_the_sender_are_read_where_a_field_names_them() -> None:
    compiled = compile_source(an_html_source("<p data-field='it'>x</p>"), kind="html")
    context = replace(a_context(), sender={"name": "ranteed", "address": "a@b.example", "reply_to": "a@b.example"})

    hits = restricted_in_values(
        compiled, {"it": "gua[[sender.name]]"}, context, [Restriction("guaranteed", False, "block", "")]
    )

    assert [(hit.field, hit.words) for hit in hits] == [("it", "guaranteed")]
