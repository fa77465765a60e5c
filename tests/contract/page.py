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
        shown = shown_by(claims.get(rule, ()))
        if not shown:
            shown = f"out of scope: {OUT_OF_SCOPE[rule]}" if rule in OUT_OF_SCOPE else "**nothing yet**"
        lines.append(f"| {rule} | {sentence} | {shown} |")
    return "\n".join(lines)


def replaced(text: str, name: str, content: str) -> str:
    """Returns the page with another content between the two comments of a generated part."""
    start, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"The page has not exactly one part {name}.")
    return pattern.sub(lambda _: f"{start}\n{content}\n{end}", text)


def shown_by(tests: Sequence[str]) -> str:
    """Returns tests as one cell of a table: file by file, and how many more there are; empty for none."""
    by_file: dict[str, list[str]] = {}
    for test in tests[:TESTS_SHOWN]:
        path, _, name = test.partition("::")
        by_file.setdefault(path, []).append(f"`{name}`")
    shown = "; ".join(f"{path}: {', '.join(names)}" for path, names in by_file.items())
    return shown + (f"; and {len(tests) - TESTS_SHOWN} more" if len(tests) > TESTS_SHOWN else "")
