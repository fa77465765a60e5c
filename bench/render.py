"""Rendering the event invitation, beside joining the same pieces of text without any thought."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from bench import Options, Result
from braze_client.liquid import tags_in
from campaigns.brandlock import (
    Compiled,
    ImageRef,
    MergeTag,
    RenderContext,
    Target,
    clean_values,
    compile_source,
    prove,
    render,
)
from campaigns.brandlock.pieces import literals

_TEMPLATES = Path(__file__).parent.parent / "campaigns" / "demo" / "templates"
_RENDERS = 2_000
_PROOFS = 100


def run(options: Options) -> Result:
    """Renders the event invitation once a row (default 2,000) and measures the bare join in the same run.

    `throughput` and `bare_throughput` are mails a second, HTML, text, subject and preheader together; the proof runs
    apart and is given as `us_per_proof`, compiling as `us_per_compile`.
    """
    source = (_TEMPLATES / "event_invitation.mjml").read_text(encoding="utf-8")
    values_source = (_TEMPLATES / "event_invitation.values.json").read_text(encoding="utf-8")
    compiled = compile_source(source, kind="mjml")
    values = clean_values(compiled, json.loads(values_source))
    context = _context()
    rendered = render(compiled, values, context, Target.BRAZE)
    outputs = [
        _cut(compiled, output) for output in (rendered.html, rendered.text, rendered.subject, rendered.preheader)
    ]
    count = options.rows or options.recipients or _RENDERS

    seconds, cpu_seconds = _measure(lambda: render(compiled, values, context, Target.BRAZE), count)
    bare_seconds, _ = _measure(lambda: ["".join(parts) for parts in outputs], count)
    proof_seconds, _ = _measure(lambda: prove(compiled, values, context, rendered), _PROOFS)
    compile_seconds, _ = _measure(lambda: compile_source(source, kind="mjml"), _PROOFS // 10)
    return Result(
        name="render",
        n=count,
        unit="renders/s",
        throughput=count / seconds,
        bare_throughput=count / bare_seconds,
        cpu_seconds=cpu_seconds,
        more={
            "us_per_render": seconds / count * 1e6,
            "us_per_proof": proof_seconds / _PROOFS * 1e6,
            "us_per_compile": compile_seconds / (_PROOFS // 10) * 1e6,
            "html_bytes": len(rendered.html.encode()),
            "liquid_tags": len(tags_in(rendered.html)),
        },
    )


def _measure(work: Callable[[], object], count: int) -> tuple[float, float]:
    """Returns wall and CPU seconds of `count` calls, after a short warm-up."""
    for _ in range(min(count, 20)):
        work()
    started, cpu_started = time.perf_counter(), time.process_time()
    for _ in range(count):
        work()
    return time.perf_counter() - started, time.process_time() - cpu_started


def _cut(compiled: Compiled, output: str) -> list[str]:
    """Returns an output cut into the template's literals and the values between them."""
    parts: list[str] = []
    at = 0
    for literal in literals(compiled.pieces):
        found = output.find(literal, at)
        if found >= 0:
            parts += (output[at:found], literal)
            at = found + len(literal)
    return [*parts, output[at:]]


def _context() -> RenderContext:
    return RenderContext(
        brand={"name": "Northwind Coffee", "logo_url": "https://images.example/logo.png"},
        group={
            "name": "Northwind Coffee Portland",
            "street": "10 High Street",
            "postal_code": "97201",
            "city": "Portland",
            "phone": "+1 555 0100",
        },
        unsubscribe_url="https://northwind.example/u/us-001/{{custom_attribute.${smartersends_token}}}",
        images={
            "demo:hero_event": ImageRef("https://images.example/a.jpg", 1200, 675),
            "demo:offer_beans": ImageRef("https://images.example/a.jpg", 900, 900),
        },
        merge_tags={"first_name": MergeTag("first_name", "First name", "first_name", False, "there", "Ann")},
    )
