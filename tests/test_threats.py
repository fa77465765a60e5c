"""The table of threats tells the truth: every row names a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROW = re.compile(r"^\| (?P<threat>[^|]+) \|(?P<story>[^|]+)\|(?P<stop>[^|]+)\| `(?P<test>[^`]+)` \|$")


def rows() -> dict[str, str]:
    """Gives the test of each threat."""
    text = (TESTS.parent / "SECURITY.md").read_text(encoding="utf-8")
    table = text.partition("## Threats")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    found = [ROW.match(line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return {match["threat"]: match["test"] for match in found if match}


def test_every_threat_names_a_test_that_exists() -> None:
    missing = {}
    for threat, test in rows().items():
        file, _colons, name = test.partition("::")
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8")) if (TESTS / file).is_file() else ast.Module([], [])
        if name not in {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }:
            missing[threat] = test

    assert missing == {}
    assert len(rows()) >= 25


def test_no_test_stands_for_two_threats() -> None:
    tests = list(rows().values())

    assert len(tests) == len(set(tests))
