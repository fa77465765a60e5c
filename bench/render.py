"""Rendering a template of 60 KB with twenty fields, beside the bare join of the same pieces and Django's own engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from bench import Options, Result
from campaigns.brandlock import (
    Compiled,
    MergeTag,
    RenderContext,
    Rendered,
    Target,
    clean_values,
    compile_source,
    prove,
    render,
)
from campaigns.brandlock.pieces import Literal, Piece
from campaigns.brandlock.render import Writer
from campaigns.brandlock.scope import Scope

FIELDS = 20
TEMPLATE_BYTES = 60 * 1024
_RENDERS = 2_000
_SLOW = 40
_TURNS = 5
_FOOTER = (
    "<mj-section><mj-column><mj-text>[[group.name]], [[group.street]] "
    '<a href="[[unsubscribe_url]]">Unsubscribe</a></mj-text></mj-column></mj-section>'
)
_WORDS = "A new roast, fresh from the hills"
_RICH = (
    '<p>Taste it <b>today</b> with <em>friends</em>.</p><p>It is at <a href="https://northwind.example/x">ours</a>.</p>'
)


@dataclass(frozen=True, slots=True)
class Case:
    """A template in MJML with its values; every render gets other words, so that nothing can be remembered."""

    source: str
    compiled: Compiled
    values: Mapping[str, Any]


def a_case(*, is_rich: bool) -> Case:
    """Returns a template of at least 60 KB of locked text with twenty fields, lines or rich text."""
    kind = ' data-type="text"' if is_rich else ""
    fields = "".join(
        f'<mj-section><mj-column><mj-text data-field="f{number}"{kind}>x</mj-text></mj-column></mj-section>'
        for number in range(FIELDS)
    )
    filler = (
        "<mj-section><mj-column><mj-text>Locked words of the brand. "
        + "w" * 600
        + "</mj-text></mj-column></mj-section>"
    )
    count = 0
    while True:
        body = fields + filler * count + _FOOTER
        source = (
            '<mjml lang="en" dir="ltr"><mj-head><mj-title data-field="subject">Hello</mj-title></mj-head>'
            f"<mj-body>{body}</mj-body></mjml>"
        )
        compiled = compile_source(source, kind="mjml")
        if compiled.html_source_bytes >= TEMPLATE_BYTES:
            break
        count += 1
    value: Any = {"html": _RICH} if is_rich else _WORDS
    values = clean_values(compiled, {f"f{number}": value for number in range(FIELDS)})
    return Case(source, compiled, values)


def run(options: Options) -> Result:
    """Renders both templates once a row (default 2,000) and measures, in the same run, the bare join, a new compile of
    the MJML, and the same mail made by Django's template engine from a template that was parsed before.

    `throughput` and `bare_throughput` are mails a second of the template without rich text, HTML, text, subject and
    preheader together.
    """
    plain, rich = a_case(is_rich=False), a_case(is_rich=True)
    context = _context()
    count = options.rows or options.recipients or _RENDERS
    outputs = _cut(plain, context)
    compiled = plain.compiled
    whole = (compiled.lean, compiled.text, compiled.subject, compiled.preheader)
    html_by_django, all_by_django = _by_django(plain, whole[:1], context), _by_django(plain, whole, context)
    if html_by_django(1) != [_html_alone(plain, 1, context)]:
        raise RuntimeError("Django's engine did not make the same mail.")

    render_plain = partial(_render, plain, context=context)
    seconds, bare_seconds, rich_seconds, html_seconds, django_seconds, django_html_seconds = _race(
        render_plain,
        lambda number: "".join(outputs),
        partial(_render, rich, context=context),
        lambda number: _html_alone(plain, number, context),
        all_by_django,
        html_by_django,
        count=count,
    )
    rendered = render(plain.compiled, plain.values, context, Target.BRAZE)
    compile_seconds, proof_seconds = _race(
        lambda number: compile_source(plain.source, kind="mjml"),
        lambda number: prove(plain.compiled, plain.values, context, rendered),
        count=_SLOW,
    )
    cpu_started = time.process_time()
    for number in range(count):
        render_plain(number)
    cpu_seconds = time.process_time() - cpu_started
    us = 1e6 / count
    return Result(
        name="render",
        n=count,
        unit="renders/s",
        throughput=count / seconds,
        bare_throughput=count / bare_seconds,
        cpu_seconds=cpu_seconds,
        more={
            "us_per_render": seconds * us,
            "us_per_render_of_rich_text": rich_seconds * us,
            "us_per_html_alone": html_seconds * us,
            "us_per_render_by_django": django_seconds * us,
            "us_per_html_alone_by_django": django_html_seconds * us,
            "us_per_compile": compile_seconds / _SLOW * 1e6,
            "us_per_proof": proof_seconds / _SLOW * 1e6,
            "times_faster_than_compiling": (compile_seconds / _SLOW) / (seconds / count),
            "times_faster_than_django": django_seconds / seconds,
            "times_faster_than_django_html_alone": django_html_seconds / html_seconds,
            "html_bytes": len(rendered.html.encode()),
        },
    )


def _varied(case: Case, number: int) -> Mapping[str, Any]:
    """Returns the values with other words in every field."""
    values = dict(case.values)
    for name, value in case.values.items():
        if isinstance(value, dict) and "html" in value:
            values[name] = {"html": value["html"].replace("today", f"today {number}")}
        elif isinstance(value, str) and name.startswith("f"):
            values[name] = f"{value} {number}"
    return values


def _render(case: Case, number: int, *, context: RenderContext) -> Rendered:
    return render(case.compiled, _varied(case, number), context, Target.BRAZE)


def _html_alone(case: Case, number: int, context: RenderContext) -> str:
    writer = Writer(case.compiled, _varied(case, number), context, Target.BRAZE)
    return "".join(writer.write(case.compiled.lean))


def _cut(case: Case, context: RenderContext) -> list[str]:
    """Returns the mail's HTML as the pieces that a bare join would put together."""
    scope = Scope(case.compiled, case.values, context)
    return [piece.text if isinstance(piece, Literal) else _WORDS for piece, _ in scope.flatten(case.compiled.lean)]


