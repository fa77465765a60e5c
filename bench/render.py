"""Rendering a template of 60 KB with twenty fields, beside the bare join of the same pieces and Django's own engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from django.template import Context, Engine

from bench import Options, Result
from campaigns.brandlock import Compiled, MergeTag, RenderContext, Target, clean_values, compile_source, prove, render
from campaigns.brandlock.pieces import Literal
from campaigns.brandlock.render import Writer
from campaigns.brandlock.scope import Scope

FIELDS = 20
TEMPLATE_BYTES = 60 * 1024
_RENDERS = 2_000
_SLOW = 40
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
    django_render = _by_django(plain, context)

    seconds, cpu_seconds = _measure(
        lambda number: render(plain.compiled, _varied(plain, number), context, Target.BRAZE), count
    )
    bare_seconds, _ = _measure(lambda number: "".join(outputs), count)
    rich_seconds, _ = _measure(
        lambda number: render(rich.compiled, _varied(rich, number), context, Target.BRAZE), count
    )
    html_seconds, _ = _measure(lambda number: _html_alone(plain, number, context), count)
    django_seconds, _ = _measure(django_render, count)
    compile_seconds, _ = _measure(lambda number: compile_source(plain.source, kind="mjml"), _SLOW)
    rendered = render(plain.compiled, plain.values, context, Target.BRAZE)
    proof_seconds, _ = _measure(lambda number: prove(plain.compiled, plain.values, context, rendered), _SLOW)
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
            "us_per_compile": compile_seconds / _SLOW * 1e6,
            "us_per_proof": proof_seconds / _SLOW * 1e6,
            "times_faster_than_compiling": (compile_seconds / _SLOW) / (seconds / count),
            "times_faster_than_django": django_seconds / html_seconds,
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


def _html_alone(case: Case, number: int, context: RenderContext) -> str:
    writer = Writer(case.compiled, _varied(case, number), context, Target.BRAZE)
    return "".join(writer.write(case.compiled.lean))


def _cut(case: Case, context: RenderContext) -> list[str]:
    """Returns the mail's HTML as the pieces that a bare join would put together."""
    scope = Scope(case.compiled, case.values, context)
    return [piece.text if isinstance(piece, Literal) else _WORDS for piece, _ in scope.flatten(case.compiled.lean)]


def _by_django(case: Case, context: RenderContext) -> Callable[[int], str]:
    """Returns a render of the same HTML by Django's engine: a variable, escaped, in the place of each value."""
    parts: list[str] = []
    for piece, _ in Scope(case.compiled, case.values, context).flatten(case.compiled.lean):
        if isinstance(piece, Literal):
            parts.append("{% verbatim %}" + piece.text + "{% endverbatim %}")
        else:
            parts.append("{{ " + piece.name.replace(".", "_") + " }}")
    template = Engine().from_string("".join(parts))
    others = {f"group_{name}": text for name, text in context.group.items()}
    others["unsubscribe_url"] = escape(context.unsubscribe_url)
    return lambda number: str(template.render(Context({**_varied(case, number), **others})))


def _measure(work: Callable[[int], object], count: int) -> tuple[float, float]:
    """Returns wall and CPU seconds of `count` calls, after a short warm-up."""
    for number in range(min(count, 20)):
        work(-number)
    started, cpu_started = time.perf_counter(), time.process_time()
    for number in range(count):
        work(number)
    return time.perf_counter() - started, time.process_time() - cpu_started


def _context() -> RenderContext:
    return RenderContext(
        brand={"name": "Northwind Coffee"},
        group={"name": "Northwind Coffee Portland", "street": "10 High Street"},
        unsubscribe_url="https://northwind.example/u/us-001/{{custom_attribute.${smartersends_token}}}",
        merge_tags={"first_name": MergeTag("first_name", "First name", "first_name", False, "there", "Ann")},
    )
