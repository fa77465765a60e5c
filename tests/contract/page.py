"""The generated parts of docs/braze.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tests.contract.claims import ROOT, claims
from tests.contract.faults import call_table, fault_table
from tests.contract.rules import OUT_OF_SCOPE, RULES

PAGE = ROOT / "docs" / "braze.md"
TESTS_SHOWN = 4


def generated(text: str) -> str:
    """Returns the page with its three generated parts as the tests make them now."""
    for name, content in (("calls", call_table()), ("faults", fault_table()), ("rules", rule_table(claims()))):
        text = replaced(text, name, content)
    return text


def rule_table(claims: Mapping[str, Sequence[str]]) -> str:
    """Returns the table rule > tests; more than four tests of a rule are counted."""
    lines = ["| rule | what it says | shown by |", "| --- | --- | --- |"]
    for rule, sentence in RULES.items():
        lines.append(f"| {rule} | {sentence} | {_shown(rule, claims.get(rule, ()))} |")
    return "\n".join(lines)


def replaced(text: str, name: str, content: str) -> str:
    """Returns the page with another content between the two comments of a generated part."""
    start, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"docs/braze.md has not exactly one part {name}")
    return pattern.sub(lambda _: f"{start}\n{content}\n{end}", text)


def _shown(rule: str, tests: Sequence[str]) -> str:
    if not tests:
        return f"out of scope: {OUT_OF_SCOPE[rule]}" if rule in OUT_OF_SCOPE else "**nothing yet**"
    by_file: dict[str, list[str]] = {}
    for test in tests[:TESTS_SHOWN]:
        path, _, name = test.partition("::")
        by_file.setdefault(path, []).append(f"`{name}`")
    shown = "; ".join(f"{path}: {', '.join(names)}" for path, names in by_file.items())
    return shown + (f"; and {len(tests) - TESTS_SHOWN} more" if len(tests) > TESTS_SHOWN else "")