def _by_django(case: Case, outputs: Sequence[Sequence[Piece]], context: RenderContext) -> Callable[[int], list[str]]:
    """Returns a render of the same outputs by Django's engine: a variable, escaped, in the place of each value."""
    templates = [Engine().from_string(_django_source(case, pieces, context)) for pieces in outputs]
    others = {f"group_{name}": text for name, text in context.group.items()}
    others["unsubscribe_url"] = mark_safe(context.unsubscribe_url)
    return lambda number: [str(template.render(Context({**_varied(case, number), **others}))) for template in templates]


def _django_source(case: Case, pieces: Sequence[Piece], context: RenderContext) -> str:
    parts: list[str] = []
    for piece, _ in Scope(case.compiled, case.values, context).flatten(pieces):
        if isinstance(piece, Literal):
            is_text = not any(sign in piece.text for sign in ("{{", "{%", "{#"))
            parts.append(piece.text if is_text else "{% verbatim %}" + piece.text + "{% endverbatim %}")
        else:
            parts.append("{{ " + piece.name.replace(".", "_") + " }}")
    return "".join(parts)


def _race(*works: Callable[[int], object], count: int) -> list[float]:
    """Returns the seconds of `count` calls of each work; they take turns, and of the turns the quickest counts.

    A machine that is busy for a moment then slows down one turn of everybody, and no figure of one alone.
    """
    turn = max(1, count // _TURNS)
    best = [float("inf")] * len(works)
    for _ in range(_TURNS):
        for place, work in enumerate(works):
            started = time.perf_counter()
            for number in range(turn):
                work(number)
            best[place] = min(best[place], (time.perf_counter() - started) / turn * count)
    return best


def _context() -> RenderContext:
    return RenderContext(
        brand={"name": "Northwind Coffee"},
        group={"name": "Northwind Coffee Portland", "street": "10 High Street"},
        unsubscribe_url="https://northwind.example/u/us-001/{{custom_attribute.${smartersends_token}}}",
        merge_tags={"first_name": MergeTag("first_name", "First name", "first_name", False, "there", "Ann")},
    )
